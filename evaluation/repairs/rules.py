"""The life of a repair: one table of (state, act, roles, guards) → state.  What is not in it is refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from evaluation.repairs.guards import (
    CONTACT_NOT_OWED,
    NOT_APPEALED,
    OTHER_BODY,
    OWN_UNIT,
    STILL_BAD,
    TRIED_ENOUGH,
    Guard,
    Situation,
)
from staff.rules import Role
from tickets.kinds import Named

#: a date that is set for what cannot be done at once lies at most so far ahead
BOOKED_MOST = timedelta(days=90)
WORDS_LEAST, EVIDENCE_LEAST = 10, 20


class RepairState(Named):
    """Where a repair stands."""

    TO_CONTACT = "to_contact", "待联系"
    CONTACTED = "contacted", "已核实"
    FIXING = "fixing", "整改中"
    APPEALED = "appealed", "待复核"
    RERATING = "rerating", "二次评价"
    CLOSED = "closed", "办结"
    WITHDRAWN = "withdrawn", "已撤销"


class Act(Named):
    """What somebody does to a repair."""

    OPEN = "open", "差评整改开单"
    RELEVEL = "relevel", "差评更正"
    TRY = "try", "联系未果"
    CONTACT = "contact", "联系核实"
    GIVE_UP = "give_up", "三次未联系上"
    FIX = "fix", "立行立改"
    BOOK = "book", "建账限期整改"
    EXPLAIN = "explain", "解释说明"
    APPEAL = "appeal", "申诉"
    UPHOLD = "uphold", "申诉成立"
    REFUSE = "refuse", "申诉不成立"
    COMPLETE = "complete", "整改完成"
    RATE_AGAIN = "rate_again", "二次评价"
    END = "end", "整改办结"
    WITHDRAW = "withdraw", "差评更正为满意，整改撤销"
    REOPEN = "reopen", "再次更正为差评，恢复整改"
    RETIME = "retime", "时限重新计算"


class Outcome(Named):
    """What a unit does about a bad rating, once it has spoken with the citizen."""

    FIXED = "fixed", "立行立改"
    BOOKED = "booked", "建账限期整改"
    EXPLAINED = "explained", "解释说明"
    APPEALED = "appealed", "申诉"


OUTCOMES = {
    Act.FIX: Outcome.FIXED,
    Act.BOOK: Outcome.BOOKED,
    Act.EXPLAIN: Outcome.EXPLAINED,
    Act.APPEAL: Outcome.APPEALED,
}


class Ground(Named):
    """Why a unit says that a bad rating is not to be held against it."""

    MISTAKEN = "mistaken", "误评"
    MALICIOUS = "malicious", "恶意差评"
    NOT_OURS = "not_ours", "非本单位"


@dataclass(frozen=True)
class Move:
    """One line of the table.  The first act of a state in table order is its primary one."""

    state: RepairState
    act: Act
    roles: frozenset[Role]
    to: RepairState
    guards: tuple[Guard, ...] = ()


#: who mends: a unit's officers, and of what the hotline itself answered its shift leaders
MENDERS = (Role.UNIT_OFFICER, Role.SHIFT_LEADER)
_SYSTEM = (Role.SYSTEM,)
#: who decides an appeal: people of another body than the unit's
DECIDERS = (Role.SUPERVISOR, Role.INSPECTOR)

#: the unit still owes something, or its appeal waits
OPEN_STATES = (RepairState.TO_CONTACT, RepairState.CONTACTED, RepairState.FIXING, RepairState.APPEALED)


def _move(state: RepairState, act: Act, roles: Iterable[Role], to: RepairState, *guards: Guard) -> Move:
    return Move(state, act, frozenset(roles), to, guards)


def _outcomes(state: RepairState, *guards: Guard) -> list[Move]:
    s, a = RepairState, Act
    return [
        _move(state, a.FIX, MENDERS, s.FIXING, OWN_UNIT, *guards),
        _move(state, a.BOOK, MENDERS, s.FIXING, OWN_UNIT, *guards),
        _move(state, a.EXPLAIN, MENDERS, s.RERATING, OWN_UNIT, *guards),
        _move(state, a.APPEAL, MENDERS, s.APPEALED, OWN_UNIT, *guards, NOT_APPEALED),
    ]


def _table() -> list[Move]:
    s, a = RepairState, Act
    return [
        _move(s.TO_CONTACT, a.CONTACT, MENDERS, s.CONTACTED, OWN_UNIT),
        _move(s.TO_CONTACT, a.TRY, MENDERS, s.TO_CONTACT, OWN_UNIT),
        _move(s.TO_CONTACT, a.GIVE_UP, MENDERS, s.CONTACTED, OWN_UNIT, TRIED_ENOUGH),
        *_outcomes(s.TO_CONTACT, CONTACT_NOT_OWED),
        *_outcomes(s.CONTACTED),
        _move(s.FIXING, a.COMPLETE, MENDERS, s.RERATING, OWN_UNIT),
        _move(s.APPEALED, a.UPHOLD, DECIDERS, s.CLOSED, OTHER_BODY),
        _move(s.APPEALED, a.REFUSE, DECIDERS, s.CONTACTED, OTHER_BODY),
        _move(s.RERATING, a.RATE_AGAIN, _SYSTEM, s.CLOSED),
        _move(s.RERATING, a.END, _SYSTEM, s.CLOSED),
        _move(s.CLOSED, a.RATE_AGAIN, _SYSTEM, s.CLOSED),
        *(_move(state, a.WITHDRAW, _SYSTEM, s.WITHDRAWN) for state in (*OPEN_STATES, s.RERATING)),
        *(_move(state, a.RELEVEL, _SYSTEM, state, STILL_BAD) for state in (*OPEN_STATES, s.RERATING)),
        *(_move(state, a.RETIME, _SYSTEM, state) for state in OPEN_STATES),
        _move(s.WITHDRAWN, a.REOPEN, _SYSTEM, s.TO_CONTACT),
    ]


MOVES: tuple[Move, ...] = tuple(_table())
TABLE: dict[tuple[RepairState, Act], Move] = {(move.state, move.act): move for move in MOVES}


def hindrance(move: Move, situation: Situation) -> tuple[Guard, str] | None:
    """The first guard that says no, with its reason; None when nothing stands in the way."""
    for guard in move.guards:
        reason = guard.check(situation)
        if reason is not None:
            return guard, reason
    return None


@dataclass(frozen=True)
class Offer:
    """A button of the page: grey with its reason when a guard blocks it, absent when the role never has it."""

    act: Act
    is_enabled: bool
    reason: str | None


def offers(state: RepairState, roles: frozenset[Role], situation: Situation) -> list[Offer]:
    """What a person with these roles is offered now, the primary act first; a unit's acts only to that unit."""
    shown = []
    for move in MOVES:
        if move.state is not state or roles.isdisjoint(move.roles):
            continue
        found = hindrance(move, situation)
        if found is not None and found[0].is_quiet:
            continue
        shown.append(Offer(move.act, found is None, found[1] if found else None))
    return shown


class Lane(StrEnum):
    """The tabs of the supervisor's list; `OVERDUE` and `STILL_BAD` cut across the states."""

    TO_CONTACT = "to_contact"
    OVERDUE = "overdue"
    FIXING = "fixing"
    APPEALED = "appealed"
    RERATING = "rerating"
    STILL_BAD = "still_bad"
    ENDED = "ended"


def repair_number(ticket_number: str, n: int) -> str:
    """The n-th repair of a ticket: its own number, from which the ticket's can be read."""
    return f"{ticket_number}-Z{n}"
