"""The timers of a ticket: the end of the rating window, and the archive."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.jobs import enqueue
from tickets.actions.writing import wait_for_year
from tickets.clocks import Clocks
from tickets.kinds import Step
from tickets.model import Ticket
from tickets.rules import State

#: ended, and nothing more to come but the archive
ARCHIVABLE = (State.CLOSED, State.ANSWERED, State.REJECTED, State.TERMINATED)


def enqueue_window_end(
    session: Session, ticket: Ticket, clocks: Clocks, *, answered_at: datetime, now: datetime
) -> None:
    """The timer at the end of the rating window; none without a limit, and none yet past the loaded calendar."""
    due = clocks.due(Step.RATING, answered_at, what="评价期")
    wait_for_year(ticket, due)
    if due.at is None:
        return
    enqueue(
        session,
        "tickets.close_at_window_end",
        now=now,
        due_at=due.at,
        idempotency_key=f"window {ticket.id} {ticket.rework_no}",
        ticket_id=ticket.id,
        rework_no=ticket.rework_no,
    )


def enqueue_archive(session: Session, ticket: Ticket, clocks: Clocks, *, ended_at: datetime, now: datetime) -> None:
    """The timer that makes an ended ticket read-only; `ended_at` keeps it off one that went on living.

    None without a limit, and none yet past the loaded calendar.
    """
    due = clocks.due(Step.ARCHIVE, ended_at, what="归档")
    wait_for_year(ticket, due)
    if due.at is None:
        return
    enqueue(
        session,
        "tickets.archive_when_due",
        now=now,
        due_at=due.at,
        idempotency_key=f"archive {ticket.id} {ended_at.isoformat()}",
        ticket_id=ticket.id,
        ended_at=ended_at.isoformat(),
    )
