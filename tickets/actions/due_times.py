"""Due times that waited for a calendar year: computed when it is imported, with a trail."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from staff.rules import SYSTEM
from tickets.actions.dispatching import await_dispatch, unit_due
from tickets.actions.ending import ARCHIVABLE, enqueue_archive, enqueue_window_end
from tickets.actions.registration import citizen_due
from tickets.actions.writing import begin_step, holding_of, wait_for_year, write_history
from tickets.clocks import Clocks, moment_zh
from tickets.kinds import Step
from tickets.model import Reply, Ticket
from tickets.profiles import load_clocks
from tickets.rules import State
from tickets.settings import TicketOffice

AT_ONCE = 200
_UNIT_ACTS = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW, State.PARKED)


def waiting_ticket_ids(session: Session, *, after: int = 0) -> list[int]:
    """Tickets whose due times wait for a calendar year, some at once."""
    waiting = select(Ticket.id).where(Ticket.waits_for_calendar.is_not(None), Ticket.id > after)
    return list(session.scalars(waiting.order_by(Ticket.id).limit(AT_ONCE)))


def compute_due_times(session: Session, ticket_ids: list[int], *, office: TicketOffice, now: datetime) -> int:
    """Compute what can be computed now; what still waits goes on waiting.  Returns how many were computed."""
    clocks = load_clocks(session, office.profile)
    tickets = session.scalars(
        select(Ticket)
        .where(Ticket.id.in_(ticket_ids), Ticket.waits_for_calendar.is_not(None))
        .options(selectinload(Ticket.unit))
        .with_for_update()
    ).all()
    return sum(_compute(session, ticket, clocks, now=now) for ticket in tickets)


def _compute(session: Session, ticket: Ticket, clocks: Clocks, *, now: datetime) -> bool:
    before = {"citizen": ticket.citizen_due_why}
    citizen = citizen_due(ticket, clocks, ticket.registered_at)
    ticket.citizen_due_at, ticket.citizen_due_why = citizen.at, citizen.why
    ticket.waits_for_calendar = citizen.missing_year
    _compute_holding(session, ticket, clocks)
    _compute_step(session, ticket, clocks)
    _enqueue_timers(session, ticket, clocks, now=now)
    if ticket.waits_for_calendar is not None:
        return False
    ticket.version += 1
    ticket.changed_at = now
    due = moment_zh(citizen.at) if citizen.at else "未设时限"
    write_history(
        session,
        ticket,
        "due_computed",
        before=ticket.state,
        by=SYSTEM,
        now=now,
        reason=f"日历已载入，群众时限为 {due}",
        particulars={"before": before},
    )
    return True


def _compute_holding(session: Session, ticket: Ticket, clocks: Clocks) -> None:
    """The unit's own clocks, counted from dispatch; while it acts, the step's limit is one of them."""
    holding = holding_of(session, ticket)
    if holding is None or ticket.unit is None:
        return
    begins = holding.dispatched_at
    unit = unit_due(ticket, ticket.unit.short_name, clocks, begins)
    sign = clocks.due(Step.SIGN, begins, what="签收", urgency=ticket.urgency, limit_class=ticket.limit_class)
    returning = clocks.due(Step.RETURN, begins, what="退单")
    holding.due_at, holding.due_why, holding.sign_due_at = unit.at, unit.why, sign.at
    holding.return_until = returning.at
    ticket.unit_due_at = unit.at
    for due in (unit, sign, returning):
        wait_for_year(ticket, due)
    if ticket.state in _UNIT_ACTS:
        ticket.step_due_at = sign.at if ticket.state is State.DISPATCHED else unit.at


def _compute_step(session: Session, ticket: Ticket, clocks: Clocks) -> None:
    """The limit of the hotline's own step, counted from where it began."""
    match ticket.state:
        case State.REGISTERED | State.TO_DISPATCH:
            await_dispatch(session, ticket, clocks, now=ticket.changed_at)
        case State.REPLIED:
            replied_at = session.get_one(Reply, ticket.reply_id).replied_at
            begin_step(ticket, clocks.due(Step.AUDIT, replied_at, what="审核"))
        case State.TO_CALLBACK:
            begin_step(ticket, clocks.due(Step.CALLBACK, ticket.answered_at or ticket.changed_at, what="回访"))


def _enqueue_timers(session: Session, ticket: Ticket, clocks: Clocks, *, now: datetime) -> None:
    """What could not be timed when it began; a timer that is there already is not written again."""
    if ticket.state is State.TO_CALLBACK and ticket.answered_at is not None:
        enqueue_window_end(session, ticket, clocks, answered_at=ticket.answered_at, now=now)
    if ticket.state in ARCHIVABLE and ticket.closed_at is not None:
        enqueue_archive(session, ticket, clocks, ended_at=ticket.closed_at, now=now)
