"""Guards of the table of repairs: conditions beyond state and role, judged by the facts of the situation."""

from collections.abc import Callable
from dataclasses import dataclass

from staff.rules import is_within

#: so many dated tries may stand for a contact that never came about
TRIES_NEEDED = 3


@dataclass(frozen=True)
class Situation:
    """What the guards judge by; paths are those of units, empty for nobody's."""

    unit_path: str = ""
    actor_unit_path: str = ""
    owes_contact: bool = True
    tries: int = 0
    has_appealed: bool = False
    is_bad: bool = True
    #: it is the hotline's own answer that was rated
    is_hotlines: bool = False


@dataclass(frozen=True)
class Guard:
    """`check` gives the reason that is shown, or None; a quiet one hides the act instead of showing it grey."""

    code: str
    check: Callable[[Situation], str | None]
    is_quiet: bool = False


def _own_unit(at: Situation) -> str | None:
    """Of the hotline also whoever stands above: a shift leader of the whole for a floor of it."""
    own, other = at.unit_path, at.actor_unit_path
    is_own = other == own or (at.is_hotlines and is_within(own, other))
    return None if other and is_own else "只有责任单位可以办理"


def _other_body(at: Situation) -> str | None:
    """Neither the unit, nor whoever stands below or above it, decides on its own appeal."""
    own, other = at.unit_path, at.actor_unit_path
    if not other or is_within(own, other) or is_within(other, own):
        return "须由责任单位及其上下级以外的人员复核"
    return None


def _contact_not_owed(at: Situation) -> str | None:
    return "实名差评须先联系群众核实" if at.owes_contact else None


def _tried_enough(at: Situation) -> str | None:
    left = TRIES_NEEDED - at.tries
    return f"还须再联系 {left} 次并登记时间" if left > 0 else None


def _not_appealed(at: Situation) -> str | None:
    return "已申诉过一次，不能再次申诉" if at.has_appealed else None


OWN_UNIT = Guard("own_unit", _own_unit, is_quiet=True)
OTHER_BODY = Guard("other_body", _other_body)
CONTACT_NOT_OWED = Guard("contact_owed", _contact_not_owed)
TRIED_ENOUGH = Guard("tried_too_little", _tried_enough)
NOT_APPEALED = Guard("appealed_before", _not_appealed)
STILL_BAD = Guard("not_bad", lambda at: None if at.is_bad else "评价已不是差评", is_quiet=True)
