"""Working days: the State Council's holidays and make-up days, versioned, and the arithmetic over them."""

from core.calendar.actions import import_year
from core.calendar.errors import CalendarInvalid, CalendarNotLoaded
from core.calendar.events import CalendarImported
from core.calendar.queries import load_calendar
from core.calendar.rules import SHANGHAI, SHIPPED_CALENDAR, SkippedDay, WorkingCalendar
from core.calendar.words import dated_words, day_words, moment_words
from core.calendar.years import Year

__all__ = [
    "SHANGHAI",
    "SHIPPED_CALENDAR",
    "CalendarImported",
    "CalendarInvalid",
    "CalendarNotLoaded",
    "SkippedDay",
    "WorkingCalendar",
    "Year",
    "dated_words",
    "day_words",
    "import_year",
    "load_calendar",
    "moment_words",
]
