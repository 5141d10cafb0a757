"""What the last recounts of some days found."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from indicators.periods import Period
from indicators.recounts.model import RecountRun


def last_recount(session: Session, period: Period) -> RecountRun | None:
    """The newest that found a difference in these days, else the newest; None where some day was never recounted.

    What one found is cleared only by a later one over all of its days: a part of them may agree by itself.
    """
    touches = RecountRun.first <= period.last, RecountRun.last >= period.first
    runs = session.scalars(select(RecountRun).where(*touches).order_by(RecountRun.id.desc())).all()
    for place, run in enumerate(runs):
        is_cleared = any(later.first <= run.first and run.last <= later.last for later in runs[:place])
        if run.differences and not is_cleared:
            return run
    return runs[0] if _covers(runs, period) else None


def _covers(runs: Iterable[RecountRun], period: Period) -> bool:
    """Whether every day of the period is in one of them."""
    missing = period.first
    for run in sorted(runs, key=lambda run: run.first):
        if run.first > missing:
            break
        missing = max(missing, run.last + timedelta(days=1))
    return missing > period.last
