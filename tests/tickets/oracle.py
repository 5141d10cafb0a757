"""A second, slow way to say when a clock ends: it lets time pass and counts.  Shares no code with tickets.clocks."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: State Council notice of November 2025 on the holidays of 2026, as first and last day
HOLIDAYS = (
    ("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)  # fmt: skip
MADE_UP = {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}
LAST_YEAR = 2026

#: what the catalogue of the walks says of topics: 疑难 with 15 working days, and at least 紧急
COMPLEX_TOPICS, URGENT_TOPICS, COMPLEX = {"T1.2"}, {"T1.3"}, (0, 15)
#: profile demo-jilin: (minutes by the clock, working days), one of them
LIMITS = {"consult": (0, 1), "complaint": (0, 7), "report": (0, 7)}
OTHERS, URGENT, REWORK = (0, 5), (24 * 60, 0), (0, 3)


def is_worked(day: date) -> bool:
    text = day.isoformat()
    if text in MADE_UP:
        return True
    return day.weekday() < 5 and not any(first <= text <= last for first, last in HOLIDAYS)


def limit_of(type_: str, urgency: str, topic: str) -> tuple[int, int]:
    if urgency in {"urgent", "critical"}:
        return URGENT
    return COMPLEX if topic in COMPLEX_TOPICS else LIMITS.get(type_, OTHERS)


@dataclass
class Clock:
    """A limit from a moment on; what was granted and when it stood still is told to it as it happens."""

    begins: datetime
    limit: tuple[int, int]
    more: int = 0
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)

    def ends(self) -> datetime | None:
        """Exclusive; None where working days would be counted in a year whose holidays nobody knows."""
        minutes, days = self.limit
        return self._by_the_clock(minutes + self.more) if minutes else self._by_days(days + self.more)

    def _stands_still(self, moment: datetime) -> bool:
        return any(began <= moment < ended for began, ended in self.pauses)

    def _by_the_clock(self, minutes: int) -> datetime:
        moment = self.begins
        while minutes:
            minutes -= not self._stands_still(moment)
            moment += MINUTE
        return moment

    def _by_days(self, days: int) -> datetime | None:
        """Midnight for midnight: the day before each counts when it was worked and the clock ran at its last minute."""
        local = self.begins.astimezone(SHANGHAI)
        midnight = datetime(local.year, local.month, local.day, tzinfo=SHANGHAI) + DAY
        while days:
            midnight += DAY
            over = midnight - MINUTE
            if over.year > LAST_YEAR:
                return None
            days -= is_worked(over.date()) and not self._stands_still(over)
        return midnight


def days_between(last_day: date, until: date) -> int:
    """Working days after `last_day` up to `until`, one by one."""
    n = 0
    while last_day < until:
        last_day += DAY
        n += is_worked(last_day)
    return n
