"""撤销诉求: a citizen takes a matter back, and of a matter that others share the own part alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from staff.rules import SYSTEM, Actor
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult
from telephony.model import Call
from tickets.actions.claims import drop_claim
from tickets.actions.dispatching import end_holding
from tickets.actions.due_times import compute_clocks
from tickets.actions.leaving import end_pause
from tickets.actions.side_paths import Course
from tickets.actions.writing import TicketKey, allowed_move, locked_ticket, take, write_history
from tickets.clocks import moment_zh
from tickets.events import TicketReworded
from tickets.forms import needed
from tickets.kinds import SaidBy
from tickets.model import Ticket
from tickets.profiles import load_clocks
from tickets.rules import TABLE, Action, Move, State

#: a call this long ago may still be the one in which it was said
CALL_WITHIN = timedelta(days=1)
NOBODY_LEFT = "诉求人均已撤销或拆出"
ANSWERED_FOR_OTHERS = "已答复并入的其他诉求人，本人的部分此前已撤销"


@dataclass(frozen=True)
class Word:
    """The citizen's: why, who said it, and when; None is now."""

    reason: str
    said_by: SaidBy = SaidBy.SELF
    said_at: datetime | None = None


def withdraw_ticket(session: Session, key: TicketKey, word: Word, *, course: Course) -> Ticket:
    """The matter ends: units are told to stop, requests, helpers and work below end with it, nobody is asked to rate.

    One that was merged leaves its parent, which goes on.  Raises Invalid, TicketNotFound, MoveRefused, RoleRefused,
    OthersWait while other callers are under it.  Announces WorkTakenBack to each unit that has to do with it.
    """
    ticket = locked_ticket(session, key, course.by)
    move = allowed_move(session, ticket, Action.WITHDRAW, course.by, now=course.now)
    told = _told(session, ticket, word, course)
    parent = locked_ticket(session, ticket.parent_id, SYSTEM) if ticket.parent_id is not None else None
    if parent is not None:
        told["parent"] = parent.number
        announce(session, TicketReworded(parent.id))
        ticket.parent_id = None
    _end(session, ticket, move, course, reason=word.reason, particulars=told)
    if parent is not None:
        leave_parent(session, parent, "child_withdrawn", ticket, course=course)
    return ticket


def withdraw_part(session: Session, key: TicketKey, word: Word, *, course: Course) -> Ticket:
    """One of many callers: the matter goes on for the others, and this one is told and asked nothing more.

    Raises Invalid, TicketNotFound, MoveRefused, RoleRefused, NoOthers, PartWithdrawn.
    """
    ticket = locked_ticket(session, key, course.by)
    move = allowed_move(session, ticket, Action.WITHDRAW_PART, course.by, now=course.now)
    told = _told(session, ticket, word, course)
    ticket.caller_withdrew_at = course.now
    take(session, ticket, move, by=course.by, now=course.now, reason=word.reason, particulars=told)
    return ticket


def leave_parent(session: Session, parent: Ticket, action: str, child: Ticket, *, course: Course) -> None:
    """One caller less; when nobody asks for it any more, the matter itself is over."""
    note_on_parent(session, parent, action, -1, child, by=course.by, now=course.now)
    move = TABLE.get((parent.state, Action.WITHDRAW))
    is_asked_for = parent.caller_withdrew_at is None or parent.child_count > 0
    if move is not None and not is_asked_for:
        _end(session, parent, move, Course(SYSTEM, course.office, course.now), reason=NOBODY_LEFT)


def end_for_others(session: Session, ticket: Ticket, *, course: Course) -> None:
    """Answered, to everybody but its own caller, who is neither told nor asked."""
    move = allowed_move(session, ticket, Action.WITHDRAW, SYSTEM, now=course.now)
    ticket.closed_at, ticket.step_due_at = course.now, None
    take(session, ticket, move, by=SYSTEM, now=course.now, reason=ANSWERED_FOR_OTHERS, is_internal=True)


def note_on_parent(
    session: Session, parent: Ticket, action: str, change: int, child: Ticket, *, by: Actor, now: datetime
) -> None:
    """A child came, or left."""
    parent.child_count += change
    parent.version += 1
    parent.changed_at = now
    particulars = {"child": child.number, "children": parent.child_count}
    write_history(session, parent, action, before=parent.state, by=by, now=now, particulars=particulars)


def _end(
    session: Session,
    ticket: Ticket,
    move: Move,
    course: Course,
    *,
    reason: str,
    particulars: dict[str, Any] | None = None,
) -> None:
    """Out of everybody's hands; the timers that are left find it ended."""
    if ticket.state is State.PARKED:
        end_pause(session, ticket, now=course.now)
        compute_clocks(session, ticket, load_clocks(session, course.office.profile))
    end_holding(session, ticket, Action.WITHDRAW, by=course.by, now=course.now)
    drop_claim(session, ticket.id)
    ticket.closed_at, ticket.step_due_at = course.now, None
    ticket.caller_withdrew_at = ticket.caller_withdrew_at or course.now
    take(session, ticket, move, by=course.by, now=course.now, reason=reason, particulars=particulars)


def _told(session: Session, ticket: Ticket, word: Word, course: Course) -> dict[str, Any]:
    """For the history: who said it, when, and on which call, where there was one.  Raises Invalid."""
    needed(word.reason)
    said_at = word.said_at or course.now
    if not ticket.registered_at - timedelta(minutes=1) < said_at <= course.now:
        sentence = f"撤销的时间应在登记（{moment_zh(ticket.registered_at)}）之后，且不晚于现在"
        raise Invalid([(("body", "said_at"), "said_at_outside", sentence)])
    return {"said_by": word.said_by.value, "said_at": said_at.isoformat(), **_call(session, ticket, course)}


def _call(session: Session, ticket: Ticket, course: Course) -> dict[str, int]:
    """The newest talk of this person with the citizen: one that was answered, or one that the hotline made."""
    since, person_id = course.now - CALL_WITHIN, course.by.person_id
    if person_id is None or not ticket.phone:
        return {}
    answered = select(Call.id).where(
        Call.person_id == person_id, Call.began_at >= since, Call.caller == ticket.phone, Call.answered_at.is_not(None)
    )
    call_id = session.scalar(answered.order_by(Call.began_at.desc()).limit(1))
    if call_id is not None:
        return {"call_id": call_id}
    made = select(BridgedCall.id).where(
        BridgedCall.about_id == ticket.id,
        BridgedCall.person_id == person_id,
        BridgedCall.asked_at >= since,
        BridgedCall.result == BridgeResult.TALKED,
    )
    bridge_id = session.scalar(made.order_by(BridgedCall.id.desc()).limit(1))
    return {"bridge_id": bridge_id} if bridge_id is not None else {}
