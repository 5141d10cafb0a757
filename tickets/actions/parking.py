"""挂账: cannot be solved now.  A plan, a day when somebody looks again, and both clocks stand still until then."""

from datetime import date

from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from core.jobs import enqueue
from staff.rules import SYSTEM
from tickets.actions.due_times import compute_clocks
from tickets.actions.leaving import end_pause, open_pause
from tickets.actions.side_paths import Course
from tickets.actions.writing import TicketKey, allowed_move, locked_ticket, take
from tickets.clocks import local_day, midnight
from tickets.events import TicketParked, TicketResumed
from tickets.forms import needed
from tickets.model import Pause, Ticket
from tickets.profiles import load_clocks
from tickets.rules import Action, State


def park_ticket(
    session: Session, key: TicketKey, *, plan: str, review_on: date, course: Course, note: str = ""
) -> Ticket:
    """Put it on the shelf until `review_on`, when it comes back by itself; `note` is the supervisor's word on it.

    Raises Invalid, MoveRefused.  Announces TicketParked.
    """
    needed(plan, "plan", "挂账须写明工作计划")
    if review_on <= local_day(course.now):
        raise Invalid([(("body", "review_on"), "review_in_the_past", "复查日应晚于今天")])
    ticket = locked_ticket(session, key, course.by)
    move = allowed_move(session, ticket, Action.PARK, course.by, now=course.now)
    pause = Pause(ticket_id=ticket.id, began_at=course.now, plan=plan, review_on=review_on)
    session.add(pause)
    session.flush()
    particulars = {"plan": plan, "review_on": review_on.isoformat(), "note": note}
    take(session, ticket, move, by=course.by, now=course.now, reason=plan, particulars=particulars)
    compute_clocks(session, ticket, load_clocks(session, course.office.profile))
    enqueue(
        session,
        "tickets.resume_at_review",
        now=course.now,
        due_at=midnight(review_on),
        idempotency_key=f"review {pause.id}",
        ticket_id=ticket.id,
        pause_id=pause.id,
    )
    announce(session, TicketParked(ticket.id, pause.id))
    return ticket


def resume_ticket(session: Session, key: TicketKey, *, reason: str, course: Course) -> Ticket:
    """From the shelf back to the unit; its clock goes on where it stood.  Announces TicketResumed."""
    ticket = locked_ticket(session, key, course.by)
    move = allowed_move(session, ticket, Action.RESUME, course.by, now=course.now)
    end_pause(session, ticket, now=course.now)
    take(session, ticket, move, by=course.by, now=course.now, reason=reason)
    compute_clocks(session, ticket, load_clocks(session, course.office.profile))
    announce(session, TicketResumed(ticket.id, ticket.version))
    return ticket


def resume_at_review(session: Session, ticket_id: int, *, pause_id: int, course: Course) -> None:
    """The day has come on which somebody must look again; nothing to do when somebody has already."""
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    pause = open_pause(session, ticket_id)
    if ticket.state is State.PARKED and pause is not None and pause.id == pause_id:
        resume_ticket(session, ticket_id, reason="挂账复查日已到，恢复办理", course=course)
