"""Timers: the end of the rating window, the archive, and each morning's look at what is overdue."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.jobs import enqueue
from tickets.actions.writing import wait_for_year
from tickets.clocks import Clocks, local_day, midnight
from tickets.kinds import Step
from tickets.model import Reply, Ticket
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


def enqueue_archive(
    session: Session,
    ticket: Ticket,
    clocks: Clocks,
    *,
    ended_at: datetime,
    now: datetime,
    kept_at: datetime | None = None,
) -> None:
    """The timer that makes an ended ticket read-only; `ended_at` keeps it off one that went on living.

    None without a limit, none yet past the loaded calendar, and none while something that was promised is to be done:
    then from `kept_at` on.
    """
    if ticket.promise_due_at is not None:
        return
    due = clocks.due(Step.ARCHIVE, kept_at or ended_at, what="归档")
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


#: minutes after midnight in Shanghai: when offices open, somebody reads what was issued
LADDER_AT = 8 * 60 + 30


def plan_ladder(session: Session, *, now: datetime) -> None:
    """The next morning's climb, once, however often it is asked for."""
    due = midnight(local_day(now)) + timedelta(minutes=LADDER_AT)
    due = due if due > now else due + timedelta(days=1)
    enqueue(
        session, "tickets.climb_ladder", now=now, due_at=due, idempotency_key=f"tickets.climb_ladder {local_day(due)}"
    )


def enqueue_promise_look(session: Session, ticket: Ticket, reply: Reply, *, due_at: datetime, now: datetime) -> None:
    """The morning after the promised day, when somebody is there to hear that it has passed."""
    enqueue(
        session,
        "tickets.look_at_promise",
        now=now,
        due_at=due_at + timedelta(minutes=LADDER_AT),
        idempotency_key=f"promise {reply.id}",
        ticket_id=ticket.id,
        reply_id=reply.id,
    )
