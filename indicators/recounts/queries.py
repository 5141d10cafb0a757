"""What the last recount of some days found."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from indicators.periods import Period
from indicators.recounts.model import RecountRun


def last_recount(session: Session, period: Period) -> RecountRun | None:
    """The newest that touches the period; one that touches other days only says nothing of it."""
    touches = RecountRun.first <= period.last, RecountRun.last >= period.first
    return session.scalar(select(RecountRun).where(*touches).order_by(RecountRun.id.desc()).limit(1))
