"""Whether a notice still makes sense, and which limit it names: read from the ticket as it stands."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tickets.kinds import InnerState, OversightKind, PartState
from tickets.model import HelperPart, Holding, InnerHolding, Ticket
from tickets.notices.held import OWES_REPORT, Held, held_in
from tickets.notices.model import UnitNotice
from tickets.notices.rules import NoticeKind
from tickets.rules import State

#: told only while the unit has not signed
UNTIL_SIGNED = frozenset({NoticeKind.NEW, NoticeKind.SENT_BACK, NoticeKind.UNSIGNED})
#: told in any case: there is nothing left to do
_NEWS = frozenset({NoticeKind.WITHDRAWN, NoticeKind.TERMINATED, NoticeKind.TAKEN_BACK})
#: whoever plans these has looked whether they are due, and of what limit they tell; the ticket may long be closed
REPAIRS = frozenset({NoticeKind.REPAIR_OPENED, NoticeKind.REPAIR_SOON_DUE, NoticeKind.REPAIR_OVERDUE})
#: how far the work below is when its unit, or the one above, is told of this; else while it owes its report
_BELOW = {
    NoticeKind.NEW: (InnerState.SENT,),
    NoticeKind.UNSIGNED: (InnerState.SENT,),
    NoticeKind.SENT_BACK: (InnerState.SIGNED,),
    NoticeKind.REPORTED: (InnerState.REPORTED,),
}
#: of the first step (首次处置)
FIRST_STEP = frozenset({NoticeKind.FIRST_SOON_DUE, NoticeKind.FIRST_OVERDUE})
#: in these the unit still has something to do
WITH_UNIT = frozenset({State.DISPATCHED, State.RETURN_REVIEW, State.IN_PROGRESS})
#: and in these it signs for what a leader instructs
_SIGNING = WITH_UNIT | {State.REPLIED, State.PARKED}


def is_wanted(session: Session, notice: UnitNotice) -> bool:
    """Not when the ticket has left the unit, was recalled, or what it asks for has been done."""
    if notice.kind in _NEWS | REPAIRS:
        return True
    if notice.kind is NoticeKind.PARKED:
        return notice.ticket.state is State.PARKED
    if notice.kind is NoticeKind.PROMISE_OVER:
        return notice.ticket.promise_due_at is not None
    if notice.kind is NoticeKind.HELP:
        return open_part(session, notice.ticket_id, notice.unit_id) is not None
    held = held_in(session, notice.holding_id, notice.inner_id)
    if notice.kind in FIRST_STEP:
        return is_still_to_do(held, notice.kind)
    if held.inner is None and notice.unit_id not in {held.unit_id, held.ticket.working_unit_id}:
        is_owed = open_part(session, notice.ticket_id, notice.unit_id) is not None
        return is_owed and is_still_to_do(held, notice.kind)
    return is_still_to_do(held, notice.kind)


def helping_units(session: Session, ticket: Ticket) -> list[int]:
    """Those whose part is open."""
    if not ticket.open_parts:
        return []
    owed = select(HelperPart.unit_id).where(HelperPart.ticket_id == ticket.id, HelperPart.state == PartState.OPEN)
    return list(session.scalars(owed.order_by(HelperPart.id)))


def open_part(session: Session, ticket_id: int, unit_id: int) -> HelperPart | None:
    """What a helping unit still has to do."""
    return session.scalar(
        select(HelperPart).where(
            HelperPart.ticket_id == ticket_id, HelperPart.unit_id == unit_id, HelperPart.state == PartState.OPEN
        )
    )


def is_still_to_do(held: Held, kind: NoticeKind) -> bool:
    ticket, holding = held.ticket, held.holding
    is_instructed = kind is NoticeKind.SUPERVISED and ticket.oversight is OversightKind.INSTRUCTION
    if ticket.state not in (_SIGNING if is_instructed else WITH_UNIT):
        return False
    if holding.ended_at is not None or ticket.holding_id != holding.id:
        return False
    if held.inner is not None:
        return held.inner.state in _BELOW.get(kind, OWES_REPORT)
    if kind in FIRST_STEP:
        return held.first_due_at is not None
    if kind is NoticeKind.TO_RELEASE:
        return ticket.waits_for_release
    if kind is NoticeKind.SENT_BACK and ticket.state is State.IN_PROGRESS:
        return ticket.reply_id is not None
    if kind in UNTIL_SIGNED:
        return holding.signed_at is None and ticket.state is State.DISPATCHED
    return True


def limit_of(session: Session, notice: UnitNotice) -> datetime | None:
    """Until signing: when it must be signed; of work below: when the unit above wants the report; else the answer's.

    Of a promise the end of its day, of the first step its own, of a bad rating what it was planned with.
    """
    ticket = notice.ticket
    if notice.kind in REPAIRS:
        return notice.due_at
    if notice.kind in FIRST_STEP:
        return session.get_one(Holding, notice.holding_id).first_due_at
    if notice.kind is NoticeKind.PROMISE_OVER:
        return ticket.promise_due_at
    if notice.kind is NoticeKind.HELP:
        part = open_part(session, notice.ticket_id, notice.unit_id)
        return part.due_at if part is not None else None
    if notice.inner_id is not None and notice.kind is not NoticeKind.REPORTED:
        return session.get_one(InnerHolding, notice.inner_id).due_at
    if notice.kind in UNTIL_SIGNED and ticket.state is State.DISPATCHED:
        return session.get_one(Holding, notice.holding_id).sign_due_at
    return ticket.unit_due_at
