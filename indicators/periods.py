"""The days a figure is about: dates in Shanghai, moments in the database."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from core.calendar.months import MONTH_BEGINS, month_first
from core.errors import Invalid
from sms.rules import SHANGHAI

#: what may be asked for; a trend goes back twelve periods, and a date begins with year 1
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
LONGEST = timedelta(days=3660)


class PeriodBackwards(Invalid):
    code: ClassVar[str] = "period_backwards"
    message: ClassVar[str] = "开始日期晚于结束日期"


class PeriodTooFar(Invalid):
    code: ClassVar[str] = "period_too_far"
    message: ClassVar[str] = "日期应在 2000 年至 2199 年之间，一次不超过十年"


@dataclass(frozen=True)
class Period:
    """From the first day's 00:00 to the last day's 24:00 in Shanghai.  Raises PeriodBackwards, PeriodTooFar."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise PeriodBackwards([(("query", "from"), PeriodBackwards.code, PeriodBackwards.message)])
        if self.first.year < 1000 or self.last.year > 9000:  # near the ends of what a date can be
            raise PeriodTooFar([(("query", "from"), PeriodTooFar.code, PeriodTooFar.message)])

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """Exclusive."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI)

    def before(self) -> "Period":
        """The period of the same kind just before this one: a statistical month, else as many days."""
        end, length = self.first - timedelta(days=1), self.last - self.first
        is_month = self.first.day == MONTH_BEGINS and self == statistical_month(self.first)
        return statistical_month(end) if is_month else Period(end - length, end)

    def whole_months(self) -> "Period | None":
        """From the first to the last day of the statistical months that lie within it; None without any."""
        month, day = statistical_month(self.first), timedelta(days=1)
        first = self.first if self.first == month.first else month.last + day
        month = statistical_month(self.last)
        last = self.last if self.last == month.last else month.first - day
        return Period(first, last) if first <= last else None

    def outside(self, inner: "Period") -> "list[Period]":
        """What of it lies before `inner` and after it."""
        day = timedelta(days=1)
        before = [Period(self.first, inner.first - day)] if self.first < inner.first else []
        return [*before, Period(inner.last + day, self.last)] if inner.last < self.last else before


def statistical_month(day: date) -> Period:
    """本统计月: the 26th to the 25th around `day`."""
    first = month_first(day)
    following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Period(first, following.replace(day=MONTH_BEGINS - 1))


def asked_period(first: date | None, last: date | None, today: date) -> Period:
    """The days somebody asks for; without them the present statistical month.  Raises PeriodBackwards, PeriodTooFar."""
    month = statistical_month(today)
    period = Period(first or month.first, last or max(month.last, first or month.last))
    if period.first < EARLIEST or period.last > LATEST or period.last - period.first > LONGEST:
        raise PeriodTooFar([(("query", "from"), PeriodTooFar.code, PeriodTooFar.message)])
    return period


def shanghai_day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
