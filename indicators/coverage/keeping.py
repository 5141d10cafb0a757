"""The flags of a period as they were counted last: whoever opens the satisfaction page does not wait for an audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from core.jobs import enqueue
from indicators.coverage.model import CoverageCheck, FlagCounting, FlaggedKey
from indicators.coverage.queries import FLAGS, FlagCount
from indicators.coverage.rules import Flag
from indicators.periods import Period

COUNT = "indicators.count_flags"
#: what was counted longer ago is counted again
FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class KeptFlags:
    """Every flag, as of `at`; what was looked at since then is looked at already."""

    at: datetime
    counts: Sequence[FlagCount]


def kept_flags(session: Session, period: Period) -> KeptFlags | None:
    """None where this very period was never counted.  Two statements."""
    counted = session.scalar(select(FlagCounting).where(*_of(period)))
    if counted is None:
        return None
    is_checked = exists().where(CoverageCheck.flag == FlaggedKey.flag, CoverageCheck.key == FlaggedKey.key)
    query = (
        select(FlaggedKey.flag, func.count(), func.sum(case((is_checked, 0), else_=1)))
        .where(FlaggedKey.counting_id == counted.id)
        .group_by(FlaggedKey.flag)
    )
    found = {flag: (n, unchecked) for flag, n, unchecked in session.execute(query)}
    return KeptFlags(counted.at, [FlagCount(flag, *found.get(flag, (0, 0))) for flag in FLAGS])


def keep_flags(session: Session, period: Period, keys: Mapping[Flag, Sequence[str]], *, now: datetime) -> KeptFlags:
    """In place of what was kept of this period."""
    before = session.scalars(select(FlagCounting).where(*_of(period)).with_for_update()).all()
    for counted in before:
        session.execute(delete(FlaggedKey).where(FlaggedKey.counting_id == counted.id))
        session.delete(counted)
    session.flush()
    counting = FlagCounting(first=period.first, last=period.last, at=now)
    session.add(counting)
    session.flush()
    rows = [
        {"counting_id": counting.id, "flag": flag, "key": key}
        for flag, some in keys.items()
        for key in dict.fromkeys(some)
    ]
    if rows:
        session.execute(insert(FlaggedKey), rows)
    kept = kept_flags(session, period)
    assert kept is not None
    return kept


def count_soon(session: Session, period: Period, *, now: datetime) -> None:
    """By a job, once for each quarter of an hour however often it is wished for."""
    quarter = int(now.timestamp() // FRESH_FOR.total_seconds())
    first, last = period.first.isoformat(), period.last.isoformat()
    enqueue(session, COUNT, now=now, idempotency_key=f"{COUNT} {first} {last} {quarter}", first=first, last=last)


def _of(period: Period) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return FlagCounting.first == period.first, FlagCounting.last == period.last
