"""群体事件: several tickets are declared one matter, later callers join at once, and somebody closes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import Actor, Role
from tickets.actions.merging import merge_tickets
from tickets.actions.piles import Outcome
from tickets.actions.writing import TicketKey, locked_ticket, write_history
from tickets.errors import (
    IncidentEnded,
    IncidentNotFound,
    MergeRefused,
    PlaceNotFound,
    RoleRefused,
    VersionConflict,
)
from tickets.events import IncidentChanged
from tickets.forms import refuse_faults
from tickets.incidents import IncidentForm, incident_faults, is_offered
from tickets.kinds import Secrecy
from tickets.model import Incident, Place, Ticket
from tickets.rules import State

KEEPERS = (Role.DISPATCHER, Role.SUPERVISOR)


@dataclass(frozen=True)
class Declared:
    """The incident, and what became of each ticket that was to go under it."""

    incident: Incident
    outcomes: Sequence[Outcome]


def declare_incident(
    session: Session, key: TicketKey, numbers: Sequence[str], form: IncidentForm, *, by: Actor, now: datetime
) -> Declared:
    """These tickets are one matter, handled under this one; what cannot go under it is named and keeps nothing back.

    A ticket that is an incident already takes the others in and says what the form says.
    Raises Invalid, TicketNotFound, RoleRefused, MergeRefused, PlaceNotFound.  Announces IncidentChanged.
    """
    ticket = _kept_ticket(session, key, by)
    refuse_faults(incident_faults(form, now=now))
    _refuse_parent(ticket)
    incident = session.scalar(select(Incident).where(Incident.ticket_id == ticket.id))
    if incident is None:
        incident = Incident(ticket_id=ticket.id, version=0, name="", words="", declared_at=now, declared_by=by.label)
        session.add(incident)
    incident.ended_at, incident.ended_by, incident.end_note = None, "", ""
    _say(session, ticket, incident, form)
    _note(session, ticket, incident, "declare_incident", by=by, now=now)
    others = [number for number in numbers if number != ticket.number]
    merged = merge_tickets(session, others, parent=ticket.number, by=by, now=now, reason=f"群体事件：{incident.name}")
    return Declared(incident, merged)


def reword_incident(
    session: Session, key: TicketKey, form: IncidentForm, *, version: int, by: Actor, now: datetime
) -> Incident:
    """Callers hear this from now on.

    Raises Invalid, TicketNotFound, IncidentNotFound, IncidentEnded, RoleRefused, VersionConflict, PlaceNotFound.
    Announces IncidentChanged.
    """
    ticket, incident = _open_incident(session, key, by)
    if incident.version != version:
        raise VersionConflict(
            name="群体事件",
            version=incident.version,
            current=_form_of(incident).model_dump(mode="json"),
            yours=form.model_dump(mode="json"),
        )
    refuse_faults(incident_faults(form, now=now))
    _say(session, ticket, incident, form)
    _note(session, ticket, incident, "reword_incident", by=by, now=now)
    return incident


def end_incident(session: Session, key: TicketKey, *, note: str = "", by: Actor, now: datetime) -> Incident:
    """Nobody is offered it any more; its tickets go on as they are, and each citizen is told all the same.

    Raises TicketNotFound, IncidentNotFound, IncidentEnded, RoleRefused.  Announces IncidentChanged.
    """
    ticket, incident = _open_incident(session, key, by)
    incident.ended_at, incident.ended_by, incident.end_note = now, by.label, note
    incident.version += 1
    _note(session, ticket, incident, "end_incident", by=by, now=now, reason=note)
    return incident


def _kept_ticket(session: Session, key: TicketKey, by: Actor) -> Ticket:
    if not by.may_act_as(KEEPERS):
        raise RoleRefused(action="认定、修改或结束群体事件")
    return locked_ticket(session, key, by)


def _open_incident(session: Session, key: TicketKey, by: Actor) -> tuple[Ticket, Incident]:
    ticket = _kept_ticket(session, key, by)
    incident = session.scalar(select(Incident).where(Incident.ticket_id == ticket.id))
    if incident is None:
        raise IncidentNotFound(ticket=ticket.number)
    if incident.ended_at is not None:
        raise IncidentEnded(name=incident.name)
    return ticket, incident


def _refuse_parent(ticket: Ticket) -> None:
    """Every caller hears of it, so it is no sealed matter; and it owes an answer itself."""
    if ticket.secrecy is not Secrecy.NONE:
        raise MergeRefused(reason="密件或保密工单不能作为群体事件的母单")
    if ticket.state is State.MERGED:
        raise MergeRefused(reason="该工单已并入其他工单，请在其母单上认定")
    if not is_offered(ticket.state, is_ended=False):
        raise MergeRefused(reason=f"该工单{ticket.state.name_zh}，不能认定为群体事件")


def _say(session: Session, ticket: Ticket, incident: Incident, form: IncidentForm) -> None:
    place_id = None if form.is_whole_city else form.place_id or ticket.place_id
    if place_id is None and not form.is_whole_city:
        refuse_faults([(("body", "form", "place_id"), "place_missing", "母单没有地点，请选择影响范围")])
    if place_id is not None and session.get(Place, place_id) is None:
        raise PlaceNotFound(place_id=place_id)
    incident.name, incident.words = form.name, form.words
    incident.expected_at, incident.place_id = form.expected_at, place_id
    incident.version += 1
    session.flush()


def _form_of(incident: Incident) -> IncidentForm:
    return IncidentForm(
        name=incident.name,
        words=incident.words,
        expected_at=incident.expected_at,
        place_id=incident.place_id,
        is_whole_city=incident.place_id is None,
    )


def _note(
    session: Session, ticket: Ticket, incident: Incident, action: str, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    """What callers hear stands in the story of the ticket; for the house only."""
    ticket.version += 1
    ticket.changed_at = now
    said = {
        "name": incident.name,
        "words": incident.words,
        "expected_at": incident.expected_at.isoformat() if incident.expected_at else None,
    }
    write_history(
        session, ticket, action, before=ticket.state, by=by, now=now, reason=reason, particulars=said, is_internal=True
    )
    announce(session, IncidentChanged(incident.id, ticket.number))
