"""直接答复: the newest answer that the hotline itself gave to a ticket."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tickets.model import HistoryLine, Ticket
from tickets.rules import Action, State

#: the answer stands, also after it was put away
_STANDS = (State.ANSWERED, State.ARCHIVED)


@dataclass(frozen=True)
class DirectAnswer:
    """How many such answers the ticket had `before` this one, and who gave it, of which unit; None: not known."""

    before: int
    by_id: int | None = None
    unit_id: int | None = None


def stands_at_once() -> ColumnElement[bool]:
    """Tickets that were answered at once and are not taken up again."""
    return Ticket.close_reason.is_(None) & Ticket.answered_at.is_not(None) & Ticket.state.in_(_STANDS)


def is_answered_at_once(ticket: Ticket) -> bool:
    """The same of one that is at hand."""
    return ticket.close_reason is None and ticket.answered_at is not None and ticket.state in _STANDS


def last_direct_answer(session: Session, ticket_id: int) -> DirectAnswer:
    """By the ticket's history."""
    given = HistoryLine.ticket_id == ticket_id, HistoryLine.action == Action.ANSWER.value
    n = session.scalar(select(func.count()).select_from(HistoryLine).where(*given)) or 0
    newest = select(HistoryLine).where(*given).order_by(HistoryLine.id.desc()).limit(1)
    line = session.scalar(newest)
    return DirectAnswer(0) if line is None else DirectAnswer(n - 1, line.actor_id, line.actor_unit_id)
