"""Counting flags ahead of whoever looks at them."""

from datetime import date

from core.jobs import Work, job
from indicators.coverage.keeping import keep_flags
from indicators.coverage.queries import flagged_keys
from indicators.periods import Period


@job()
def count_flags(work: Work, *, first: str, last: str) -> None:
    """Of the days from `first` to `last`."""
    period, now = Period(date.fromisoformat(first), date.fromisoformat(last)), work.now()
    keys = work.database.read_at_length(flagged_keys, period, now=now)
    work.finish(keep_flags, period, keys, now=now)
