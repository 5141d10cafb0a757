"""Which rules are kept, and how a change of them is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evaluation.classes.rules import MatterClass
from evaluation.settings import EvaluationSettings
from indicators.cards import CARDS, FormulaCard
from indicators.formula_cards import FORMULA_CARDS
from tickets.kinds import Named


class RuleKind(Named):
    """What may have moved a figure besides the work itself."""

    PLAN = "plan", "邀评安排"
    EXCLUSIONS = "exclusions", "合理诉求口径"
    FORMULAS = "formulas", "口径版本"
    LIMITS = "limits", "办理时限"
    HOURS = "hours", "全市工作时间"
    CALENDAR = "calendar", "工作日历"


#: a rule by its names; what is a number of days says so
Values = Mapping[str, Any]
_NAMES = {
    "open_days": "评价有效天数",
    "remind_days": "沉默后提醒天数（0 不提醒）",
    "call_days": "提醒后回访天数（0 不回访）",
    "classes": "排除的定类",
    "percent": "每单位上限 %",
}


@dataclass(frozen=True)
class RuleMark:
    """One change; `words` says from what to what."""

    at: datetime
    kind: RuleKind
    words: str


def rules_in_force(settings: EvaluationSettings) -> dict[RuleKind, dict[str, Any]]:
    """Those that no table keeps: they stand in the settings and in the program."""
    rule = settings.exclusions
    return {
        RuleKind.PLAN: {name: getattr(settings, name) for name in ("open_days", "remind_days", "call_days")},
        RuleKind.EXCLUSIONS: {"classes": sorted(rule.classes), "percent": int(rule.cap * 100)},
        RuleKind.FORMULAS: {card.name: card.version for card in _satisfaction_cards()},
    }


def told(before: Values, after: Values) -> str:
    """What differs; a formula that came or went has no version on that side."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return "；".join(f"{_named(name)} {_said(before.get(name))} → {_said(after.get(name))}" for name in names)


def _satisfaction_cards() -> list[FormulaCard]:
    return [CARDS["satisfaction"], *FORMULA_CARDS.values()]


def _named(name: str) -> str:
    card = CARDS.get(name) or FORMULA_CARDS.get(name)
    return card.title if card else _NAMES.get(name, name)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(one.name_zh for one in MatterClass if one in value) or "无"
    return "无" if value is None else str(value)
