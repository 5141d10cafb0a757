"""Satisfaction at the windows of halls: matters done in a period, what was said of them, and of windows in general."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, union
from sqlalchemy.orm import Session

from evaluation.counters.model import CounterMatter
from evaluation.model import Rating
from evaluation.rules import Subject
from evaluation.verdict import Answers
from indicators.periods import Period
from staff.model import Unit
from tickets.platforms.model import Platform
from tickets.rules import SATISFIED_FROM


class CounterScope(StrEnum):
    """By what the figure is cut."""

    UNIT = "unit"
    ITEM = "item"
    WINDOW = "window"
    STAFF = "staff"


@dataclass(frozen=True)
class CounterLine:
    """One unit's, item's, window's or person's part; `asked`: a device put the question, or it was answered."""

    code: str
    name: str
    answers: Answers
    asked: int


@dataclass(frozen=True)
class General:
    """What was said of windows without a matter (综合点评): beside the figure, never in it."""

    answered: int
    satisfied: int


_THAT_COUNTS = (Rating.matter_id == CounterMatter.id) & Rating.is_current & (Rating.subject == Subject.COUNTER)
_NOTHING = Answers(0, 0, 0)


def counter_lines(
    session: Session, period: Period, scope: CounterScope, unit_ids: Sequence[int] | None = None
) -> list[CounterLine]:
    """The figure's parts by `scope`, in one query: by code, never by rank; a person's number stands for the person."""
    code, name = _SCOPES[scope]
    query = (
        _of_units(_matters([period]), unit_ids)
        .join(Unit, Unit.id == CounterMatter.unit_id)
        .join(Platform, Platform.id == CounterMatter.platform_id)
        .with_only_columns(code, func.max(name), *_numbers(), _count(was_asked()))
        .group_by(code)
        .order_by(code)
    )
    return [
        CounterLine(str(key), label, Answers(*counted), asked) for key, label, *counted, asked in session.execute(query)
    ]


def general_ratings_in(session: Session, period: Period, unit_ids: Sequence[int] | None = None) -> General:
    """Ratings of windows without a matter in the period."""
    query = select(func.count(), _count(Rating.level >= SATISFIED_FROM)).where(
        Rating.subject == Subject.COUNTER,
        Rating.recorded_at >= period.begins_at,
        Rating.recorded_at < period.ends_at,
        Rating.window_id.is_not(None),
        Rating.matter_id.is_(None),
    )
    if unit_ids is not None:
        query = query.where(Rating.unit_id.in_(unit_ids))
    return General(*session.execute(query).one())


def counter_rows(period: Period, unit_ids: Sequence[int] | None = None) -> Select[Any]:
    """The matters behind the figure with the rating that counts, silence included; columns are the caller's."""
    return _of_units(_matters([period]), unit_ids)


def _matters(periods: Sequence[Period]) -> Select[Any]:
    """Done in one of the periods; or not done yet, and rated in one of them: leaving it open hides no bad answer.

    Both are found by index; what counts where is looked at for these only.
    """
    begins_at = min(period.begins_at for period in periods)
    ends_at = max(period.ends_at for period in periods)
    done = select(CounterMatter.id).where(CounterMatter.done_at >= begins_at, CounterMatter.done_at < ends_at)
    rated = select(Rating.matter_id).where(
        Rating.subject == Subject.COUNTER,
        Rating.recorded_at >= begins_at,
        Rating.recorded_at < ends_at,
        Rating.matter_id.is_not(None),
    )
    return (
        select(CounterMatter.id)
        .outerjoin(Rating, _THAT_COUNTS)
        .where(CounterMatter.id.in_(union(done, rated)), or_(*(_counts_in(period) for period in periods)))
    )


def _counts_in(period: Period) -> ColumnElement[bool]:
    done = (CounterMatter.done_at >= period.begins_at) & (CounterMatter.done_at < period.ends_at)
    rated = (Rating.recorded_at >= period.begins_at) & (Rating.recorded_at < period.ends_at)
    return or_(done, CounterMatter.done_at.is_(None) & rated)


def counter_rows_rated(period: Period, unit_ids: Sequence[int] | None = None) -> Select[Any]:
    """The same of those that were rated in the period, whenever they were done."""
    query = select(CounterMatter.id).join(Rating, _THAT_COUNTS)
    return _of_units(query.where(Rating.recorded_at >= period.begins_at, Rating.recorded_at < period.ends_at), unit_ids)


def was_asked() -> ColumnElement[bool]:
    """A device put the question, or somebody rated by another way."""
    return CounterMatter.asked_at.is_not(None) | Rating.id.is_not(None)


def _numbers() -> tuple[ColumnElement[int], ...]:
    """closed, answered, satisfied."""
    return func.count(), func.count(Rating.level), _count(Rating.level >= SATISFIED_FROM)


def _of_units(query: Select[Any], unit_ids: Sequence[int] | None) -> Select[Any]:
    return query if unit_ids is None else query.where(CounterMatter.unit_id.in_(unit_ids))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


_WINDOW = Platform.name + " " + CounterMatter.window_number
_PERSON = Platform.name + " " + CounterMatter.staff_number
_SCOPES: dict[CounterScope, tuple[Any, Any]] = {
    CounterScope.UNIT: (CounterMatter.unit_id, Unit.name),
    CounterScope.ITEM: (CounterMatter.item_code, CounterMatter.item_name),
    CounterScope.WINDOW: (_WINDOW, _WINDOW),
    CounterScope.STAFF: (_PERSON, _PERSON),
}
