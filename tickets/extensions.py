"""How much longer a unit may take: at most its own limit once more, and no more than the profile says.  Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.calendar import WorkingCalendar
from core.errors import Invalid
from tickets.clocks import Allowance, Clocks, local_day, midnight
from tickets.kinds import Measure, Step
from tickets.model import Ticket

_ONE_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Term:
    """A limit that may be extended: how long it was, when it ends (exclusive), and the most that the profile adds."""

    allowance: Allowance
    ends_at: datetime
    most: Allowance | None
    calendar: WorkingCalendar

    @property
    def last_day(self) -> date:
        return local_day(self.ends_at - timedelta(microseconds=1))

    def most_extra(self) -> int:
        """In the units of Allowance.extended."""
        own = self.allowance.amount * (60 if self.allowance.measure is Measure.HOURS else 1)
        is_alike = self.most is not None and self.most.measure is self.allowance.measure
        return min(own, self.most.amount) if is_alike and self.most is not None else own

    def latest_day(self) -> date:
        """The last day that may be asked for.  Raises CalendarNotLoaded."""
        match self.allowance.measure:
            case Measure.WORKING_DAYS:
                return self.calendar.add_working_days(self.last_day, self.most_extra())
            case Measure.DAYS:
                return self.last_day + timedelta(days=self.most_extra())
        return local_day(self.ends_at + self.most_extra() * _MINUTE)

    def extra_until(self, day: date) -> int:
        """How much longer the limit is when it ends at 24:00 of `day`, by the clock at the latest moment of that day.

        Raises Invalid outside (last_day, latest_day] and on days off, CalendarNotLoaded.
        """
        latest = self.latest_day()
        if not self.last_day <= day <= latest or (day == self.last_day and not self._counts_hours):
            raise _wrong_day(f"延期日期应晚于 {self.last_day:%m-%d}，最晚 {latest:%m-%d}")
        if self.allowance.measure is Measure.WORKING_DAYS and not self.calendar.is_working_day(day):
            raise _wrong_day(f"{day:%m-%d} 是休息日，请选工作日")
        return self.counted_until(day)

    def counted_until(self, day: date) -> int:
        """The same without judging the day: what was asked for stays asked for when the limit has changed since."""
        if day < self.last_day:
            return 0
        if self._counts_hours:
            return min(int((midnight(day + _ONE_DAY) - self.ends_at) / _MINUTE), self.most_extra())
        if self.allowance.measure is Measure.DAYS:
            return (day - self.last_day).days
        return self.calendar.count_working_days(self.last_day, day)

    @property
    def _counts_hours(self) -> bool:
        return self.allowance.measure in {Measure.HOURS, Measure.MINUTES}


def _wrong_day(sentence: str) -> Invalid:
    return Invalid([(("body", "form", "until_on"), "extension_day_wrong", sentence)])


def term_of(ticket: Ticket, clocks: Clocks) -> Term | None:
    """None without a limit, or without a due time yet."""
    profile = clocks.profile
    if ticket.rework_no:
        allowance = profile.allowance(Step.REWORK)
    else:
        allowance = profile.allowance(
            Step.RESULT, type_=ticket.type, urgency=ticket.urgency, limit_class=ticket.limit_class
        )
    if allowance is None or ticket.unit_due_at is None:
        return None
    return Term(allowance, ticket.unit_due_at, profile.allowance(Step.EXTENSION), clocks.calendar)
