"""Due times computed again: after a correction, a grant, a pause, or a new calendar; always from what is stored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, selectinload

from core.events import announce
from staff.rules import SYSTEM
from tickets.actions.timers import ARCHIVABLE, enqueue_archive, enqueue_window_end
from tickets.actions.writing import begin_step, holding_of, wait_for_year, write_history
from tickets.answer_limits import citizen_due, first_action_due, unit_due
from tickets.clocks import Clocks, Due, Grants, midnight, moment_zh
from tickets.events import UnitDueMoved
from tickets.kinds import Measure, PartState, RequestKind, RequestState, Step
from tickets.model import HelperPart, Holding, Pause, Ticket, TicketRequest
from tickets.profiles import clocks_of_unit, load_clocks
from tickets.queries.situations import promise_kept_at
from tickets.rules import UNANSWERED_STATES, State
from tickets.settings import TicketOffice

AT_ONCE = 200
#: the hotline's own steps, counted from `step_began_at`
_OWN_STEPS = {
    State.REGISTERED: Step.DISPATCH,
    State.TO_DISPATCH: Step.DISPATCH,
    State.REPLIED: Step.AUDIT,
    State.TO_CALLBACK: Step.CALLBACK,
}


def timed_ticket_ids(session: Session, *, after: int = 0, unit_id: int | None = None) -> list[int]:
    """Tickets whose due times a calendar, or the hours of a unit, may change: clocks that run, and what waits for a
    year.  Some at once.
    """
    timed = [or_(Ticket.state.in_(UNANSWERED_STATES), Ticket.waits_for_calendar.is_not(None)), Ticket.id > after]
    if unit_id is not None:
        timed.append(Ticket.unit_id == unit_id)
    return list(session.scalars(select(Ticket.id).where(*timed).order_by(Ticket.id).limit(AT_ONCE)))


def compute_due_times(
    session: Session, ticket_ids: list[int], *, office: TicketOffice, now: datetime, why: str = "放假安排有更新"
) -> int:
    """Compute them as calendar and hours are now; each change has its line in the history.  Returns how many changed.

    What still waits for a year goes on waiting.
    """
    clocks = load_clocks(session, office.profile)
    tickets = session.scalars(
        select(Ticket).where(Ticket.id.in_(ticket_ids)).options(selectinload(Ticket.unit)).with_for_update()
    ).all()
    return sum(_compute(session, ticket, clocks, why, now=now) for ticket in tickets)


def _compute(session: Session, ticket: Ticket, clocks: Clocks, why: str, *, now: datetime) -> bool:
    before, has_waited = _dues(session, ticket), ticket.waits_for_calendar is not None
    compute_clocks(session, ticket, clocks)
    _enqueue_timers(session, ticket, clocks, now=now)
    after = _dues(session, ticket)
    if ticket.waits_for_calendar is not None or (after == before and not has_waited):
        return False
    ticket.version += 1
    ticket.changed_at = now
    moved = _moved(before, after)
    write_history(
        session,
        ticket,
        "due_computed",
        before=ticket.state,
        by=SYSTEM,
        now=now,
        reason=f"{'日历已载入' if has_waited else why}，{moved}",
        particulars={"before": before, "after": after},
    )
    return True


def _dues(session: Session, ticket: Ticket) -> dict[str, str]:
    return {
        "citizen": _shown(ticket.citizen_due_at),
        "unit": _shown(ticket.unit_due_at),
        "first": _shown(_first_due_at(session, ticket)),
        "step": _shown(ticket.step_due_at),
    }


def _first_due_at(session: Session, ticket: Ticket) -> datetime | None:
    holding = holding_of(session, ticket)
    return holding.first_due_at if holding is not None else None


def _moved(before: dict[str, str], after: dict[str, str]) -> str:
    """The clock that a reader looks at first, of those that moved."""
    names = {"citizen": "群众时限", "unit": "单位时限", "first": "首次处置时限", "step": "本环节时限"}
    moved = next((name for name in names if before[name] != after[name]), "citizen")
    return f"{names[moved]}为 {after[moved]}"


def _shown(moment: datetime | None) -> str:
    return moment_zh(moment) if moment else "未设时限"


def compute_clocks(session: Session, ticket: Ticket, clocks: Clocks) -> None:
    """Both clocks and the present step's limit, from registration, dispatch, pauses and grants; `unit` is loaded.

    Announces UnitDueMoved.
    """
    before, first_before = ticket.unit_due_at, _first_due_at(session, ticket)
    _compute_all(session, ticket, clocks)
    if ticket.open_parts and ticket.unit_due_at != before:
        _move_parts(session, ticket)
    if ticket.unit_due_at not in {None, before} or _first_due_at(session, ticket) not in {None, first_before}:
        announce(session, UnitDueMoved(ticket.id))


def _move_parts(session: Session, ticket: Ticket) -> None:
    """Helpers' parts are due with the whole."""
    owed = update(HelperPart).where(HelperPart.ticket_id == ticket.id, HelperPart.state == PartState.OPEN)
    session.execute(owed.values(due_at=ticket.unit_due_at))


def _compute_all(session: Session, ticket: Ticket, clocks: Clocks) -> None:
    pauses = session.scalars(select(Pause).where(Pause.ticket_id == ticket.id).order_by(Pause.began_at)).all()
    extensions = _granted_extensions(session, ticket)
    ticket.waits_for_calendar = None
    if pauses and pauses[-1].ended_at is None:
        _stand_still(ticket, holding_of(session, ticket), pauses[-1])
        return
    over = tuple((pause.began_at, pause.ended_at) for pause in pauses if pause.ended_at is not None)
    more = Grants(_citizens_extra(ticket, clocks, extensions), over)
    citizen = citizen_due(ticket, clocks, ticket.registered_at, more)
    ticket.citizen_due_at, ticket.citizen_due_why = citizen.at, citizen.why
    wait_for_year(ticket, citizen)
    holding = holding_of(session, ticket)
    # a child that came answered with its parent has a holding and no clock of a unit
    if holding is not None and ticket.unit is not None and holding.dispatched_at != ticket.answered_at:
        more = Grants(sum(one.extra for one in extensions if one.holding_id == holding.id), over)
        _compute_holding(ticket, holding, clocks_of_unit(session, ticket.unit, clocks), more)
    _compute_step(ticket, clocks)


@dataclass(frozen=True)
class Extension:
    """How much longer one holding was granted; of a rework in the measure of reworks, else in that of the result."""

    holding_id: int
    extra: int
    is_of_rework: bool


_GRANTED = (TicketRequest.kind == RequestKind.EXTENSION, TicketRequest.state == RequestState.GRANTED)


def _granted_extensions(session: Session, ticket: Ticket) -> list[Extension]:
    granted = select(TicketRequest.holding_id, TicketRequest.extra, Holding.rework_no).join(
        Holding, Holding.id == TicketRequest.holding_id
    )
    found = session.execute(granted.where(TicketRequest.ticket_id == ticket.id, *_GRANTED))
    return [Extension(row.holding_id, row.extra, row.rework_no > 0) for row in found]


def _citizens_extra(ticket: Ticket, clocks: Clocks, extensions: list[Extension]) -> int:
    """The citizen was told, so it moves the citizen's date as well; days are not added to hours."""
    rework = clocks.profile.allowance(Step.REWORK)
    is_alike = rework is not None and rework.measure is result_measure(ticket, clocks)
    return sum(one.extra for one in extensions if is_alike or not one.is_of_rework)


def result_measure(ticket: Ticket, clocks: Clocks) -> Measure | None:
    """In what the limit of the answer is counted now: hours, working days; None without a limit."""
    allowance = clocks.profile.allowance(
        Step.RESULT, type_=ticket.type, urgency=ticket.urgency, limit_class=ticket.limit_class
    )
    return allowance.measure if allowance is not None else None


def end_extensions(session: Session, ticket: Ticket) -> None:
    """The limit is counted otherwise from now on: three days more would be three minutes more, or the reverse."""
    of_results = select(Holding.id).where(Holding.ticket_id == ticket.id, Holding.rework_no == 0)
    granted = update(TicketRequest).where(
        TicketRequest.ticket_id == ticket.id, TicketRequest.holding_id.in_(of_results), *_GRANTED
    )
    session.execute(granted.values(extra=0))


def count_anew(session: Session, ticket: Ticket, clocks: Clocks, *, was: Measure | None) -> None:
    """Both clocks, after what they depend on has changed.

    An extension in days ends when hours are counted from now on, and the reverse; `was` is the measure before.
    """
    if result_measure(ticket, clocks) is not was:
        end_extensions(session, ticket)
    compute_clocks(session, ticket, clocks)


def _stand_still(ticket: Ticket, holding: Holding | None, pause: Pause) -> None:
    why = f"挂账中，自 {moment_zh(pause.began_at)} 起暂停计时，{pause.review_on:%Y-%m-%d} 复查"
    ticket.citizen_due_at, ticket.citizen_due_why, ticket.unit_due_at = None, why, None
    ticket.step_due_at = midnight(pause.review_on)
    if holding is not None:
        holding.due_at, holding.due_why, holding.first_due_at = None, why, None


def _compute_holding(ticket: Ticket, holding: Holding, clocks: Clocks, grants: Grants) -> None:
    """The unit's own clocks, counted from dispatch; while it acts, the step's limit is one of them."""
    begins = holding.dispatched_at
    unit = unit_due(ticket, ticket.unit.short_name if ticket.unit else "", clocks, begins, grants)
    returning = clocks.due(Step.RETURN, begins, what="退单")
    first = first_action_due(ticket, clocks, begins, grants.pauses)
    dues: list[Due] = [unit, returning, first]
    holding.return_until = returning.at
    holding.first_due_at, holding.first_why = first.at, first.why
    holding.due_at, holding.due_why, ticket.unit_due_at = unit.at, unit.why, unit.at
    if holding.signed_at is None:
        sign = clocks.due(Step.SIGN, begins, what="签收", urgency=ticket.urgency, limit_class=ticket.limit_class)
        holding.sign_due_at, holding.sign_why = sign.at, sign.why
        ticket.step_due_at = sign.at
        dues.append(sign)
    elif ticket.state in {State.IN_PROGRESS, State.RETURN_REVIEW}:
        ticket.step_due_at = unit.at
    for due in dues:
        wait_for_year(ticket, due)


def _compute_step(ticket: Ticket, clocks: Clocks) -> None:
    """The limit of the hotline's own step, counted from where it began."""
    step = _OWN_STEPS.get(ticket.state)
    if step is None:
        return
    began_at = ticket.step_began_at or ticket.changed_at
    urgency, limit_class = (ticket.urgency, ticket.limit_class) if step is Step.DISPATCH else (None, "")
    due = clocks.due(step, began_at, what=step.name_zh, urgency=urgency, limit_class=limit_class)
    begin_step(ticket, due, began_at=began_at)


def _enqueue_timers(session: Session, ticket: Ticket, clocks: Clocks, *, now: datetime) -> None:
    """What could not be timed when it began; a timer that is there already is not written again."""
    if ticket.state is State.TO_CALLBACK and ticket.answered_at is not None:
        enqueue_window_end(session, ticket, clocks, answered_at=ticket.answered_at, now=now)
    if ticket.state in ARCHIVABLE and ticket.closed_at is not None:
        kept_at = promise_kept_at(session, ticket)
        enqueue_archive(session, ticket, clocks, ended_at=ticket.closed_at, kept_at=kept_at, now=now)
