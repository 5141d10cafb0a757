"""差评整改率 and 按期整改率: of the valid bad ratings of a period, those that were mended, and in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, joinedload

from evaluation.model import Rating
from evaluation.repairs.model import Repair, RepairAppeal
from evaluation.repairs.rules import RepairState
from indicators.periods import Period
from indicators.satisfaction import Slice
from tickets.model import Ticket


class RepairPart(StrEnum):
    """The rows behind the figures."""

    VALID = "valid"
    FIXED = "fixed"
    FIXED_IN_TIME = "fixed_in_time"
    NOT_FIXED = "not_fixed"


@dataclass(frozen=True)
class RepairCounts:
    """Bad ratings given in the period: valid ones, those mended, in time; and what is left out, by why."""

    valid: int
    fixed: int
    in_time: int
    withdrawn: int
    upheld: int


@dataclass(frozen=True)
class UnitRepairs:
    """Of valid bad ratings those that were mended, and in time; of one unit or of several together."""

    valid: int
    fixed: int
    in_time: int

    def __add__(self, other: "UnitRepairs") -> "UnitRepairs":
        return UnitRepairs(self.valid + other.valid, self.fixed + other.fixed, self.in_time + other.in_time)


_IS_FIXED = Repair.done_at.is_not(None)
#: by the city's limit, whatever day the unit has set itself; a contact that nothing bears out is none
_IS_IN_TIME = and_(
    _IS_FIXED, func.coalesce(Repair.done_at < Repair.fix_due_at, True), Repair.is_contact_proven.is_not(False)
)


def _is_upheld() -> ColumnElement[bool]:
    return select(RepairAppeal.id).where(RepairAppeal.repair_id == Repair.id, RepairAppeal.is_upheld.is_(True)).exists()


def _given_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    return Repair.opened_at >= period.begins_at, Repair.opened_at < period.ends_at


def _is_valid() -> ColumnElement[bool]:
    """Not corrected to satisfied, and no appeal against it was upheld."""
    return and_(Repair.state != RepairState.WITHDRAWN, ~_is_upheld())


def repair_counts(session: Session, period: Period) -> RepairCounts:
    """One statement."""
    valid, is_withdrawn = _is_valid(), Repair.state == RepairState.WITHDRAWN
    counted = (
        func.count(case((valid, 1))),
        func.count(case((and_(valid, _IS_FIXED), 1))),
        func.count(case((and_(valid, _IS_IN_TIME), 1))),
        func.count(case((is_withdrawn, 1))),
        func.count(case((and_(~is_withdrawn, _is_upheld()), 1))),
    )
    return RepairCounts(*session.execute(select(*counted).where(*_given_in(period))).one())


def repairs_of_units(session: Session, wanted: Slice) -> dict[int, UnitRepairs]:
    """By unit, of the bad ratings given in the period, whatever their matters' closing.  One statement."""
    counted = func.count(), func.count(case((_IS_FIXED, 1))), func.count(case((_IS_IN_TIME, 1)))
    query = select(Repair.unit_id, *counted).where(*_given_in(wanted.period), _is_valid()).group_by(Repair.unit_id)
    if wanted.unit_ids is not None:
        query = query.where(Repair.unit_id.in_(wanted.unit_ids))
    if wanted.topic_id is not None:
        query = query.join(Ticket, Ticket.id == Repair.ticket_id).where(Ticket.topic_id == wanted.topic_id)
    if wanted.channel is not None:
        query = query.join(Rating, Rating.id == Repair.rating_id).where(Rating.channel == wanted.channel)
    rows: Any = session.execute(query)
    return {unit_id: UnitRepairs(*numbers) for unit_id, *numbers in rows}


def repair_rows(
    session: Session, part: RepairPart, period: Period, *, after: int | None = None, limit: int = 50
) -> Sequence[Repair]:
    """With their tickets, newest first, below the one with id `after`."""
    conditions: dict[RepairPart, list[ColumnElement[bool]]] = {
        RepairPart.VALID: [],
        RepairPart.FIXED: [_IS_FIXED],
        RepairPart.FIXED_IN_TIME: [_IS_IN_TIME],
        RepairPart.NOT_FIXED: [~_IS_FIXED],
    }
    query = select(Repair).where(*_given_in(period), _is_valid(), *conditions[part]).options(joinedload(Repair.ticket))
    if after is not None:
        query = query.where(Repair.id < after)
    return session.scalars(query.order_by(Repair.id.desc()).limit(limit)).all()
