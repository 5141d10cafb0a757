"""When rules changed, from what is kept of them: lines of settings, the audit log, versions of the calendar."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.calendar.model import CalendarYear
from indicators.periods import Period
from indicators.rule_marks.model import RuleLine
from indicators.rule_marks.rules import RuleKind, RuleMark, told

#: what the audit log calls them; of the whole city
_LOGGED = {"set_limits": RuleKind.LIMITS, "set_work_hours": RuleKind.HOURS}


def newest_line(session: Session, kind: RuleKind) -> RuleLine | None:
    return session.scalar(select(RuleLine).where(RuleLine.kind == kind).order_by(RuleLine.id.desc()).limit(1))


def rule_marks(session: Session, period: Period) -> list[RuleMark]:
    """Every change within the period, oldest first; what was in force when lines were first kept is no change."""
    marks = [*_of_settings(session), *_logged(session), *_of_calendar(session)]
    return sorted(
        (mark for mark in marks if period.begins_at <= mark.at < period.ends_at), key=lambda mark: (mark.at, mark.kind)
    )


def _of_settings(session: Session) -> Iterator[RuleMark]:
    before: dict[RuleKind, RuleLine] = {}
    for line in session.scalars(select(RuleLine).order_by(RuleLine.id)):
        last = before.get(line.kind)
        if last is not None and last.rule != line.rule:  # two servers that start at once write the same line
            yield RuleMark(line.noted_at, line.kind, told(last.rule, line.rule))
        before[line.kind] = line


def _logged(session: Session) -> Iterator[RuleMark]:
    wanted = AuditRow.object_kind == "profile", AuditRow.action.in_(_LOGGED)
    for row in session.scalars(select(AuditRow).where(*wanted).order_by(AuditRow.id)):
        yield RuleMark(row.at, _LOGGED[row.action], row.purpose)


def _of_calendar(session: Session) -> Iterator[RuleMark]:
    """A later version of a year moves clocks; its first one is no change."""
    for year in session.scalars(select(CalendarYear).where(CalendarYear.version > 1)):
        yield RuleMark(year.imported_at, RuleKind.CALENDAR, f"{year.year} 年第 {year.version} 版：{year.source}")
