"""The two clocks of a ticket: when something is due, and why on that date.  Pure: calendar and profile come in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from core.calendar import SHANGHAI, CalendarNotLoaded, WorkingCalendar
from tickets.kinds import Measure, Step, TicketType, Urgency
from tickets.work_hours import WorkHours

_ONE_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Allowance:
    """How long something may take: 5 working days, 24 hours."""

    amount: int
    measure: Measure

    def __str__(self) -> str:
        if self.measure is Measure.DAYS and self.amount == 0:
            return "当日"
        return f"{self.amount} {self.measure.name_zh}"

    def extended(self, extra: int) -> "Allowance":
        """Longer by `extra`: minutes where hours are counted, else in its own measure."""
        if self.measure is Measure.HOURS and extra:
            return Allowance(self.amount * 60 + extra, Measure.MINUTES)
        return Allowance(self.amount + extra, self.measure)


Key = tuple[Step, TicketType | None, Urgency | None, str | None]
#: stretches in which a clock stood still: [began, ended), in order and apart
Pauses = tuple[tuple[datetime, datetime], ...]

#: a profile without office hours
CITY_CLOSED = WorkHours()


@dataclass(frozen=True)
class Profile:
    """A city's limits. The nearest row wins: urgency before class before type before the row for all."""

    name: str
    limits: Mapping[Key, Allowance]
    office_hours: WorkHours = CITY_CLOSED

    def allowance(
        self, step: Step, *, type_: TicketType | None = None, urgency: Urgency | None = None, limit_class: str = ""
    ) -> Allowance | None:
        """None when the profile sets no limit for this step."""
        by_class: list[Key] = [(step, None, None, limit_class)] if limit_class else []
        keys: tuple[Key, ...] = (
            (step, type_, urgency, None),
            (step, None, urgency, None),
            *by_class,
            (step, type_, None, None),
            (step, None, None, None),
        )
        return next((self.limits[key] for key in keys if key in self.limits), None)


@dataclass(frozen=True)
class Due:
    """A due time with its reason. `at` is exclusive and None past the loaded calendar, or without a limit."""

    at: datetime | None
    why: str
    missing_year: int | None = None


@dataclass(frozen=True)
class Grants:
    """What the hotline granted a clock: more time (see Allowance.extended), and stretches in which it stood still.

    A day counts when the clock runs at its end.
    """

    extra: int = 0
    pauses: Pauses = ()


NOTHING_GRANTED = Grants()
NO_LIMIT = Due(None, "该时限类别未设时限")


@dataclass(frozen=True)
class Clocks:
    """What due times are computed with: the profile of the city and the calendar as loaded."""

    profile: Profile
    calendar: WorkingCalendar

    def kept_by(self, hours: WorkHours) -> "Clocks":
        """The same with the hours of one unit."""
        return replace(self, profile=replace(self.profile, office_hours=hours)) if hours else self

    def due(
        self,
        step: Step,
        begins: datetime,
        *,
        what: str,
        type_: TicketType | None = None,
        urgency: Urgency | None = None,
        limit_class: str = "",
        grants: Grants = NOTHING_GRANTED,
    ) -> Due:
        """When `step` must be done that begins at `begins`; `what` opens the sentence: 求助（一般）答复."""
        allowance = self.profile.allowance(step, type_=type_, urgency=urgency, limit_class=limit_class)
        if allowance is None:
            return NO_LIMIT
        return due_at(allowance, begins, self.calendar, self.profile.office_hours, what=what, grants=grants)


def due_at(
    allowance: Allowance,
    begins: datetime,
    calendar: WorkingCalendar,
    office_hours: WorkHours,
    *,
    what: str,
    grants: Grants = NOTHING_GRANTED,
) -> Due:
    """The end of an allowance, with the sentence that explains it; never guessed past the calendar."""
    rule = f"{what}时限 {allowance}{_granted(allowance, grants)}"
    longer = allowance.extended(grants.extra)
    try:
        end = end_of(longer, begins, calendar, office_hours, grants.pauses)
        return Due(end, f"{rule}：{_course(longer, begins, end, calendar, office_hours)}")
    except CalendarNotLoaded as gap:
        sentence = f"{rule}：日历未加载({gap.year})，放假安排载入后自动计算"
        return Due(None, sentence, gap.year)


def end_of(
    allowance: Allowance,
    begins: datetime,
    calendar: WorkingCalendar,
    office_hours: WorkHours,
    pauses: Pauses = (),
) -> datetime:
    """The exclusive end: hours by the clock, days at 24:00 in Shanghai; pauses do not count.

    Limits in office hours know no pauses: those are for units that have signed.  Raises CalendarNotLoaded.
    """
    match allowance.measure:
        case Measure.MINUTES:
            return _run(begins, timedelta(minutes=allowance.amount), pauses)
        case Measure.HOURS:
            return _run(begins, timedelta(hours=allowance.amount), pauses)
        case Measure.DAYS:
            return _end_of_days(begins, allowance.amount, lambda _: True, pauses)
        case Measure.WORKING_DAYS:
            return _end_of_days(begins, allowance.amount, calendar.is_working_day, pauses)
        case Measure.OFFICE_HOURS:
            return _end_of_office_time(begins, timedelta(hours=allowance.amount), calendar, office_hours)


def _run(begins: datetime, length: timedelta, pauses: Pauses) -> datetime:
    """By the clock: every pause that began before the end pushes it back."""
    end = begins + length
    for began, ended in pauses:
        if began < end and ended > begins:
            end += ended - max(began, begins)
    return end


def _end_of_days(begins: datetime, n: int, counts: Callable[[date], bool], pauses: Pauses) -> datetime:
    """24:00 of the n-th day that counts after the first, which never does (0: the first day itself)."""
    day = local_day(begins)
    while n:
        day += _ONE_DAY
        if counts(day) and not _stands_still_at(midnight(day + _ONE_DAY), pauses):
            n -= 1
    return midnight(day + _ONE_DAY)


def _end_of_office_time(
    begins: datetime, left: timedelta, calendar: WorkingCalendar, office_hours: WorkHours
) -> datetime:
    for start, end in open_stretches(begins, calendar, office_hours):
        if end - start >= left:
            return start + left
        left -= end - start
    raise ValueError("an office without hours is never open")


def _stands_still_at(moment: datetime, pauses: Pauses) -> bool:
    return any(began < moment <= ended for began, ended in pauses)


def local_day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The first moment of a day in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def open_stretches(
    begins: datetime, calendar: WorkingCalendar, office_hours: WorkHours
) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of office hours from `begins` on, without end.  Raises CalendarNotLoaded when it gets that far."""
    day = local_day(begins)
    while office_hours:
        for opens, closes in sorted(office_hours.of_day(day, calendar)):
            start, end = (midnight(day) + timedelta(minutes=minute) for minute in (opens, closes))
            if end > begins:
                yield max(start, begins), end
        day += _ONE_DAY


def office_time_between(
    begins: datetime, ends: datetime, calendar: WorkingCalendar, office_hours: WorkHours
) -> timedelta:
    """Working time inside [begins, ends); by the clock where office hours or calendar are missing."""
    if not office_hours:
        return ends - begins
    spent = timedelta()
    try:
        for start, end in open_stretches(begins, calendar, office_hours):
            if start >= ends:
                return spent
            spent += min(end, ends) - start
    except CalendarNotLoaded:
        return ends - begins
    raise AssertionError("open_stretches has no end")


def _course(
    allowance: Allowance, begins: datetime, end: datetime, calendar: WorkingCalendar, office_hours: WorkHours
) -> str:
    """From when to when, with the days that did not count and the make-up days that did."""
    if allowance.measure in {Measure.HOURS, Measure.MINUTES}:
        return f"{moment_zh(begins)} 起连续计算，至 {moment_zh(end)} 止"
    if allowance.measure is Measure.OFFICE_HOURS:
        return f"{moment_zh(begins)} 起按办公时间（{office_hours}）计算，至 {moment_zh(end)} 止"
    first, last = local_day(begins), local_day(end) - _ONE_DAY
    if allowance.measure is Measure.DAYS:
        return f"{first:%m-%d} 起按自然日计算，至 {last:%m-%d} 24:00 止"
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    off = [day for day in days if not calendar.is_working_day(day)]
    made_up = [day for day in days if day.weekday() >= 5 and calendar.is_working_day(day)]
    parts = [f"{first:%m-%d} 起算，当日不计"]
    if off:
        parts.append(f"跳过 {spans(off)}休息日")
    if made_up:
        parts.append(f"{spans(made_up)}调休上班，计入")
    return "；".join([*parts, f"至 {last:%m-%d} 24:00 止"])


def _granted(allowance: Allowance, grants: Grants) -> str:
    """（批准延长 3 个工作日；挂账暂停 10-13 09:00 至 11-02 10:00）."""
    measure = Measure.MINUTES if allowance.measure is Measure.HOURS else allowance.measure
    longer = [f"批准延长 {Allowance(grants.extra, measure)}"] if grants.extra else []
    pauses = [f"挂账暂停 {moment_zh(began)} 至 {moment_zh(ended)}" for began, ended in grants.pauses]
    return f"（{'；'.join([*longer, *pauses])}）" if longer or pauses else ""


def spans(days: list[date]) -> str:
    """Days as people read them out: 10-01（周四）至 10-07（周三）、10-11（周日）."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == _ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(_day_zh(run[0]) if len(run) == 1 else f"{_day_zh(run[0])}至 {_day_zh(run[-1])}" for run in runs)


def _day_zh(day: date) -> str:
    return f"{day:%m-%d}（周{_WEEKDAYS[day.weekday()]}）"


def moment_zh(moment: datetime) -> str:
    """10-13 14:05 in Shanghai; the exclusive end of a day is written 10-13 24:00."""
    local = moment.astimezone(SHANGHAI)
    if local.time() == time():
        return f"{local.date() - _ONE_DAY:%m-%d} 24:00"
    return f"{local:%m-%d %H:%M}"
