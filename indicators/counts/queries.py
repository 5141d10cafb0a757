"""Counts of tickets by day, always exact: what is kept, and by ticket what has changed since it was counted."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from indicators.counts.facts import counted_facts, facts_of, facts_query
from indicators.counts.model import CountedTicket, DayCount, StaleTicket
from indicators.counts.rules import NOBODY, OF_UNITS, Cell, Kind, Scope, cells, difference
from indicators.periods import Period
from staff.model import Unit

#: by (kind, part)
Counts = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Changes:
    """How much was added to each cell since it was counted, or taken away, and the names of these tickets' units."""

    cells: Counter[Cell] = field(default_factory=Counter)
    unit_names: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Owner:
    """Whose tickets are counted: of some units, of a topic; both None: everybody's."""

    unit_ids: tuple[int, ...] | None = None
    topic_id: int | None = None

    def has(self, cell: Cell) -> bool:
        is_theirs = self.unit_ids is None or cell.unit_id in self.unit_ids
        return is_theirs and self.topic_id in {None, cell.topic_id}

    @property
    def kept_as(self) -> tuple[Scope, tuple[int, ...]] | None:
        """Under what its counts are kept; None for units' tickets of one topic: these are counted one by one."""
        if self.unit_ids is None:
            return (Scope.ALL, (NOBODY,)) if self.topic_id is None else (Scope.TOPIC, (self.topic_id,))
        return (Scope.UNIT, self.unit_ids) if self.topic_id is None else None


EVERYBODY = Owner()


def changes(session: Session) -> Changes:
    """Read once for all the figures of a page."""
    found = Changes()
    for row in session.execute(_stale_facts()):
        found.cells.update(difference(counted_facts(row.CountedTicket), facts_of(row)))
        found.unit_names[row.unit_id or NOBODY] = row.unit_name or ""
    return found


@cache
def _stale_facts() -> Select[*tuple[Any, ...]]:
    """Built once: that costs more than to ask when nothing has changed."""
    return facts_query(select(StaleTicket.ticket_id).distinct().subquery())


def counts(
    session: Session,
    changed: Changes,
    periods: Sequence[Period],
    *,
    kinds: Collection[Kind],
    owner: Owner = EVERYBODY,
) -> list[Counts]:
    """How many in each of the periods, which do not overlap."""
    found: list[Counts] = [Counter() for _ in periods]
    kept = owner.kept_as
    known = [(cell, n) for cell, n in changed.cells.items() if owner.has(cell)]
    if kept is None:
        alone = CountedTicket.unit_id.in_(owner.unit_ids or ()), CountedTicket.topic_id == owner.topic_id
        known += [(cell, 1) for cell, _ in _counted(session, *alone)]
    else:
        for place, kind, part, n in session.execute(_kept(kept, periods, kinds)):
            if place is not None:
                found[place][kind, part] += n
    for cell, n in known:
        at = _place(cell.day, periods)
        if at is not None and cell.kind in kinds:
            found[at][cell.kind, cell.part] += n
    return found


def counts_by_unit(
    session: Session, changed: Changes, period: Period, *, kind: Kind, owner: Owner = EVERYBODY
) -> tuple[dict[int, Counts], dict[int, str]]:
    """How many of each unit's tickets were answered in the period and how, and the units' names; 0 is no unit."""
    found: defaultdict[int, Counts] = defaultdict(Counter)
    names = dict(changed.unit_names)
    known = [(cell, n) for cell, n in changed.cells.items() if owner.has(cell)]
    if owner.topic_id is None:
        for unit_id, name, part, n in session.execute(_kept_by_unit(period, kind, owner.unit_ids)):
            found[unit_id][kind, part] += n
            names[unit_id] = name or ""
    else:
        for cell, name in _counted(session, CountedTicket.topic_id == owner.topic_id, _rated_in(period, kind)):
            if owner.has(cell):
                known.append((cell, 1))
                names[cell.unit_id] = name
    for cell, n in known:
        if cell.kind == kind and cell.part in OF_UNITS and _place(cell.day, [period]) == 0:
            found[cell.unit_id][kind, cell.part] += n
    return found, names


def _kept(kept: tuple[Scope, tuple[int, ...]], periods: Sequence[Period], kinds: Collection[Kind]) -> Select[Any]:
    place = case(*((_in(period), number) for number, period in enumerate(periods)))
    return (
        select(place, DayCount.kind, DayCount.part, func.sum(DayCount.n))
        .where(DayCount.scope == kept[0], DayCount.owner_id.in_(kept[1]), DayCount.kind.in_(kinds))
        .where(_within(min(period.first for period in periods), max(period.last for period in periods)))
        .group_by(place, DayCount.kind, DayCount.part)
    )


def _kept_by_unit(period: Period, kind: Kind, unit_ids: tuple[int, ...] | None) -> Select[*tuple[Any, ...]]:
    query = (
        select(DayCount.owner_id, Unit.name, DayCount.part, func.sum(DayCount.n))
        .outerjoin(Unit, Unit.id == DayCount.owner_id)
        .where(DayCount.kind == kind, DayCount.scope == Scope.UNIT, _in(period), DayCount.part.in_(OF_UNITS))
        .group_by(DayCount.owner_id, Unit.name, DayCount.part)
    )
    return query if unit_ids is None else query.where(DayCount.owner_id.in_(unit_ids))


def _counted(session: Session, *conditions: ColumnElement[bool]) -> Iterator[tuple[Cell, str]]:
    """What these tickets added when they were counted, and the names of their units."""
    query = select(CountedTicket, Unit.name).outerjoin(Unit, Unit.id == CountedTicket.unit_id).where(*conditions)
    for counted, name in session.execute(query):
        yield from ((cell, name or "") for cell in cells(counted_facts(counted)))


def _rated_in(period: Period, kind: Kind) -> ColumnElement[bool]:
    day = CountedTicket.handled_on if kind is Kind.HANDLING else CountedTicket.direct_on
    return day.between(period.first, period.last)


def _in(period: Period) -> ColumnElement[bool]:
    return _within(period.first, period.last)


def _within(first: date, last: date) -> ColumnElement[bool]:
    return DayCount.day.between(first, last)


def _place(day: date, periods: Sequence[Period]) -> int | None:
    return next((number for number, period in enumerate(periods) if period.first <= day <= period.last), None)
