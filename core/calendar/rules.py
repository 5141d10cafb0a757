"""Working-day arithmetic after 民法典 第201–203条: the first day is not counted, the last one ends at 24:00."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from core.calendar.errors import CalendarNotLoaded
from core.calendar.years import SHIPPED, Year

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class SkippedDay:
    """A day that did not count, and why: 周末 or 法定节假日."""

    day: date
    reason: str


@dataclass(frozen=True)
class WorkingCalendar:
    """The years that are loaded; whatever touches another year raises CalendarNotLoaded."""

    years: tuple[Year, ...]

    @classmethod
    def of(cls, years: Iterable[Year]) -> "WorkingCalendar":
        """One year each, the last given of a year counts."""
        newest = {year.year: year for year in years}
        return cls(tuple(newest[number] for number in sorted(newest)))

    @cached_property
    def _by_number(self) -> dict[int, Year]:
        return {year.year: year for year in self.years}

    def is_working_day(self, day: date) -> bool:
        """Raises CalendarNotLoaded."""
        year = self._by_number.get(day.year)
        if year is None:
            raise CalendarNotLoaded(year=day.year)
        return day in year.make_up_days or (day.weekday() < _SATURDAY and day not in year.holidays)

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself is not counted (0: `day`).  Raises CalendarNotLoaded."""
        if n < 0:
            raise ValueError("working days are counted forwards")
        while n:
            day += _DAY
            n -= self.is_working_day(day)
        return day

    def skipped_days(self, day: date, n: int) -> list[SkippedDay]:
        """The days after `day` that did not count on the way to the n-th working day.  Raises CalendarNotLoaded."""
        end = self.add_working_days(day, n)
        return [SkippedDay(one, self._why_off(one)) for one in _days_between(day, end) if not self.is_working_day(one)]

    def _why_off(self, day: date) -> str:
        return "法定节假日" if day in self._by_number[day.year].holidays else "周末"

    def count_working_days(self, after: date, until: date) -> int:
        """How many working days lie in (after, until]; negative backwards.  Raises CalendarNotLoaded."""
        if until < after:
            return -self.count_working_days(until, after)
        return sum(self.is_working_day(day) for day in _days_between(after, until))

    def end_of_limit(self, moment: datetime, days: int) -> datetime:
        """When a limit of so many working days ends: 24:00 in Shanghai, i.e. the next 00:00, exclusive, in UTC.

        Raises CalendarNotLoaded.
        """
        last = self.add_working_days(_shanghai_day(moment), days)
        return datetime.combine(last + _DAY, time(), SHANGHAI).astimezone(UTC)

    @property
    def last_day(self) -> date:
        """The last day of the newest year that is loaded."""
        return date(self.years[-1].year, 12, 31)


def _shanghai_day(moment: datetime) -> date:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(SHANGHAI).date()


def _days_between(after: date, until: date) -> Iterator[date]:
    day = after + _DAY
    while day <= until:
        yield day
        day += _DAY


SHIPPED_CALENDAR = WorkingCalendar.of(SHIPPED)
