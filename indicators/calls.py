"""How fast and how often callers reach a person: connect rate and the 15 seconds, with their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from indicators.periods import Period
from telephony.model import Call
from telephony.rules import CallResult

FAST_S = 15


class CallPart(StrEnum):
    """The rows behind a number."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class CallCounts:
    """Calls that asked for an agent, those answered, those answered within 15 s, and those left out."""

    asked: int
    answered: int
    fast: int
    excluded: int


def call_counts(session: Session, period: Period) -> CallCounts:
    """One query over the calls that came in within the period."""
    counted = select(
        _count(_asked()), _count(_asked() & _answered()), _count(_asked() & _answered() & _fast()), _count(~_asked())
    ).where(*_came_in(period))
    return CallCounts(*session.execute(counted).one())


def call_rows(
    session: Session, name: str, part: CallPart, period: Period, *, after: int | None = None, limit: int = 50
) -> Sequence[Call]:
    """Newest first, below the call with id `after`."""
    counts = _answered() if name == "connect_rate" else _answered() & _fast()
    condition = {
        CallPart.NUMERATOR: _asked() & counts,
        CallPart.DENOMINATOR: _asked(),
        CallPart.EXCLUDED: ~_asked(),
    }[part]
    query = select(Call).where(*_came_in(period), condition).order_by(Call.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Call.id < after)
    return session.scalars(query).all()


def _came_in(period: Period) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Call.began_at >= period.begins_at, Call.began_at < period.ends_at


def _asked() -> ColumnElement[bool]:
    """It was queued for a person and its end is known; coalesced, for NOT of unknown would lose rows."""
    reached = Call.result.in_([CallResult.ANSWERED, CallResult.ABANDONED, CallResult.NOT_ANSWERED])
    queued = or_(Call.queued_at.is_not(None), Call.answered_at.is_not(None))
    return func.coalesce(reached & queued, False)


def _answered() -> ColumnElement[bool]:
    return Call.result == CallResult.ANSWERED


def _fast() -> ColumnElement[bool]:
    return func.coalesce(Call.waited_s <= FAST_S, False)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
