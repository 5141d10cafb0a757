"""Due times that waited for a calendar year: computed when it is imported, with a trail."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from staff.rules import SYSTEM
from tickets.actions.dispatching import unit_due
from tickets.actions.registration import citizen_due
from tickets.actions.writing import write_history
from tickets.clocks import Clocks, moment_zh
from tickets.kinds import Step
from tickets.model import Holding, Ticket
from tickets.profiles import load_clocks
from tickets.rules import State
from tickets.settings import TicketOffice

AT_ONCE = 200
#: whose limit runs in a state; while a unit works on it the step's limit is the unit's own
_STEP_OF = {State.REGISTERED: Step.DISPATCH, State.TO_DISPATCH: Step.DISPATCH, State.REPLIED: Step.AUDIT,
            State.TO_CALLBACK: Step.CALLBACK}  # fmt: skip


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
    missing = citizen.missing_year or _compute_step(session, ticket, clocks)
    ticket.waits_for_calendar = missing
    if missing is not None:
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


def _compute_step(session: Session, ticket: Ticket, clocks: Clocks) -> int | None:
    """Unit clock and step; answers the year that is still missing."""
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    if holding is not None and ticket.unit is not None:
        unit = unit_due(ticket, ticket.unit.short_name, clocks, holding.dispatched_at)
        sign = clocks.due(
            Step.SIGN, holding.dispatched_at, what="签收", urgency=ticket.urgency, limit_class=ticket.limit_class
        )
        holding.due_at, holding.due_why, holding.sign_due_at = unit.at, unit.why, sign.at
        ticket.unit_due_at = unit.at
        if ticket.state not in _STEP_OF:
            ticket.step_due_at = sign.at if ticket.state is State.DISPATCHED else unit.at
            return unit.missing_year or sign.missing_year
    step = _STEP_OF.get(ticket.state)
    if step is None:
        return None
    due = clocks.due(step, ticket.changed_at, what=step.name_zh, urgency=ticket.urgency, limit_class=ticket.limit_class)
    ticket.step_due_at = due.at
    return due.missing_year
