"""What each provider carried in a month and what that costs, by the price that stood when it was handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sms.model import HandOver
from sms.rules import FAILURES, SHANGHAI, HandOverState
from sms.settings import ProviderName

MONTHS = 12
Summed = ColumnElement[int] | InstrumentedAttribute[int] | int


@dataclass(frozen=True)
class ProviderMonth:
    """`messages`, `parts` and `cost_li` count what it accepted, `failed` what it did not take.

    Whether it has those that are `unknown` nobody knows.
    """

    month: str
    provider: ProviderName
    messages: int
    parts: int
    cost_li: int
    failed: int
    unknown: int


def provider_months(session: Session, *, now: datetime) -> Sequence[ProviderMonth]:
    """The last twelve months of Shanghai's calendar, newest first; none for a provider that was not used."""
    first = now.astimezone(SHANGHAI).date().replace(day=1)
    found: list[ProviderMonth] = []
    for _ in range(MONTHS):
        found += _of_month(session, first)
        first = month_before(first)
    return found


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def _of_month(session: Session, first: date) -> list[ProviderMonth]:
    after = (first + timedelta(days=31)).replace(day=1)
    begins, ends = (datetime.combine(day, time(), SHANGHAI) for day in (first, after))
    is_taken = HandOver.state == HandOverState.ACCEPTED
    query = (
        select(
            HandOver.provider,
            _sum(is_taken, 1),
            _sum(is_taken, HandOver.parts),
            _sum(is_taken, HandOver.parts * HandOver.price_li),
            _sum(HandOver.state.in_([*FAILURES, HandOverState.NOT_TAKEN, HandOverState.REJECTED]), 1),
            _sum(HandOver.state == HandOverState.UNKNOWN, 1),
        )
        .where(HandOver.at >= begins, HandOver.at < ends)
        .group_by(HandOver.provider)
        .order_by(HandOver.provider)
    )
    return [ProviderMonth(f"{first:%Y-%m}", name, *map(int, sums)) for name, *sums in session.execute(query)]


def _sum(
    condition: ColumnElement[bool], value: ColumnElement[int] | InstrumentedAttribute[int] | int
) -> ColumnElement[int]:
    return func.sum(case((condition, value), else_=0))
