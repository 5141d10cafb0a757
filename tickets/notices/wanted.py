"""Whether a notice still makes sense, and which limit it names: read from the ticket as it stands."""

from datetime import datetime

from sqlalchemy.orm import Session

from tickets.model import Holding, Ticket
from tickets.notices.model import UnitNotice
from tickets.notices.rules import NoticeKind
from tickets.rules import State

#: told only while the unit has not signed
UNTIL_SIGNED = frozenset({NoticeKind.NEW, NoticeKind.SENT_BACK, NoticeKind.UNSIGNED})
#: in these the unit still has something to do
WITH_UNIT = frozenset({State.DISPATCHED, State.RETURN_REVIEW, State.IN_PROGRESS})


def is_wanted(session: Session, notice: UnitNotice) -> bool:
    """Not when the ticket has left the unit, was recalled, or what it asks for has been done."""
    holding = session.get_one(Holding, notice.holding_id, populate_existing=True)
    return is_still_to_do(notice.ticket, holding, notice.kind)


def is_still_to_do(ticket: Ticket, holding: Holding, kind: NoticeKind) -> bool:
    if holding.ended_at is not None or ticket.holding_id != holding.id or ticket.state not in WITH_UNIT:
        return False
    if kind in UNTIL_SIGNED:
        return holding.signed_at is None and ticket.state is State.DISPATCHED
    return True


def limit_of(session: Session, notice: UnitNotice) -> datetime | None:
    """Until signing: when it must be signed; afterwards: when it must be answered."""
    if notice.kind in UNTIL_SIGNED:
        return session.get_one(Holding, notice.holding_id).sign_due_at
    return notice.ticket.unit_due_at
