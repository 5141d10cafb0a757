"""Guards of the life-cycle table: conditions beyond state and role, judged by the facts of the situation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from staff.rules import is_within
from tickets.clocks import moment_zh

#: reopening an answer given on the spot; DOMAIN 1.2 leaves the number to the city, seven days is our assumption
REOPEN_WINDOW = timedelta(days=7)
#: the dispute after which only a ruling helps (DOMAIN section 7: second dispute → ruling)
RETURNS_BEFORE_CONFERENCE = 1


@dataclass(frozen=True)
class Situation:
    """What the guards judge by: the moment, the actor's unit, and the facts of the present holding."""

    now: datetime
    actor_unit_path: str = ""
    holder_path: str = ""
    return_until: datetime | None = None
    is_ruled: bool = False
    return_count: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Guard:
    """A condition beyond state and role: `check` answers None, or the Chinese reason why not now."""

    code: str
    check: Callable[[Situation], str | None]


def _held_by_own_unit(situation: Situation) -> str | None:
    own = situation.actor_unit_path and situation.actor_unit_path == situation.holder_path
    return None if own else "工单不在您的单位"


def _window_is_open(situation: Situation) -> str | None:
    if situation.return_until is None:
        return "退单期限尚未算出"
    if situation.now < situation.return_until:
        return None
    return f"退单期限已过：{moment_zh(situation.return_until)}"


def _is_not_ruled(situation: Situation) -> str | None:
    return "已经裁定，不得再退" if situation.is_ruled else None


def _is_first_dispute(situation: Situation) -> str | None:
    return "再次争议，须提交会商裁定" if situation.return_count > RETURNS_BEFORE_CONFERENCE else None


def _is_other_unit(situation: Situation) -> str | None:
    own = situation.holder_path and is_within(situation.actor_unit_path, situation.holder_path)
    return "不能审核本单位的答复" if own else None


def _may_reopen(situation: Situation) -> str | None:
    if situation.ended_at is not None and situation.now < situation.ended_at + REOPEN_WINDOW:
        return None
    return f"超过 {REOPEN_WINDOW.days} 天，请另行登记"


OWN_UNIT = Guard("not_own_unit", _held_by_own_unit)
RETURN_WINDOW = Guard("return_window_over", _window_is_open)
NOT_RULED = Guard("already_ruled", _is_not_ruled)
FIRST_DISPUTE = Guard("conference_required", _is_first_dispute)
OTHER_UNIT = Guard("own_audit", _is_other_unit)
REOPENABLE = Guard("reopen_window_over", _may_reopen)
