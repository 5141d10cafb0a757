"""Ratings at windows that look bent, one row for each window: what is odd there happens again and again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from evaluation.counters.model import CounterMatter, CounterWindow
from evaluation.model import Rating
from evaluation.rules import Channel, Subject
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.moments import seconds_between
from indicators.coverage.rules import (
    COUNTER_FAST_S,
    COUNTER_LEAST,
    HEARD_WITHIN,
    MANY_RATINGS,
    SERIES_GAP_S,
    Flag,
)
from staff.model import Unit

_AT_WINDOW = and_(
    CounterWindow.platform_id == CounterMatter.platform_id, CounterWindow.number == CounterMatter.window_number
)


def too_fast(session: Session, wanted: Wanted) -> list[FlagRow]:
    """数秒即评: the device was pressed before anybody could have read its question."""
    after_s = seconds_between(CounterMatter.asked_at, Rating.recorded_at)
    fast = _ratings(wanted).where(Rating.channel == Channel.DEVICE, Rating.corrects_id.is_(None))
    counted = _by_window(fast.where(after_s >= 0, after_s < COUNTER_FAST_S), wanted)
    what = f"{{n}} 次在出题后 {COUNTER_FAST_S} 秒内按评"
    return [_row(Flag.COUNTER_FAST, row, what, wanted) for row in session.execute(counted)]


def one_phone(session: Session, wanted: Wanted) -> list[FlagRow]:
    """一号多评: many matters of one phone rated at one window."""
    n, newest = func.count(CounterMatter.id.distinct()), func.max(Rating.id)
    query = (
        _ratings(wanted)
        .where(Rating.is_current, CounterMatter.phone_hash != "")
        .with_only_columns(
            newest.label("id"),
            n.label("n"),
            func.max(Rating.recorded_at).label("at"),
            *_WINDOW,
            CounterMatter.phone_hash,
        )
        .group_by(*_WINDOW_KEYS, CounterMatter.phone_hash)
        .having(n >= MANY_RATINGS)
        .order_by(newest.desc())
        .limit(wanted.limit)
    )
    if wanted.after is not None:
        query = query.having(newest < wanted.after)
    return [
        FlagRow(
            Flag.COUNTER_PHONE,
            row.id,
            f"{row.phone_hash[:24]}:{row.id}",
            row.at,
            row.unit,
            f"{_place(row)}：同一电话本期评价 {row.n} 件",
            [],
        )
        for row in session.execute(query)
    ]


def in_series(session: Session, wanted: Wanted) -> list[FlagRow]:
    """连续评价: one rating follows the other faster than one citizen can follow the other, by whatever way.

    Of those that nobody's verified number proves: whoever stands there, or the hall's own system, may have given them.
    """
    before = func.lag(Rating.recorded_at).over(partition_by=CounterWindow.id, order_by=(Rating.recorded_at, Rating.id))
    given = (
        _ratings(wanted)
        .where(Rating.is_real_name.is_not(True), Rating.corrects_id.is_(None))
        .with_only_columns(Rating.id, seconds_between(before, Rating.recorded_at).label("after_s"))
        .subquery()
    )
    close = select(given.c.id).where(given.c.after_s < SERIES_GAP_S)
    counted = _by_window(_ratings(wanted).where(Rating.id.in_(close)), wanted)
    what = f"{{n}} 次在前一次后 {SERIES_GAP_S} 秒内又评，均未核验号码"
    return [_row(Flag.COUNTER_SERIES, row, what, wanted) for row in session.execute(counted)]


def told_late(session: Session, wanted: Wanted) -> list[FlagRow]:
    """补报办结: heard of long after they were done, perhaps once their month was counted."""
    late_s = seconds_between(CounterMatter.done_at, CounterMatter.registered_at)
    late = (
        select(CounterMatter.id)
        .select_from(CounterMatter)
        .join(CounterWindow, _AT_WINDOW)
        .join(Unit, Unit.id == CounterWindow.unit_id)
        .where(
            CounterMatter.done_at >= wanted.period.begins_at,
            CounterMatter.done_at < wanted.period.ends_at,
            late_s > HEARD_WITHIN.total_seconds(),
        )
    )
    counted = _by_window(late, wanted, at=func.max(CounterMatter.registered_at))
    what = f"{{n}} 件在办结 {HEARD_WITHIN.days} 天以后才登记"
    return [_row(Flag.COUNTER_LATE, row, what, wanted) for row in session.execute(counted)]


_WINDOW = (CounterWindow.id.label("window_id"), CounterWindow.number, CounterWindow.name, Unit.name.label("unit"))
_WINDOW_KEYS = (CounterWindow.id, CounterWindow.number, CounterWindow.name, Unit.name)


def _ratings(wanted: Wanted) -> Select[Any]:
    """Of matters at windows that are registered, given in the period."""
    return (
        select(Rating.id)
        .select_from(Rating)
        .join(CounterMatter, CounterMatter.id == Rating.matter_id)
        .join(CounterWindow, _AT_WINDOW)
        .join(Unit, Unit.id == CounterWindow.unit_id)
        .where(
            Rating.subject == Subject.COUNTER,
            Rating.recorded_at >= wanted.period.begins_at,
            Rating.recorded_at < wanted.period.ends_at,
        )
    )


def _by_window(found: Select[Any], wanted: Wanted, at: Any = None) -> Select[Any]:
    """How many of them at each window, the window registered last on top."""
    n = func.count()
    newest = func.max(Rating.recorded_at) if at is None else at
    query = found.with_only_columns(n.label("n"), newest.label("at"), *_WINDOW).group_by(*_WINDOW_KEYS)
    return wanted.page(query.having(n >= COUNTER_LEAST), CounterWindow.id)


def _row(flag: Flag, row: Any, what: str, wanted: Wanted) -> FlagRow:
    """A window is flagged for a period: another period is looked at anew."""
    period = wanted.period
    key = f"window:{row.window_id}:{period.first}:{period.last}"
    at: datetime | None = row.at
    return FlagRow(flag, row.window_id, key, at, row.unit, f"{_place(row)}：{what.format(n=row.n)}", [])


def _place(row: Any) -> str:
    return f"窗口 {row.number}（{row.name}）"
