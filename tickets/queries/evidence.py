"""The calls behind what units say of having called."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.model import Person, Unit
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult
from tickets.evidence import Contact, Evidence, evidence_for
from tickets.kinds import ContactMade
from tickets.model import Holding, Reply, Ticket


def evidence_of(
    session: Session, ticket: Ticket, replies: Sequence[Reply], holdings: Sequence[Holding]
) -> Mapping[int, Evidence]:
    """By reply, for those that claim a call; one statement, or none.  Needs `Reply.unit`."""
    claims = [reply for reply in replies if reply.contact is ContactMade.CALL]
    if not claims:
        return {}
    contacts = _contacts(session, ticket)
    began = {holding.id: holding.dispatched_at for holding in holdings}
    return {
        reply.id: evidence_for(
            contacts,
            unit_path=reply.unit.path,
            since=began.get(reply.holding_id, ticket.registered_at),
            until=reply.replied_at,
        )
        for reply in claims
    }


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
