"""What every write to a ticket shares: lock, judge by the table, change, write the history line, tell."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import Actor
from tickets.actions.first_acting import FIRST_ACTIONS, note_first_action
from tickets.actions.leaving import drop_reply_draft, lapse_completion, leave_work
from tickets.clocks import Due
from tickets.errors import MoveRefused, RoleRefused, TicketNotFound, VersionConflict
from tickets.events import MailTicketMoved, PlatformTicketMoved, TicketChanged, TicketReworded
from tickets.guard_errors import GUARD_ERRORS
from tickets.kinds import Source
from tickets.model import HistoryLine, Holding, Ticket
from tickets.queries.access import PRESENTED, one_visible_to
from tickets.queries.citizen import STEPS
from tickets.queries.situations import situation_of
from tickets.rules import DRAFTING_STATES, TABLE, Action, Move, State, hindrance

#: a ticket's number on the way in from people, its id on the way in from jobs
TicketKey = str | int

#: of these somebody who wrote by mail is written to; of the rest the page tells
_WORTH_A_MAIL = {
    Action.ANSWER, Action.PASS_AUDIT, Action.ANSWER_CHILD, Action.EXTEND, Action.PARK, Action.REJECT, Action.TRANSFER,
    Action.TERMINATE, Action.WITHDRAW, Action.WITHDRAW_PART, Action.FULFIL,
}  # fmt: skip


def locked_ticket(session: Session, key: TicketKey, by: Actor) -> Ticket:
    """The ticket with topic, place and unit, locked until the commit and read afresh.

    Locked first, then read: joined in one statement, PostgreSQL would give a ticket that was dispatched while we
    waited for it the unit it had before, or none.  Raises TicketNotFound, also when `by` may not see it.
    """
    which = Ticket.number == key if isinstance(key, str) else Ticket.id == key
    ticket_id = session.scalar(select(Ticket.id).where(which, one_visible_to(by)).with_for_update())
    if ticket_id is None:
        raise TicketNotFound(ticket=key)
    return session.get_one(Ticket, ticket_id, options=PRESENTED, populate_existing=True)


def holding_of(session: Session, ticket: Ticket) -> Holding | None:
    """The present holding, None while the hotline has the ticket."""
    return session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None


def allowed_move(session: Session, ticket: Ticket, action: Action, by: Actor, *, now: datetime) -> Move:
    """What the table says.  Raises MoveRefused, RoleRefused, or the error of the guard that says no."""
    move = TABLE.get((ticket.state, action))
    if move is None:
        raise MoveRefused(state=ticket.state.name_zh, action=action.name_zh)
    if not by.may_act_as(move.roles):
        raise RoleRefused(action=action.name_zh)
    if move.guards:
        situation = situation_of(session, ticket, by, now=now, holding=holding_of(session, ticket))
        found = hindrance(move, situation)
        if found is not None:
            guard, reason = found
            raise GUARD_ERRORS[guard.code](reason=reason)
    return move


def check_version(ticket: Ticket, expected: int | None, *, current: dict[str, Any], yours: dict[str, Any]) -> None:
    """None: whoever asks does not care.  Raises VersionConflict, carrying both sides."""
    if expected is not None and expected != ticket.version:
        raise VersionConflict(name="工单", version=ticket.version, current=current, yours=yours)


def make_move(
    session: Session,
    ticket: Ticket,
    action: Action,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    particulars: dict[str, Any] | None = None,
    is_internal: bool = False,
) -> Move:
    """Judge, change the state, write the history line.  The caller sets whatever else changes, before or after."""
    move = allowed_move(session, ticket, action, by, now=now)
    take(session, ticket, move, by=by, now=now, reason=reason, particulars=particulars, is_internal=is_internal)
    return move


def take(
    session: Session,
    ticket: Ticket,
    move: Move,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    particulars: dict[str, Any] | None = None,
    is_internal: bool = False,
) -> None:
    """Carry out a move that was allowed before."""
    before = ticket.state
    if before is State.IN_PROGRESS and move.is_step:
        leave_work(session, ticket, move.action, now=now)
    if before in DRAFTING_STATES and move.to not in DRAFTING_STATES:
        drop_reply_draft(session, ticket)
    if ticket.missing and move.is_step and move.action is not Action.SIGN:
        lapse_completion(session, ticket, now=now)
    if move.action in FIRST_ACTIONS:
        note_first_action(session, ticket, at=now)
    ticket.state = move.to
    ticket.version += 1
    ticket.changed_at = now
    write_history(
        session,
        ticket,
        move.action,
        before=before,
        by=by,
        now=now,
        reason=reason,
        particulars=particulars,
        is_internal=is_internal,
    )


def tell_reworded(session: Session, ticket: Ticket) -> None:
    """What it says is not what it was; its parent is found by its words too.  Announces TicketReworded for each."""
    announce(session, TicketReworded(ticket.id))
    if ticket.parent_id is not None:
        announce(session, TicketReworded(ticket.parent_id))


def wait_for_year(ticket: Ticket, due: Due) -> None:
    """What could not be computed is computed when its year is imported."""
    ticket.waits_for_calendar = ticket.waits_for_calendar or due.missing_year


def begin_step(ticket: Ticket, due: Due, *, began_at: datetime) -> None:
    """The limit of whoever acts now; past the loaded calendar there is none until its year is imported."""
    ticket.step_began_at = began_at
    ticket.step_due_at = due.at
    wait_for_year(ticket, due)


def write_history(
    session: Session,
    ticket: Ticket,
    action: Action | str,
    *,
    before: State | None,
    by: Actor,
    now: datetime,
    reason: str = "",
    particulars: dict[str, Any] | None = None,
    is_internal: bool = False,
) -> None:
    """One line, and the news for live pages."""
    session.add(
        HistoryLine(
            ticket_id=ticket.id,
            at=now,
            action=str(action),
            from_state=before,
            to_state=ticket.state,
            actor_id=by.person_id,
            actor_label=by.label,
            actor_unit_id=by.unit_id,
            reason=reason,
            particulars=particulars or {},
            is_internal=is_internal,
            version=ticket.version,
        )
    )
    announce(session, TicketChanged(ticket.id, ticket.number, ticket.version, ticket.state.value, ticket.unit_id))
    if _is_over_for_caller(ticket, action):
        return
    if ticket.source is Source.PLATFORM and action in STEPS and action is not Action.REGISTER:
        announce(session, PlatformTicketMoved(ticket.id, ticket.version))
    if ticket.source is Source.EMAIL and action in _WORTH_A_MAIL:
        announce(session, MailTicketMoved(ticket.id, ticket.version))


def _is_over_for_caller(ticket: Ticket, action: Action | str) -> bool:
    """Who has taken the own part of a shared matter back hears of that, and of nothing more."""
    return ticket.caller_withdrew_at is not None and action not in {Action.WITHDRAW, Action.WITHDRAW_PART}
