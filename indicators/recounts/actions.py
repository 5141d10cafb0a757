"""Keeping what a recount found."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.calendar import SHANGHAI
from core.jobs import enqueue
from indicators.periods import Period
from indicators.recount import Difference
from indicators.recounts.model import RecountRun

#: so many are named; the command line prints all
NAMED_MOST = 50
RECOUNT = "indicators.recount_month"
#: when the statistical day is over and nobody looks
NIGHTLY_AT = timedelta(hours=3)


def note_recount(session: Session, period: Period, found: Sequence[Difference], *, now: datetime) -> RecountRun:
    """A row of its own, also where nothing differs: that clears what an earlier one found."""
    named = [f"{one.figure} {one.part}: {one.shown} / {one.recounted}" for one in found[:NAMED_MOST]]
    run = RecountRun(first=period.first, last=period.last, at=now, differences=len(found), named=named)
    session.add(run)
    session.flush()
    return run


def plan_recount(session: Session, *, now: datetime) -> None:
    """Once for the coming night, however often it is asked for."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) + NIGHTLY_AT
    due = today if today > now else today + timedelta(days=1)
    enqueue(session, RECOUNT, now=now, due_at=due, idempotency_key=f"{RECOUNT} {due:%Y-%m-%d}")
