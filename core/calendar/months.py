"""The statistical month: from the 26th to the 25th, by days in Shanghai."""

from datetime import date, timedelta

#: the day on which one begins
MONTH_BEGINS = 26


def month_first(day: date) -> date:
    """The first day of the statistical month around `day`."""
    began = day if day.day >= MONTH_BEGINS else day.replace(day=1) - timedelta(days=1)
    return began.replace(day=MONTH_BEGINS)
