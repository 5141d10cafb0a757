"""What every write to a repair shares: lock, judge by the table, change, write both histories."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.events import announce
from evaluation.model import Invitation
from evaluation.repairs.errors import GUARD_ERRORS, RepairMoveRefused, RepairNotFound, RepairRoleRefused
from evaluation.repairs.events import RepairSettled
from evaluation.repairs.model import Repair, RepairLine
from evaluation.repairs.queries import situation_of
from evaluation.repairs.rules import TABLE, Act, Move, RepairState, hindrance
from evaluation.rules import Level, Subject
from staff.rules import Actor
from tickets.actions.writing import locked_ticket, write_history
from tickets.errors import TicketNotFound, VersionConflict
from tickets.queries.direct import is_answered_at_once

#: in the ticket's history, where the whole story of a matter is read
IN_HISTORY = "repair"
#: a repair's number on the way in from people, its id on the way in from jobs
RepairKey = str | int


def locked_repair(session: Session, key: RepairKey, by: Actor) -> Repair:
    """Its ticket is locked first, then the repair, read afresh.

    Raises RepairNotFound, also where `by` may not look.
    """
    which = Repair.number == key if isinstance(key, str) else Repair.id == key
    ticket_id = session.scalar(select(Repair.ticket_id).where(which))
    if ticket_id is None:
        raise RepairNotFound(repair=key)
    try:
        locked_ticket(session, ticket_id, by)
    except TicketNotFound as error:
        raise RepairNotFound(repair=key) from error
    found = select(Repair).where(which).with_for_update(of=Repair).execution_options(populate_existing=True)
    return session.scalars(found.options(joinedload(Repair.ticket), joinedload(Repair.unit, innerjoin=True))).one()


def allowed_act(session: Session, repair: Repair, act: Act, by: Actor) -> Move:
    """What the table says.  Raises RepairMoveRefused, RepairRoleRefused, or the error of the guard that says no."""
    move = TABLE.get((repair.state, act))
    if move is None:
        raise RepairMoveRefused(state=repair.state.name_zh, act=act.name_zh)
    if not by.may_act_as(move.roles):
        raise RepairRoleRefused(act=act.name_zh)
    found = hindrance(move, situation_of(session, repair, by))
    if found is not None:
        guard, reason = found
        raise GUARD_ERRORS[guard.code](reason=reason)
    return move


def check_repair_version(repair: Repair, expected: int | None, yours: dict[str, Any]) -> None:
    """None: whoever asks does not care.  Raises VersionConflict, carrying both sides."""
    if expected is not None and expected != repair.version:
        current = {"state": repair.state.value}
        raise VersionConflict(name="整改单", version=repair.version, current=current, yours=yours)


def take(
    session: Session,
    repair: Repair,
    move: Move,
    *,
    by: Actor,
    now: datetime,
    words: str = "",
    particulars: dict[str, Any] | None = None,
) -> None:
    """Carry out an act that was allowed before; what is settled is marked on the ticket no longer."""
    before, repair.state = repair.state, move.to
    if move.act is not Act.RETIME:  # nobody who is writing loses it to a calendar
        repair.version += 1
    if move.to in {RepairState.CLOSED, RepairState.WITHDRAWN}:
        repair.closed_at = repair.closed_at or now
        _settle(session, repair)
    write_line(session, repair, move.act, before=before, by=by, now=now, words=words, particulars=particulars)


def _settle(session: Session, repair: Repair) -> None:
    """Whoever is still not satisfied waits for a person as before.  Announces RepairSettled.

    What the hotline answered at once and what a unit did later are marked each by its own.
    """
    ticket, is_satisfied = repair.ticket, repair.second_level is None or Level(repair.second_level).is_satisfied
    is_direct = session.get_one(Invitation, repair.invitation_id).subject is Subject.DIRECT
    if ticket.needs_repair and is_satisfied and is_direct == is_answered_at_once(ticket):
        ticket.needs_repair = False
        announce(session, RepairSettled(ticket.id, ticket.rework_no))


def write_line(
    session: Session,
    repair: Repair,
    act: Act,
    *,
    before: RepairState | None,
    by: Actor,
    now: datetime,
    words: str = "",
    particulars: dict[str, Any] | None = None,
) -> None:
    """One line of the repair, and its twin on the ticket.  Needs `Repair.ticket`."""
    line = RepairLine(
        repair_id=repair.id,
        at=now,
        act=act,
        from_state=before,
        to_state=repair.state,
        actor_id=by.person_id,
        actor_label=by.label,
        actor_unit_id=by.unit_id,
        words=words,
        particulars=particulars or {},
    )
    session.add(line)
    session.flush()
    told = {"repair": repair.number, "act": act.value}
    reason = f"{act.name_zh}：{words}" if words else act.name_zh
    ticket = repair.ticket
    write_history(
        session, ticket, IN_HISTORY, before=ticket.state, by=by, now=now, reason=reason, particulars=told,
        is_internal=True,
    )  # fmt: skip
