"""The calls and visits behind what units say of having spoken with a citizen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.model import Person, Unit
from staff.rules import Actor
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult
from tickets.evidence import Contact, Evidence, Seen, evidence_for, evidence_of_visits
from tickets.kinds import ContactMade, ToldBy
from tickets.model import Holding, Reply, Ticket, TicketRequest
from tickets.photos.model import Photo
from tickets.photos.queries import not_hidden_from, photos_where
from tickets.queries.visits import visits_of


@dataclass(frozen=True)
class Claim:
    """That a unit spoke with the citizen by then; `id` is that of the reply or request which says so."""

    id: int
    way: ContactMade
    unit_path: str
    holding_id: int
    until: datetime


def claims_of_replies(replies: Iterable[Reply]) -> list[Claim]:
    """Of those that say they called or visited.  Needs `Reply.unit`."""
    return [
        Claim(reply.id, reply.contact, reply.unit.path, reply.holding_id, reply.replied_at)
        for reply in replies
        if reply.contact is not ContactMade.NONE
    ]


#: an SMS that a unit sends by itself leaves no trace here
_TOLD: dict[ToldBy | None, ContactMade] = {ToldBy.CALL: ContactMade.CALL, ToldBy.VISIT: ContactMade.VISIT}


def claims_of_requests(requests: Iterable[TicketRequest]) -> list[Claim]:
    """已告知群众: of those that say they told of a longer wait by call or visit.  Needs `TicketRequest.unit`."""
    return [
        Claim(asked.id, _TOLD[asked.told_by], asked.unit.path, asked.holding_id, asked.asked_at)
        for asked in requests
        if asked.told_by in _TOLD
    ]


def evidence_of(
    session: Session, ticket: Ticket, claims: Sequence[Claim], holdings: Sequence[Holding], *, by: Actor
) -> Mapping[int, Evidence]:
    """By id of the claim, with the photos that `by` may see.  Three statements, or none."""
    ways = {claim.way for claim in claims}
    contacts = _contacts(session, ticket) if ContactMade.CALL in ways else []
    visits = _visits(session, ticket, by) if ContactMade.VISIT in ways else []
    began = {holding.id: holding.dispatched_at for holding in holdings}
    found = {}
    for claim in claims:
        since, path = began.get(claim.holding_id, ticket.registered_at), claim.unit_path
        if claim.way is ContactMade.CALL:
            found[claim.id] = evidence_for(contacts, unit_path=path, since=since, until=claim.until)
        else:
            found[claim.id] = evidence_of_visits(visits, unit_path=path, since=since, until=claim.until)
    return found


def evidence_since(
    session: Session, ticket: Ticket, way: ContactMade, unit_path: str, *, since: datetime, until: datetime, by: Actor
) -> Evidence:
    """What bears out that a unit spoke with the citizen in that time, beside its holdings: about a bad rating."""
    if way is ContactMade.CALL:
        return evidence_for(_contacts(session, ticket), unit_path=unit_path, since=since, until=until)
    return evidence_of_visits(_visits(session, ticket, by), unit_path=unit_path, since=since, until=until)


def proof_of_call(session: Session, ticket: Ticket, *, now: datetime) -> Contact | None:
    """The call that would bear out an answer which the unit gives now; None while the hotline has the ticket."""
    if ticket.unit is None or ticket.holding_id is None:
        return None
    since = session.get_one(Holding, ticket.holding_id).dispatched_at
    return evidence_for(_contacts(session, ticket), unit_path=ticket.unit.path, since=since, until=now).proof


def _visits(session: Session, ticket: Ticket, by: Actor) -> list[Seen]:
    found = visits_of(session, ticket)
    photos = photos_of_visits(session, [visit.id for visit in found], by=by)
    return [
        Seen(
            id=visit.id,
            unit_path=visit.unit.path,
            by=visit.recorded_by,
            visitors=visit.visitors,
            visited_at=visit.visited_at,
            place=visit.place,
            met=visit.met,
            photos=photos.get(visit.id, ()),
        )
        for visit in found
    ]


def _contacts(session: Session, ticket: Ticket) -> list[Contact]:
    rows = session.execute(
        select(BridgedCall, Unit.path)
        .join(Person, Person.id == BridgedCall.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(BridgedCall.about_id == ticket.id, BridgedCall.result.is_not(None))
        .order_by(BridgedCall.id)
    )
    return [
        Contact(
            id=call.id,
            unit_path=path,
            by=call.person_label,
            asked_at=call.asked_at,
            result=call.result.value if call.result else "",
            talked_at=call.citizen_answered_at if call.result is BridgeResult.TALKED else None,
            talk_s=call.talk_s,
        )
        for call, path in rows
    ]


def photos_of_visits(session: Session, visit_ids: Sequence[int], *, by: Actor) -> Mapping[int, Sequence[int]]:
    """Ids of photos that `by` may see, oldest first, by visit."""
    if not visit_ids:
        return {}
    found: dict[int, list[int]] = {}
    for photo in photos_where(session, Photo.visit_id.in_(visit_ids), not_hidden_from(by)):
        if photo.visit_id is not None:
            found.setdefault(photo.visit_id, []).append(photo.id)
    return found
