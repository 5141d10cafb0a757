"""When the people of the demo city do things: office hours for units, daytime for citizens, skewed chances for both."""

from datetime import date, datetime, time, timedelta
from random import Random

from core.calendar import SHANGHAI, SHIPPED_CALENDAR, CalendarNotLoaded

_OPENS, _CLOSES = time(8, 40), time(16, 50)
_FRIDAY = 5
_UP, _TO_BED = time(8, 10), time(20, 30)
#: calls by hour of day, 0 to 23: two humps, a quiet night
CALL_WEIGHTS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 16, 15, 12, 8, 10, 13, 14, 13, 11, 10, 9, 8, 6, 4, 2)


def office_moment(at: datetime, chance: Random) -> datetime:
    """`at`, or when the offices open next, with some minutes to settle in."""
    local = at.astimezone(SHANGHAI)
    if _is_worked(local.date()) and _OPENS <= local.time() < _CLOSES:
        return at
    day = local.date() if local.time() < _OPENS else local.date() + timedelta(days=1)
    while not _is_worked(day):
        day += timedelta(days=1)
    opens = datetime.combine(day, _OPENS, SHANGHAI)
    return opens + timedelta(minutes=chance.uniform(0, 90))


def _is_worked(day: date) -> bool:
    """By the shipped calendar; past it people simply keep their weekends, and due times say that it is not loaded."""
    try:
        return SHIPPED_CALENDAR.is_working_day(day)
    except CalendarNotLoaded:
        return day.isoweekday() <= _FRIDAY


def waking_moment(at: datetime, chance: Random) -> datetime:
    """`at`, or the next morning."""
    local = at.astimezone(SHANGHAI)
    if _UP <= local.time() < _TO_BED:
        return at
    day = local.date() if local.time() < _UP else local.date() + timedelta(days=1)
    return datetime.combine(day, _UP, SHANGHAI) + timedelta(minutes=chance.uniform(0, 120))


def call_moment(day: datetime, chance: Random) -> datetime:
    """A moment of that Shanghai day at which people call."""
    hour = chance.choices(range(24), CALL_WEIGHTS)[0]
    start = day.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(hours=hour, seconds=chance.uniform(0, 3600))
