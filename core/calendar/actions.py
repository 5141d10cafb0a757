"""Importing a calendar year: a new version, never a change of the one before."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.calendar.errors import CalendarInvalid
from core.calendar.events import CalendarImported
from core.calendar.model import CalendarYear
from core.calendar.years import Year
from core.errors import FaultLine
from core.events import announce

_YEARS = range(2000, 2100)
_SATURDAY = 5


def import_year(session: Session, year: Year, *, now: datetime) -> int:
    """Keep a year as the newest version of itself; the version.

    Raises CalendarInvalid.  Announces CalendarImported.
    """
    faults = _faults(year)
    if faults:
        raise CalendarInvalid(faults)
    newest = session.scalar(select(func.max(CalendarYear.version)).where(CalendarYear.year == year.year)) or 0
    session.add(
        CalendarYear(
            year=year.year,
            version=newest + 1,
            source=year.source,
            holidays=sorted(day.isoformat() for day in year.holidays),
            make_up_days=sorted(day.isoformat() for day in year.make_up_days),
            imported_at=now,
        )
    )
    announce(session, CalendarImported(year.year, newest + 1))
    return newest + 1


def _faults(year: Year) -> list[FaultLine]:
    faults: list[FaultLine] = []
    if year.year not in _YEARS:
        faults.append((("year",), "year_out_of_range", f"年份 {year.year} 不在 2000–2099 之间"))
    for name, days in (("holidays", year.holidays), ("make_up_days", year.make_up_days)):
        faults += [
            ((name, day.isoformat()), "other_year", f"{day} 不属于 {year.year} 年")
            for day in sorted(days)
            if day.year != year.year
        ]
    faults += [
        (("make_up_days", day.isoformat()), "not_a_weekend", f"{day} 不是周末，不能是调休上班日")
        for day in sorted(year.make_up_days)
        if not _is_weekend(day)
    ]
    faults += [
        (("make_up_days", day.isoformat()), "holiday_too", f"{day} 同时被列为放假日")
        for day in sorted(year.make_up_days & year.holidays)
    ]
    if not any(not _is_weekend(day) for day in year.holidays):
        faults.append((("holidays",), "no_holidays", "没有任何工作日放假，名单不完整"))
    return faults


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY
