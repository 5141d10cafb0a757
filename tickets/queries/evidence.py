"""The calls and visits behind what units say of having spoken with a citizen."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.model import Person, Unit
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult
from tickets.evidence import Contact, Evidence, Seen, evidence_for, evidence_of_visits
from tickets.kinds import ContactMade
from tickets.model import Holding, Reply, Ticket
from tickets.photos.model import Photo
from tickets.queries.visits import visits_of


def evidence_of(
    session: Session, ticket: Ticket, replies: Sequence[Reply], holdings: Sequence[Holding]
) -> Mapping[int, Evidence]:
    """By reply, for those that claim a call or a visit; three statements, or none.  Needs `Reply.unit`."""
    claims = [reply for reply in replies if reply.contact is not ContactMade.NONE]
    made = {reply.contact for reply in claims}
    contacts = _contacts(session, ticket) if ContactMade.CALL in made else []
    visits = _visits(session, ticket) if ContactMade.VISIT in made else []
    began = {holding.id: holding.dispatched_at for holding in holdings}
    found = {}
    for reply in claims:
        since, path = began.get(reply.holding_id, ticket.registered_at), reply.unit.path
        if reply.contact is ContactMade.CALL:
            found[reply.id] = evidence_for(contacts, unit_path=path, since=since, until=reply.replied_at)
        else:
            found[reply.id] = evidence_of_visits(visits, unit_path=path, since=since, until=reply.replied_at)
    return found


def _visits(session: Session, ticket: Ticket) -> list[Seen]:
    found = visits_of(session, ticket)
    photos = photos_of_visits(session, [visit.id for visit in found])
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


def photos_of_visits(session: Session, visit_ids: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """Ids of photos, oldest first, by visit."""
    if not visit_ids:
        return {}
    found: dict[int, list[int]] = {}
    for photo in session.scalars(select(Photo).where(Photo.visit_id.in_(visit_ids)).order_by(Photo.id)):
        if photo.visit_id is not None:
            found.setdefault(photo.visit_id, []).append(photo.id)
    return found
