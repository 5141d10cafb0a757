"""自动派单抽检差错率: of the automatic dispatches that were drawn by lot and checked by a person, those found wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, joinedload

from evaluation.verdict import wilson
from indicators.periods import Period
from tickets.model import AutomaticDispatch


class CheckPart(StrEnum):
    """The rows behind the figure."""

    WRONG = "wrong"
    CHECKED = "checked"
    DRAWN = "drawn"


@dataclass(frozen=True)
class CheckCounts:
    """Automatic dispatches of the period, by how far their check is."""

    sent: int
    drawn: int
    checked: int
    wrong: int

    @property
    def rate(self) -> float | None:
        return self.wrong / self.checked if self.checked else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.wrong, self.checked) if self.checked else None


_CONDITIONS: dict[CheckPart, ColumnElement[bool]] = {
    CheckPart.DRAWN: AutomaticDispatch.is_drawn.is_(True),
    CheckPart.CHECKED: AutomaticDispatch.is_right.is_not(None),
    CheckPart.WRONG: AutomaticDispatch.is_right.is_(False),
}


def check_counts(session: Session, period: Period) -> CheckCounts:
    counted = [
        func.count(case((_CONDITIONS[part], 1))) for part in (CheckPart.DRAWN, CheckPart.CHECKED, CheckPart.WRONG)
    ]
    sent, *parts = session.execute(select(func.count(), *counted).where(*_sent_in(period))).one()
    return CheckCounts(sent, *parts)


def check_rows(
    session: Session, part: CheckPart, period: Period, *, after: int | None = None, limit: int = 50
) -> Sequence[AutomaticDispatch]:
    """Newest first, below the one with id `after`."""
    query = select(AutomaticDispatch).where(*_sent_in(period), _CONDITIONS[part])
    if after is not None:
        query = query.where(AutomaticDispatch.id < after)
    query = query.options(joinedload(AutomaticDispatch.ticket)).order_by(AutomaticDispatch.id.desc()).limit(limit)
    return session.scalars(query).all()


def _sent_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (AutomaticDispatch.sent_at >= period.begins_at, AutomaticDispatch.sent_at < period.ends_at)
