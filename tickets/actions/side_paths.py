"""Ways that end without a unit's answer: answered on the spot, rejected, transferred, terminated."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from staff.rules import Actor
from tickets.actions.dispatching import await_dispatch, end_holding
from tickets.actions.leaving import excuse_all_parts
from tickets.actions.telling_ends import stop_telling
from tickets.actions.timers import enqueue_archive
from tickets.actions.writing import TicketKey, allowed_move, locked_ticket, take
from tickets.events import AnsweredAtOnce, ParentEnded, TicketEnded, TicketReopened, TicketTerminated
from tickets.forms import ANSWER_LEAST, CHANNEL_MISSING, channel_named, needed
from tickets.guards import last_day_to_object
from tickets.kinds import EndTold, RejectReason, TerminationReason
from tickets.model import Ending, Ticket
from tickets.profiles import load_clocks
from tickets.rules import Action, State
from tickets.settings import TicketOffice

#: SMS and page say a reason in the words of terminations, which fit into an SMS
_SAME = {reason.value: reason for reason in TerminationReason}


@dataclass(frozen=True)
class Course:
    """Who does it, when, and for which city: what every step here needs."""

    by: Actor
    office: TicketOffice
    now: datetime


@dataclass(frozen=True)
class End:
    """Why a matter is terminated, in a class and in words for the citizen, and who takes it where somebody does."""

    reason: TerminationReason
    words: str
    channel: str = ""


def answer_ticket(session: Session, key: TicketKey, *, answer: str, article: str, course: Course) -> Ticket:
    """直接答复: answered on the spot, with the article cited or the words written.

    Raises Invalid, MoveRefused.  Announces AnsweredAtOnce.
    """
    if not article and len(answer) < ANSWER_LEAST:
        sentence = f"直接答复须引用知识条目，或写明答复内容（至少 {ANSWER_LEAST} 个字）"
        raise Invalid([(("body", "answer"), "answer_missing", sentence)])
    ticket = _end(session, key, Action.ANSWER, course, reason=answer, particulars={"article": article})
    ticket.answered_at = course.now
    announce(session, AnsweredAtOnce(ticket.id))
    return ticket


def reject_ticket(
    session: Session, key: TicketKey, *, reason: RejectReason, channel: str, course: Course, note: str = ""
) -> Ticket:
    """不予受理: the reason, and the right channel, of which the citizen is told.

    Raises Invalid, MoveRefused.  Announces TicketEnded.
    """
    needed(channel, "channel", "请写明告知群众的受理渠道")
    particulars = {"reject_reason": reason.value, "channel": channel}
    ticket = _end(session, key, Action.REJECT, course, reason=note or reason.name_zh, particulars=particulars)
    _keep_ending(session, ticket, course, Ending(action=Action.REJECT, reason=_SAME[reason.value], channel=channel))
    return ticket


def transfer_ticket(session: Session, key: TicketKey, *, to: str, accepted_by: str, course: Course) -> Ticket:
    """已转出: 110, another city, petitions; who accepted it is written down, and the citizen is told.

    Raises Invalid, MoveRefused.  Announces TicketEnded.
    """
    needed(to, "to", "请写明转往哪里")
    particulars = {"to": to, "accepted_by": accepted_by}
    ticket = _end(session, key, Action.TRANSFER, course, reason=f"转往{to}", particulars=particulars)
    _keep_ending(session, ticket, course, Ending(action=Action.TRANSFER, channel=to))
    return ticket


def acknowledge_transfer(
    session: Session, key: TicketKey, *, accepted_by: str, course: Course, note: str = ""
) -> Ticket:
    """The other side has acknowledged, by a person or a paper with a number: nothing more to do here.

    Raises Invalid, MoveRefused, EndUntold.
    """
    needed(accepted_by, "accepted_by", "请写明对方接收人或文号")
    ticket = _step(session, key, Action.ACKNOWLEDGE, course, reason=note, particulars={"accepted_by": accepted_by})
    ticket.archived_at = course.now
    return ticket


def terminate_ticket(session: Session, key: TicketKey, end: End, *, course: Course) -> Ticket:
    """终止: the hotline's supervisor approves, and the citizen is told why and how to object.

    Raises Invalid, TicketNotFound, MoveRefused, RoleRefused.  Announces TicketEnded, TicketTerminated.
    """
    if not channel_named(end.reason, end.channel):
        raise Invalid([(("body", "channel"), "channel_missing", CHANNEL_MISSING)])
    until = last_day_to_object(course.now)
    particulars = {"termination_reason": end.reason.value, "object_until": until.isoformat()}
    particulars |= {"channel": end.channel} if end.channel else {}
    ticket = _end(session, key, Action.TERMINATE, course, reason=needed(end.words), particulars=particulars)
    ended = Ending(action=Action.TERMINATE, reason=end.reason, channel=end.channel, object_until=until)
    _keep_ending(session, ticket, course, ended)
    announce(session, TicketTerminated(ticket.id, ended.id))
    return ticket


def _keep_ending(session: Session, ticket: Ticket, course: Course, ended: Ending) -> None:
    """A caller who is still on the line has heard it; everybody else is to be told."""
    ended.ticket_id, ended.ended_at = ticket.id, course.now
    is_on_the_line = ticket.call_id is not None and ticket.registered_at == course.now
    if is_on_the_line and ticket.registered_by_id == course.by.person_id:
        ended.told, ended.told_at, ended.told_by = EndTold.TOLD, course.now, course.by.label
    session.add(ended)
    session.flush()
    announce(session, TicketEnded(ticket.id, ended.id))


def reopen_ticket(session: Session, key: TicketKey, *, reason: str, course: Course) -> Ticket:
    """An answer given on the spot did not do.  Raises MoveRefused, ReopenWindowOver.  Announces TicketReopened."""
    ticket = _begin_again(session, key, Action.REOPEN, course, reason)
    ticket.needs_repair, ticket.rating_level = False, None  # the next answer is rated anew
    announce(session, TicketReopened(ticket.id, course.now.isoformat()))
    return ticket


def object_to_end(session: Session, key: TicketKey, *, reason: str, course: Course) -> Ticket:
    """The caller objects to a rejection or termination, and the hotline takes it on after all.

    Raises Invalid, TicketNotFound, MoveRefused, RoleRefused, ObjectionWindowOver.
    """
    ticket = locked_ticket(session, key, course.by)
    was_terminated, ended_at = ticket.state is State.TERMINATED, ticket.closed_at
    _begin_again(session, key, Action.OBJECT, course, reason)
    stop_telling(session, ticket, now=course.now)
    if was_terminated:
        end_holding(session, ticket, Action.TERMINATE, by=course.by, now=ended_at or course.now)
    return ticket


def _begin_again(session: Session, key: TicketKey, action: Action, course: Course, reason: str) -> Ticket:
    ticket = _step(session, key, action, course, reason=needed(reason))
    ticket.closed_at = ticket.answered_at = None
    ticket.caller_withdrew_at = None  # whoever objects asks again
    await_dispatch(session, ticket, load_clocks(session, course.office.profile), now=course.now)
    return ticket


def _step(
    session: Session,
    key: TicketKey,
    action: Action,
    course: Course,
    *,
    reason: str,
    particulars: dict[str, str] | None = None,
) -> Ticket:
    ticket = locked_ticket(session, key, course.by)
    move = allowed_move(session, ticket, action, course.by, now=course.now)
    take(session, ticket, move, by=course.by, now=course.now, reason=reason, particulars=dict(particulars or {}))
    return ticket


def _end(
    session: Session,
    key: TicketKey,
    action: Action,
    course: Course,
    *,
    reason: str,
    particulars: dict[str, str] | None = None,
) -> Ticket:
    """A step after which the hotline owes nothing more; the archive's timer starts."""
    ticket = _step(session, key, action, course, reason=reason, particulars=particulars)
    excuse_all_parts(session, ticket, action, by=course.by, now=course.now)
    ticket.closed_at, ticket.step_due_at = course.now, None
    if ticket.child_count:
        announce(session, ParentEnded(ticket.id))
    clocks = load_clocks(session, course.office.profile)
    enqueue_archive(session, ticket, clocks, ended_at=course.now, now=course.now)
    return ticket
