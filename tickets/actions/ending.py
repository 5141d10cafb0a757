"""Audit, callback, closing, doing it again, and the archive."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import SYSTEM, Actor, Role
from tickets.actions.dispatching import end_holding, hand_over
from tickets.actions.due_times import compute_clocks
from tickets.actions.leaving import end_pause, excuse_all_parts
from tickets.actions.promising import promise_rest
from tickets.actions.side_paths import Course
from tickets.actions.timers import ARCHIVABLE, enqueue_archive, enqueue_window_end
from tickets.actions.withdrawing import end_for_others
from tickets.actions.writing import (
    TicketKey,
    allowed_move,
    begin_step,
    check_version,
    locked_ticket,
    make_move,
    take,
    write_history,
)
from tickets.clocks import Clocks
from tickets.events import (
    ParentAnswered,
    ParentEnded,
    ReplyRefused,
    TicketAnswered,
    TicketClosed,
    TicketDispatched,
    TicketReworked,
)
from tickets.forms import needed
from tickets.kinds import CloseReason, Step
from tickets.model import Reply, Ticket
from tickets.profiles import load_clocks
from tickets.queries.direct import is_answered_at_once, last_direct_answer
from tickets.rules import SATISFIED_FROM, Action, State
from tickets.settings import TicketOffice


def pass_audit(
    session: Session,
    key: TicketKey,
    *,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """The reply counts: the citizen clock stops, the citizen is asked, and the rating window opens.

    Not for a caller who took the own part of a shared matter back: that ticket ends with it.

    Raises TicketNotFound, MoveRefused, RoleRefused, OwnAudit, VersionConflict.  Announces TicketAnswered.
    """
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"state": ticket.state.value}, yours={"note": note})
    move = allowed_move(session, ticket, Action.PASS_AUDIT, by, now=now)
    reply = audited_reply(session, ticket, by=by, now=now, has_passed=True, note=note)
    clocks = load_clocks(session, office.profile)
    ticket.answered_at = now
    begin_step(ticket, clocks.due(Step.CALLBACK, now, what="回访"), began_at=now)
    take(session, ticket, move, by=by, now=now, reason=note, particulars={"reply_id": reply.id})
    if ticket.child_count:
        announce(session, ParentAnswered(ticket.id))
    if ticket.caller_withdrew_at is not None:
        end_for_others(session, ticket, course=Course(by, office, now))
        return ticket
    promise_rest(session, ticket, reply, now=now)
    announce(session, TicketAnswered(ticket.id))
    enqueue_window_end(session, ticket, clocks, answered_at=now, now=now)
    return ticket


def audited_reply(session: Session, ticket: Ticket, *, by: Actor, now: datetime, has_passed: bool, note: str) -> Reply:
    """The auditor's verdict stands on the reply itself."""
    reply = session.get_one(Reply, ticket.reply_id)
    reply.audited_at = now
    reply.auditor_label = by.label
    reply.audit_passed = has_passed
    reply.audit_note = note
    return reply


def fail_audit(
    session: Session, key: TicketKey, *, by: Actor, now: datetime, note: str, version: int | None = None
) -> Ticket:
    """Back to the unit, whose clock has been running all the time.

    Raises Invalid without a note, TicketNotFound, MoveRefused, OwnAudit, VersionConflict.  Announces ReplyRefused.
    """
    needed(note, "note", "请写明退回的原因")
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"state": ticket.state.value}, yours={"note": note})
    move = allowed_move(session, ticket, Action.FAIL_AUDIT, by, now=now)
    reply = audited_reply(session, ticket, by=by, now=now, has_passed=False, note=note)
    ticket.step_due_at = ticket.unit_due_at
    take(session, ticket, move, by=by, now=now, reason=note, particulars={"reply_id": reply.id})
    announce(session, ReplyRefused(ticket.id, reply.id))
    return ticket


def rework_ticket(
    session: Session, key: TicketKey, *, by: Actor, office: TicketOffice, now: datetime, reason: str
) -> Ticket:
    """It was not done: the same unit gets it again at once, with the clock for rework.

    Raises Invalid without a reason, TicketNotFound, MoveRefused, RoleRefused.
    Announces TicketReworked, TicketDispatched.
    """
    needed(reason, "reason", "请写明重办的原因")
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.REWORK, by, now=now)
    unit_id = ticket.unit_id
    if ticket.state is State.REPLIED:
        audited_reply(session, ticket, by=by, now=now, has_passed=False, note=reason)
    end_holding(session, ticket, Action.REWORK, by=by, now=now)
    ticket.answered_at = ticket.closed_at = ticket.close_reason = ticket.promise_due_at = None
    ticket.needs_repair = False
    ticket.rating_level = None  # what comes of the rework is rated anew; the ledger keeps the first answer
    take(session, ticket, move, by=by, now=now, reason=reason)
    announce(session, TicketReworked(ticket.id, ticket.rework_no + 1))
    if unit_id is not None:
        _send_again(session, ticket, unit_id, load_clocks(session, office.profile), now=now)
    return ticket


def _send_again(session: Session, ticket: Ticket, unit_id: int, clocks: Clocks, *, now: datetime) -> None:
    move = allowed_move(session, ticket, Action.DISPATCH, SYSTEM, now=now)
    ticket.rework_no += 1
    hand_over(session, ticket, unit_id, by=SYSTEM, clocks=clocks, now=now)
    particulars = {"unit_id": unit_id, "rework_no": ticket.rework_no}
    take(session, ticket, move, by=SYSTEM, now=now, reason="重办派回原单位", particulars=particulars)
    announce(session, TicketDispatched(ticket.id, unit_id))


def close_ticket(
    session: Session,
    key: TicketKey,
    *,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    reason: CloseReason,
    note: str = "",
) -> Ticket:
    """All is done.  Raises TicketNotFound, MoveRefused, RoleRefused.  Announces TicketClosed."""
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.CLOSE, by, now=now)
    clocks = load_clocks(session, office.profile)
    if ticket.state is State.PARKED:
        end_pause(session, ticket, now=now)
        compute_clocks(session, ticket, clocks)
        excuse_all_parts(session, ticket, Action.CLOSE, by=by, now=now)
        if ticket.child_count:
            announce(session, ParentEnded(ticket.id))
    ticket.closed_at = now
    ticket.close_reason = reason
    ticket.step_due_at = None
    take(session, ticket, move, by=by, now=now, reason=note or reason.name_zh)
    announce(session, TicketClosed(ticket.id, reason.value))
    enqueue_archive(session, ticket, clocks, ended_at=now, now=now)
    return ticket


def close_reason_for(by: Actor) -> CloseReason:
    """What closes a ticket when a person presses the button."""
    return CloseReason.CALLBACK if by.may_act_as((Role.CALLBACK,)) else CloseReason.DECISION


def note_rating(
    session: Session, ticket_id: int, *, level: int, rework_no: int | None, office: TicketOffice, now: datetime
) -> Ticket:
    """The citizen has rated: satisfied closes, a bad rating marks the ticket for a person. Late ones only mark it.

    `rework_no` says which answer was rated (None: the present one); what is said of an answer before a rework stands
    in the ledger and changes nothing here.  Announces TicketClosed when it closes.
    """
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    is_overtaken = ticket.state is State.REWORK or rework_no not in {None, ticket.rework_no}
    if is_overtaken or is_answered_at_once(ticket) or ticket.rating_level == level:
        return ticket
    if ticket.state is State.TO_CALLBACK and level >= SATISFIED_FROM:
        ticket.rating_level, ticket.needs_repair = level, False
        return close_ticket(session, ticket_id, by=SYSTEM, office=office, now=now, reason=CloseReason.RATED)
    _mark_rated(session, ticket, level, now=now)
    return ticket


def note_direct_rating(session: Session, ticket_id: int, *, level: int, before: int, now: datetime) -> None:
    """The citizen has rated what was answered at once: it is marked, unless that is not the answer that stands now.

    `before` says how many such answers came before the one that was rated.
    """
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    is_of_present = is_answered_at_once(ticket) and last_direct_answer(session, ticket_id).before == before
    if is_of_present and ticket.rating_level != level:
        _mark_rated(session, ticket, level, now=now)


def _mark_rated(session: Session, ticket: Ticket, level: int, *, now: datetime) -> None:
    ticket.rating_level, ticket.needs_repair = level, level < SATISFIED_FROM
    ticket.version += 1
    ticket.changed_at = now
    write_history(session, ticket, "rated", before=ticket.state, by=SYSTEM, now=now, particulars={"level": level})


def close_waiting(
    session: Session, ticket_id: int, *, rework_no: int, office: TicketOffice, now: datetime, reason: CloseReason
) -> None:
    """Close what waits for its citizen and for no person: silence closes (and is not satisfaction), so does a repair
    that is settled.  A bad rating waits for a person; a rework has its own window.
    """
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    if ticket.state is State.TO_CALLBACK and ticket.rework_no == rework_no and not ticket.needs_repair:
        close_ticket(session, ticket_id, by=SYSTEM, office=office, now=now, reason=reason)


def archive_ticket(session: Session, ticket_id: int, *, ended_at: datetime, now: datetime) -> None:
    """Read only from now on, unless it went on living since `ended_at`.  Raises PromiseOpen."""
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    if ticket.state not in ARCHIVABLE or ticket.closed_at != ended_at:
        return
    make_move(session, ticket, Action.ARCHIVE, by=SYSTEM, now=now)
    ticket.archived_at = now
