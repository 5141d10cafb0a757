"""When a rule changed, the course of satisfaction says so, and what was always so is no change."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.calendar.model import CalendarYear
from evaluation.settings import EvaluationSettings
from indicators.periods import Period, shanghai_day
from indicators.rule_marks.actions import note_rules
from indicators.rule_marks.model import RuleLine
from indicators.rule_marks.queries import rule_marks
from indicators.rule_marks.rules import RuleKind, rules_in_force, told
from staff.rules import SYSTEM
from tickets.actions.limits import limits_of, set_limits

ORDINARY = EvaluationSettings()


def marks(session: Session, now: datetime, days: int = 30) -> list[tuple[RuleKind, str]]:
    period = Period(shanghai_day(now - timedelta(days=days)), shanghai_day(now))
    return [(mark.kind, mark.words) for mark in rule_marks(session, period)]


def test_a_start_with_the_same_rules_keeps_and_marks_nothing(session: Session, now: datetime) -> None:
    for day in range(3):
        note_rules(session, settings=ORDINARY, now=now - timedelta(days=day))
        session.flush()

    assert session.query(RuleLine).count() == len(rules_in_force(ORDINARY))
    assert marks(session, now) == []


def test_other_settings_are_marked_from_what_to_what(session: Session, now: datetime) -> None:
    note_rules(session, settings=ORDINARY, now=now - timedelta(days=9))
    other = ORDINARY.model_copy(update={"remind_days": 5, "excluded_classes": [], "excluded_percent": 3})
    note_rules(session, settings=other, now=now)

    assert marks(session, now) == [
        (RuleKind.EXCLUSIONS, "排除的定类 政策不支持、不合理 → 无；每单位上限 % 5 → 3"),
        (RuleKind.PLAN, "沉默后提醒天数（0 不提醒） 3 → 5"),
    ]
    assert marks(session, now - timedelta(days=1)) == []


def test_limits_and_a_later_version_of_a_year_are_marked(session: Session, now: datetime) -> None:
    rows = limits_of(session, "demo-jilin")
    set_limits(session, rows[1:], profile="demo-jilin", by=SYSTEM, now=now)
    for version in (1, 2):
        year = CalendarYear(year=2199, version=version, source="通知", imported_at=now)
        year.holidays, year.make_up_days = [], []
        session.add(year)
    session.flush()

    assert marks(session, now) == [
        (RuleKind.CALENDAR, "2199 年第 2 版：通知"),
        (RuleKind.LIMITS, f"{len(rows) - 1} 条时限"),
    ]


def test_a_formula_that_came_or_went_is_named() -> None:
    assert told({"satisfaction": 1}, {"satisfaction": 2}).endswith(" 1 → 2")
    assert told({}, {"satisfaction_upheld": 1}) == "剔除误评后满意率 无 → 1"


def test_two_servers_that_start_at_once_mark_one_change(session: Session, now: datetime) -> None:
    note_rules(session, settings=ORDINARY, now=now - timedelta(days=9))
    session.flush()
    other = rules_in_force(ORDINARY.model_copy(update={"remind_days": 5}))[RuleKind.PLAN]
    session.add_all(RuleLine(kind=RuleKind.PLAN, rule=other, noted_at=now) for _ in range(2))
    session.flush()

    assert marks(session, now) == [(RuleKind.PLAN, "沉默后提醒天数（0 不提醒） 3 → 5")]
