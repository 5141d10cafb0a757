"""Reading the calendar: shipped years, overlaid with what was imported."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar.model import CalendarYear
from core.calendar.rules import WorkingCalendar
from core.calendar.years import SHIPPED, Year

_NEWEST_LAST = select(CalendarYear).order_by(CalendarYear.year, CalendarYear.version)


def load_calendar(session: Session) -> WorkingCalendar:
    """The calendar as it stands now: the newest version of each year."""
    rows = session.scalars(_NEWEST_LAST)
    return WorkingCalendar.of([*SHIPPED, *map(_year_of, rows)])


def _year_of(row: CalendarYear) -> Year:
    return Year(
        row.year,
        row.source,
        frozenset(map(date.fromisoformat, row.holidays)),
        frozenset(map(date.fromisoformat, row.make_up_days)),
    )
