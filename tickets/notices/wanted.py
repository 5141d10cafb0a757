"""Whether a notice still makes sense, and which limit it names: read from the ticket as it stands."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tickets.kinds import InnerState, PartState
from tickets.model import HelperPart, Holding, InnerHolding, Ticket
from tickets.notices.model import UnitNotice
from tickets.notices.rules import NoticeKind
from tickets.rules import State

#: told only while the unit has not signed
UNTIL_SIGNED = frozenset({NoticeKind.NEW, NoticeKind.SENT_BACK, NoticeKind.UNSIGNED})
#: in these the unit still has something to do
WITH_UNIT = frozenset({State.DISPATCHED, State.RETURN_REVIEW, State.IN_PROGRESS})


def is_wanted(session: Session, notice: UnitNotice) -> bool:
    """Not when the ticket has left the unit, was recalled, or what it asks for has been done."""
    if notice.kind is NoticeKind.WITHDRAWN:
        return True
    if notice.kind is NoticeKind.HELP:
        return open_part(session, notice.ticket_id, notice.unit_id) is not None
    holding = session.get_one(Holding, notice.holding_id, populate_existing=True)
    return is_still_to_do(notice.ticket, holding, notice.kind)


def open_part(session: Session, ticket_id: int, unit_id: int) -> HelperPart | None:
    """What a helping unit still has to do."""
    return session.scalar(
        select(HelperPart).where(
            HelperPart.ticket_id == ticket_id, HelperPart.unit_id == unit_id, HelperPart.state == PartState.OPEN
        )
    )


def is_still_to_do(ticket: Ticket, holding: Holding, kind: NoticeKind) -> bool:
    if holding.ended_at is not None or ticket.holding_id != holding.id or ticket.state not in WITH_UNIT:
        return False
    if kind is NoticeKind.TO_RELEASE:
        return ticket.waits_for_release
    if kind is NoticeKind.SENT_BACK and ticket.state is State.IN_PROGRESS:
        return ticket.reply_id is not None
    if kind is NoticeKind.NEW and ticket.inner_state is InnerState.SENT:
        return True
    if kind in UNTIL_SIGNED:
        return holding.signed_at is None and ticket.state is State.DISPATCHED
    return True


def limit_of(session: Session, notice: UnitNotice) -> datetime | None:
    """Until signing: when it must be signed; sent down: when the unit above wants the report; else the answer's."""
    ticket = notice.ticket
    if notice.kind is NoticeKind.WITHDRAWN:
        return None
    if notice.kind is NoticeKind.HELP:
        part = open_part(session, notice.ticket_id, notice.unit_id)
        return part.due_at if part is not None else None
    if ticket.inner_id is not None and ticket.working_unit_id == notice.unit_id:
        return session.get_one(InnerHolding, ticket.inner_id).due_at
    if notice.kind in UNTIL_SIGNED and ticket.state is State.DISPATCHED:
        return session.get_one(Holding, notice.holding_id).sign_due_at
    return ticket.unit_due_at
