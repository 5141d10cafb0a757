"""Mass incidents, to read: those that stand, and those that somebody who is typing may be about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.masking import mask_text
from staff.rules import Actor
from tickets.catalogue import place_ids
from tickets.errors import IncidentNotFound
from tickets.model import Incident, Place, Ticket
from tickets.queries.access import not_kept_from, one_visible_to, visible_to
from tickets.queries.similar import Similar
from tickets.rules import UNANSWERED_STATES
from tickets.similar import SAME_MATTER, Matter, reasons_of, scored

#: who calls from a place that it covers needs few words to be about it
COVERED = 0.3
#: so many of its newest callers' words are compared with
CALLERS_COMPARED = 20
#: so many may stand at once; more are no list that somebody looks at while typing
MOST_OPEN = 100

_PRESENTED = (
    joinedload(Incident.place),
    joinedload(Incident.ticket).joinedload(Ticket.unit),
    joinedload(Incident.ticket).joinedload(Ticket.place),
    joinedload(Incident.ticket).joinedload(Ticket.topic),
)


def incidents(
    session: Session, *, by: Actor, is_ended: bool = False, after: int | None = None, limit: int = 25
) -> Sequence[Incident]:
    """The newest first, below the one with id `after`."""
    found = select(Incident).join(Ticket).where(visible_to(by)).options(*_PRESENTED)
    found = found.where(Incident.ended_at.is_not(None) if is_ended else Incident.ended_at.is_(None))
    if after is not None:
        found = found.where(Incident.id < after)
    return session.scalars(found.order_by(Incident.id.desc()).limit(limit)).all()


def incident_of(session: Session, number: str, *, by: Actor) -> Incident:
    """The one that is handled under this ticket.  Raises IncidentNotFound, also for one that `by` may not see."""
    found = select(Incident).join(Ticket).where(Ticket.number == number, one_visible_to(by)).options(*_PRESENTED)
    incident = session.scalar(found)
    if incident is None:
        raise IncidentNotFound(ticket=number)
    return incident


@dataclass(frozen=True)
class Offered:
    """An incident that a caller may be about, as a similar ticket; the most alike first."""

    incident: Incident
    similar: Similar


def incidents_like(session: Session, matter: Matter, *, by: Actor) -> list[Offered]:
    """Those that stand and owe an answer: covering the caller's place with a few words of it, or alike in any case."""
    open_ones = (
        select(Incident)
        .join(Ticket)
        .where(Incident.ended_at.is_(None), Ticket.state.in_(UNANSWERED_STATES), not_kept_from(by))
    )
    found = session.scalars(open_ones.options(*_PRESENTED).order_by(Incident.id.desc()).limit(MOST_OPEN)).all()
    place = session.get(Place, matter.place_id) if found and matter.place_id is not None else None
    offered = [one for incident in found if (one := _offer(session, incident, matter, place)) is not None]
    return sorted(offered, key=lambda one: -one.similar.score)


def _offer(session: Session, incident: Incident, matter: Matter, place: Place | None) -> Offered | None:
    is_covered = _covers(incident, matter, place)
    as_told = [_matter(incident, words, matter if is_covered else None) for words in _words_of(session, incident)]
    score = max(scored(matter, as_told))
    if score < (COVERED if is_covered else SAME_MATTER):
        return None
    return Offered(incident, Similar(incident.ticket, round(score, 3), reasons_of(matter, as_told[0])))


def _covers(incident: Incident, matter: Matter, place: Place | None) -> bool:
    """The place lies in the incident's, or is only said more roughly; without a place its name has to be said."""
    if incident.place is None:
        return True
    if place is not None:
        return incident.place.id in place_ids(place) or place.id in place_ids(incident.place)
    return incident.place.name in matter.place_text + matter.text


def _matter(incident: Incident, words: str, covered: Matter | None) -> Matter:
    ticket = incident.ticket
    matter = Matter(words, ticket.place_id, ticket.place_text, ticket.topic_id, incident.declared_at)
    return replace(matter, place_id=covered.place_id, place_text=covered.place_text) if covered else matter


def _words_of(session: Session, incident: Incident) -> list[str]:
    """As the hotline says it, and as its callers did."""
    callers = (select(Ticket.text).where(Ticket.parent_id == incident.ticket_id).order_by(Ticket.id.desc())).limit(
        CALLERS_COMPARED
    )
    told = [incident.name + incident.words, incident.ticket.text, *session.scalars(callers)]
    return [mask_text(words) for words in told]


def is_late(incident: Incident, now: datetime) -> bool:
    """It was to be over by now: callers are told so, and somebody should find out."""
    return incident.ended_at is None and incident.expected_at is not None and incident.expected_at <= now
