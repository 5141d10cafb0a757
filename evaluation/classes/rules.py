"""The four classes of a matter, who decides them, and which of them 合理诉求 leaves out, up to which share."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from staff.rules import Actor, Role, is_within
from tickets.kinds import Named, ReplyResult
from tickets.rules import State


class MatterClass(Named):
    """What could be done about a matter, whoever handles it."""

    SOLVABLE = "solvable", "可解决"
    NEEDS_TIME = "needs_time", "需时"
    NO_POLICY = "no_policy", "政策不支持"
    UNREASONABLE = "unreasonable", "不合理"


#: people of the hotline; an inspector only reads
DECIDERS = (Role.AUDITOR, Role.SUPERVISOR)
#: a unit has said what came of the matter, and nobody has put it away yet
DECIDABLE_STATES = (State.REPLIED, State.TO_CALLBACK, State.CLOSED)
#: what a unit says when it has not solved the matter: whether that is so, somebody else decides
CLAIMS = (ReplyResult.NEEDS_TIME, ReplyResult.NO_POLICY, ReplyResult.UNTRUE, ReplyResult.DUPLICATE)
REASON_LEAST, REASON_MOST = 10, 500


@dataclass(frozen=True)
class ExclusionRule:
    """Which classes 合理诉求 leaves out, and up to which share of the answers about one unit in one period."""

    classes: frozenset[MatterClass]
    cap: Fraction

    def at_most(self, answered: int) -> int:
        """So many of a unit's answers may be left out."""
        return int(self.cap * answered)


#: what a city that decides nothing else leaves out
EXCLUSIONS = ExclusionRule(frozenset({MatterClass.NO_POLICY, MatterClass.UNREASONABLE}), Fraction(5, 100))


def is_third_party(own_path: str | None, paths: Iterable[str]) -> bool:
    """Neither of a unit that has had the matter, nor below or above one; `own_path` None: of the hotline."""
    return own_path is None or not any(is_within(own_path, path) or is_within(path, own_path) for path in paths)


def must_decide_first(by: Actor) -> bool:
    """Who may decide and need not know ratings for anything else: it is kept from them until they have decided."""
    return by.may_act_as((Role.AUDITOR,)) and not by.may_act_as((Role.SUPERVISOR, Role.CALLBACK, Role.INSPECTOR))
