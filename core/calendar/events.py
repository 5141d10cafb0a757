"""News of the calendar."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class CalendarImported(Event):
    """A year was loaded or corrected: due times that waited for it can be computed."""

    year: int
    version: int
