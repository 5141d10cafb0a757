"""延期, 挂账, 终止: what a unit asks of the hotline.  None is a state: the clock runs on until it is granted."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from staff.rules import Actor
from tickets.actions.due_times import compute_clocks
from tickets.actions.handling import present_holding
from tickets.actions.parking import park_ticket
from tickets.actions.side_paths import Course, End, terminate_ticket
from tickets.actions.writing import TicketKey, allowed_move, check_version, locked_ticket, take
from tickets.clocks import local_day, moment_zh
from tickets.events import RequestAsked, RequestDecided
from tickets.extensions import term_of
from tickets.forms import RequestForm, needed, refuse_faults, request_faults
from tickets.guard_errors import NoRequest
from tickets.kinds import RequestKind, RequestState, TerminationReason
from tickets.model import Ticket, TicketRequest
from tickets.profiles import load_clocks
from tickets.rules import Action
from tickets.settings import TicketOffice

_ASK = {
    RequestKind.EXTENSION: Action.ASK_EXTENSION,
    RequestKind.PARKING: Action.ASK_PARKING,
    RequestKind.TERMINATION: Action.ASK_TERMINATION,
}


def ask_for(
    session: Session,
    key: TicketKey,
    form: RequestForm,
    *,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    version: int | None = None,
) -> Ticket:
    """Ask the hotline; one request at a time, and more time only once and before it is over.

    Raises Invalid, TicketNotFound, MoveRefused, NotOwnUnit, RequestPending, ExtensionUsed, ExtensionTooLate,
    CalendarNotLoaded.  Announces RequestAsked.
    """
    refuse_faults(request_faults(form, today=local_day(now)))
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"state": ticket.state.value}, yours=form.model_dump(mode="json"))
    move = allowed_move(session, ticket, _ASK[form.kind], by, now=now)
    holding = present_holding(session, ticket)
    request = TicketRequest(
        ticket_id=ticket.id,
        holding_id=holding.id,
        unit_id=holding.unit_id,
        state=RequestState.PENDING,
        asked_at=now,
        asked_by=by.label,
        extra=_extra(session, ticket, form, office),
        **form.model_dump(),
    )
    session.add(request)
    session.flush()
    ticket.has_request = True
    particulars = {"request_id": request.id, **form.model_dump(mode="json", exclude={"reason"}, exclude_defaults=True)}
    take(session, ticket, move, by=by, now=now, reason=form.reason, particulars=particulars)
    announce(session, RequestAsked(ticket.id, request.id, form.kind.value))
    return ticket


def _extra(session: Session, ticket: Ticket, form: RequestForm, office: TicketOffice) -> int:
    """How much longer, in the units of the limit.  Raises Invalid, CalendarNotLoaded."""
    if form.kind is not RequestKind.EXTENSION or form.until_on is None:
        return 0
    term = term_of(ticket, load_clocks(session, office.profile))
    if term is None:
        raise Invalid([(("body", "form", "until_on"), "no_limit", "该工单没有办理时限，无须延期")])
    return term.extra_until(form.until_on)


def pending_request(session: Session, ticket: Ticket) -> TicketRequest:
    """The one that waits.  Raises NoRequest."""
    waiting = select(TicketRequest).where(
        TicketRequest.ticket_id == ticket.id, TicketRequest.state == RequestState.PENDING
    )
    request = session.scalar(waiting.with_for_update())
    if request is None:
        raise NoRequest(reason="没有待批的申请")
    return request


def grant_request(
    session: Session,
    key: TicketKey,
    *,
    note: str,
    course: Course,
    termination_reason: TerminationReason | None = None,
    channel: str = "",
) -> Ticket:
    """Grant what is asked: more time for both clocks, the shelf, or the end.

    An end for the reason and channel given, else for those that the unit asked with.
    Raises Invalid, TicketNotFound, MoveRefused, RoleRefused, NoRequest.  Announces RequestDecided.
    """
    ticket = locked_ticket(session, key, course.by)
    request = pending_request(session, ticket)
    if request.kind is RequestKind.EXTENSION:
        _extend(session, ticket, request, note=note, course=course)
    elif request.kind is RequestKind.PARKING:
        _decide(session, ticket, request, RequestState.GRANTED, note=note, course=course)
        if request.review_on is None:
            raise AssertionError("a request for the shelf names the day of its review")
        park_ticket(session, ticket.id, plan=request.plan, review_on=request.review_on, course=course, note=note)
    else:
        _decide(session, ticket, request, RequestState.GRANTED, note=note, course=course)
        terminate_ticket(session, ticket.id, _end_of(request, termination_reason, channel, note), course=course)
    return ticket


def _end_of(request: TicketRequest, reason: TerminationReason | None, channel: str, note: str) -> End:
    """Raises Invalid for a request of an older release when no reason is given."""
    given = reason or request.termination_reason
    if given is None:
        raise Invalid([(("body", "termination_reason"), "termination_reason_missing", "请选择终止原因")])
    asked = request.channel if given is request.termination_reason else ""
    return End(given, note or request.reason, channel or asked)


def _decide(
    session: Session, ticket: Ticket, request: TicketRequest, state: RequestState, *, note: str, course: Course
) -> None:
    request.state, request.decided_at = state, course.now
    request.decided_by, request.decision_note = course.by.label, note
    ticket.has_request = False
    session.flush()
    announce(session, RequestDecided(ticket.id, request.id, request.kind.value, state.value, request.unit_id))


def _extend(session: Session, ticket: Ticket, request: TicketRequest, *, note: str, course: Course) -> None:
    move = allowed_move(session, ticket, Action.EXTEND, course.by, now=course.now)
    clocks = load_clocks(session, course.office.profile)
    term = term_of(ticket, clocks)
    if term is not None and request.until_on is not None:
        request.extra = term.counted_until(request.until_on)
    _decide(session, ticket, request, RequestState.GRANTED, note=note, course=course)
    compute_clocks(session, ticket, clocks)
    due = moment_zh(ticket.unit_due_at) if ticket.unit_due_at else "日历载入后计算"
    particulars = {"request_id": request.id, "extra": request.extra}
    reason = f"{note}（办理时限至 {due}）" if note else f"办理时限至 {due}"
    take(session, ticket, move, by=course.by, now=course.now, reason=reason, particulars=particulars)


def refuse_request(session: Session, key: TicketKey, *, reason: str, course: Course) -> Ticket:
    """Refuse it with a reason; the clock has been running.

    Raises Invalid, TicketNotFound, MoveRefused, NoRequest.  Announces RequestDecided.
    """
    needed(reason, "reason", "请写明驳回的理由")
    ticket = locked_ticket(session, key, course.by)
    move = allowed_move(session, ticket, Action.REFUSE_REQUEST, course.by, now=course.now)
    request = pending_request(session, ticket)
    _decide(session, ticket, request, RequestState.REFUSED, note=reason, course=course)
    take(session, ticket, move, by=course.by, now=course.now, reason=reason, particulars={"request_id": request.id})
    return ticket
