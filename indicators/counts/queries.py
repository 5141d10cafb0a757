"""Counts of tickets by day, always exact: what is kept, and by ticket what has changed since it was counted."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, func, null, or_, select, union_all
from sqlalchemy.orm import Session

from evaluation.rules import Subject
from indicators.counts.facts import counted_facts, facts_of, facts_query, read_elsewhere
from indicators.counts.model import CountedTicket, DayCount, MonthCount, StaleTicket
from indicators.counts.rules import (
    NOBODY,
    NOT_BY_TOPIC,
    OF_UNITS,
    SAID_OF,
    Cell,
    Key,
    Kind,
    Said,
    Scope,
    difference,
    parts_elsewhere,
    rated_parts,
    said_parts,
)
from indicators.periods import Period
from staff.model import Unit

#: by (kind, part)
Counts = Counter[tuple[str, str]]
KeptTable = type[DayCount] | type[MonthCount]
_BY_CLOSING = tuple(kinds[0] for kinds in SAID_OF.values())
_Read = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(frozen=True)
class Changes:
    """How much was added to each cell since it was counted, or taken away, and the names of the units for which these
    tickets count.

    `alone`: the same of calls and of matters at windows; None where nobody has looked.
    """

    cells: Counter[Cell] = field(default_factory=Counter)
    unit_names: dict[int, str] = field(default_factory=dict)
    alone: Counter[Key] | None = None


@dataclass(frozen=True)
class Owner:
    """Whose tickets are counted: of some units, of a topic; both None: everybody's."""

    unit_ids: tuple[int, ...] | None = None
    topic_id: int | None = None

    def has(self, cell: Cell) -> bool:
        is_theirs = self.unit_ids is None or cell.unit_id in self.unit_ids
        return is_theirs and self.topic_id in {None, cell.topic_id}

    @property
    def is_kept(self) -> bool:
        """Whether there are counts of theirs; units' tickets of one topic are added up when they are asked for."""
        return self.unit_ids is None or self.topic_id is None

    @property
    def kept_as(self) -> tuple[Scope, tuple[int, ...]]:
        if self.unit_ids is not None:
            return Scope.UNIT, self.unit_ids
        return (Scope.ALL, (NOBODY,)) if self.topic_id is None else (Scope.TOPIC, (self.topic_id,))


EVERYBODY = Owner()


def changes(session: Session) -> Changes:
    """Read once for all the figures of a page."""
    found = Changes()
    for row in session.execute(_stale_facts()):
        found.cells.update(difference(counted_facts(row.CountedTicket), facts_of(row)))
        found.unit_names[row.handled_unit_id or NOBODY] = row.handled_unit_name or ""
        found.unit_names[row.direct_unit_id or NOBODY] = row.direct_unit_name or ""
    return found


@cache
def _stale_facts() -> Select[*tuple[Any, ...]]:
    """Built once: that costs more than to ask when nothing has changed."""
    return facts_query(select(StaleTicket.ticket_id).distinct().subquery())


@dataclass(frozen=True)
class Tally:
    """What is counted: some kinds of an owner's tickets, of whom counts are kept, in periods that do not overlap."""

    periods: Sequence[Period]
    kinds: Collection[Kind]
    owner: Owner = EVERYBODY

    def add(self, found: list[Counts], cell: Cell, n: int) -> None:
        place = place_of(cell.day, self.periods)
        if place is not None and cell.kind in self.kinds and self.owner.has(cell):
            found[place][cell.kind, cell.part] += n


def tallies(session: Session, changed: Changes, wanted: Sequence[Tally]) -> list[list[Counts]]:
    """How many of each in each of its periods, in one statement for all."""
    found: list[list[Counts]] = [[Counter() for _ in one.periods] for one in wanted]
    in_turn = [counted for one in found for counted in one]
    for place, kind, part, n in session.execute(_kept(wanted)):
        if place is not None:
            in_turn[place][kind, part] += n
    for one, counted in zip(wanted, found, strict=True):
        for cell, n in changed.cells.items():
            one.add(counted, cell, n)
    return found


def counts(session: Session, changed: Changes, wanted: Tally) -> list[Counts]:
    """How many in each of the periods."""
    return tallies(session, changed, [wanted])[0]


def counts_by_unit(
    session: Session,
    changed: Changes,
    periods: Sequence[Period],
    *,
    kind: Kind,
    owner: Owner = EVERYBODY,
    parts: tuple[str, ...] = (),
) -> tuple[list[dict[int, Counts]], dict[int, str]]:
    """How many of each unit's tickets were answered in each of the periods and how, and the units' names; 0 is no unit.

    Within a topic also what became of the questions.  Of what was said perhaps only what begins with one of `parts`.
    """
    found: list[dict[int, Counts]] = [defaultdict(Counter) for _ in periods]
    names = dict(changed.unit_names)
    by_ticket = _said_by_unit if kind in NOT_BY_TOPIC else _counted_by_unit
    read = _kept_by_unit if owner.topic_id is None else by_ticket
    for place, unit_id, name, part, n in read(session, owner, periods, kind, parts):
        if place is not None and (not parts or part.startswith(parts)):
            found[place][unit_id][kind, part] += n
            if name is not None:
                names[unit_id] = name
    for cell, n in changed.cells.items():
        if (
            cell.kind == kind
            and owner.has(cell)
            and (place := place_of(cell.day, periods)) is not None
            and (not parts or cell.part.startswith(parts))
        ):
            found[place][cell.unit_id][kind, cell.part] += n
    return found, names


def said_counts(session: Session, changed: Changes, period: Period, *, kind: Kind, owner: Owner = EVERYBODY) -> Counts:
    """What was said about an owner's tickets, by channel and level."""
    if owner.topic_id is None:
        return counts(session, changed, Tally([period], [kind], owner))[0]
    total: Counts = Counter()
    for of_unit in counts_by_unit(session, changed, [period], kind=kind, owner=owner)[0][0].values():
        total.update(of_unit)
    return total


def _kept(wanted: Sequence[Tally]) -> _Read:
    """The periods are numbered through."""
    reads: list[Select[*tuple[Any, ...]]] = []
    begin = 0
    for one in wanted:
        reads += of_both(one.periods, partial(_of_owner, one), begin=begin)
        begin += len(one.periods)
    return united(reads)


def _of_owner(wanted: Tally, kept: KeptTable, place: Any) -> Select[*tuple[Any, ...]]:
    scope, owner_ids = wanted.owner.kept_as
    query = select(place, kept.kind, kept.part, func.sum(kept.n)).group_by(place, kept.kind, kept.part)
    return query.where(kept.scope == scope, kept.owner_id.in_(owner_ids), kept.kind.in_(wanted.kinds))


def _kept_by_unit(
    session: Session, owner: Owner, periods: Sequence[Period], kind: Kind, parts: tuple[str, ...]
) -> Iterable[Any]:
    def of_units(kept: KeptTable, place: Any) -> Select[*tuple[Any, ...]]:
        query = (
            select(place, kept.owner_id, Unit.name, kept.part, func.sum(kept.n))
            .outerjoin(Unit, Unit.id == kept.owner_id)
            .where(kept.kind == kind, kept.scope == Scope.UNIT)
            .group_by(place, kept.owner_id, Unit.name, kept.part)
        )
        if kind not in NOT_BY_TOPIC:
            query = query.where(kept.part.in_(OF_UNITS))
        elif parts:
            begins = (kept.part.startswith(one, autoescape=True) for one in parts)  # a range would be the collation's
            query = query.where(or_(*begins))
        return query if owner.unit_ids is None else query.where(kept.owner_id.in_(owner.unit_ids))

    return session.execute(united(of_both(periods, of_units)))


def of_both(
    periods: Sequence[Period], read: Callable[[KeptTable, Any], Select[*tuple[Any, ...]]], *, begin: int = 0
) -> list[Select[*tuple[Any, ...]]]:
    """Months that lie whole in a period are read as such, what is left of it by day."""
    months, days = [], []
    for place, period in enumerate(periods, begin):
        whole = period.whole_months()
        months += [(place, whole)] if whole else []
        days += [(place, rest) for rest in (period.outside(whole) if whole else [period])]
    return [
        read(kept, _place_in(kept.day, pieces)).where(_around(kept.day, [piece for _, piece in pieces]))
        for kept, pieces in ((MonthCount, months), (DayCount, days))
        if pieces
    ]


def united(reads: Sequence[Select[*tuple[Any, ...]]]) -> _Read:
    return union_all(*reads) if len(reads) > 1 else reads[0]


def _counted_by_unit(
    session: Session, owner: Owner, periods: Sequence[Period], kind: Kind, _parts: tuple[str, ...]
) -> Iterator[Any]:
    """What the tickets of a topic added when they were counted, added up by whatever they have in common."""
    unit_id, day, level = _columns("handled" if kind is Kind.HANDLING else "direct", "unit_id", "on", "level")
    said = _place_in(day, list(enumerate(periods))), unit_id, Unit.name, level
    asked = question_columns(kind)
    query = (
        select(*said, *asked, func.count())
        .outerjoin(Unit, Unit.id == unit_id)
        .where(CountedTicket.topic_id == owner.topic_id, _around(day, periods))
        .group_by(*said, *asked)
    )
    if owner.unit_ids is not None:
        query = query.where(unit_id.in_(owner.unit_ids))
    for place, whose, name, given, invitation, is_delivered, n in session.execute(query):
        for part in rated_parts(given, invitation, is_delivered=is_delivered):
            yield place, whose, name, part, n


def _said_by_unit(
    session: Session, owner: Owner, periods: Sequence[Period], kind: Kind, _parts: tuple[str, ...]
) -> Iterator[Any]:
    """What was said about the tickets of a topic, added up in the same way; of another unit than the last one rated,
    without its name.
    """
    is_by_closing = kind in _BY_CLOSING
    for place, whose, name, is_responded, *words, classed, elsewhere, n in session.execute(
        _said_in_topic(owner, periods, kind)
    ):
        channel, level, is_solved, every = words
        given = None if channel is None else Said(channel, level, is_solved, every, classed, read_elsewhere(elsewhere))
        if owner.unit_ids is None or whose in owner.unit_ids:
            for part, count in said_parts(given, is_by_closing=is_by_closing, is_responded=is_responded):
                yield place, whose, name, part, n * count
        for other_id, part in parts_elsewhere(given):
            if owner.unit_ids is None or other_id in owner.unit_ids:
                yield place, other_id, None, part, n


def _said_in_topic(owner: Owner, periods: Sequence[Period], kind: Kind) -> _Read:
    """Of some units: theirs, and those that were rated as the work of several, each once."""
    is_handled = kind in SAID_OF[Subject.HANDLING]
    name = "handled" if is_handled else "direct"
    unit_id, elsewhere, day = _columns(name, "unit_id", "elsewhere", "on" if kind in _BY_CLOSING else "said_on")
    said = *_columns(name, "channel", "level", "solved", "every"), CountedTicket.handled_class if is_handled else null()
    told = _place_in(day, list(enumerate(periods))), unit_id, Unit.name, CountedTicket.is_responded, *said, elsewhere
    query = (
        select(*told, func.count())
        .outerjoin(Unit, Unit.id == unit_id)
        .where(CountedTicket.topic_id == owner.topic_id, _around(day, periods))
        .group_by(*told)
    )
    if owner.unit_ids is None:
        return query
    return united([query.where(unit_id.in_(owner.unit_ids), elsewhere.is_(None)), query.where(elsewhere.is_not(None))])


def question_columns(kind: Kind) -> tuple[Any, Any]:
    """What became of the question, as it was counted: its state, and whether it arrived."""
    if kind is Kind.HANDLING:
        return CountedTicket.invitation, CountedTicket.is_delivered
    return CountedTicket.direct_invitation, CountedTicket.direct_delivered


def _columns(name: str, *parts: str) -> tuple[Any, ...]:
    return tuple(getattr(CountedTicket, f"{name}_{part}") for part in parts)


def _place_in(day: Any, pieces: Sequence[tuple[int, Period]]) -> ColumnElement[int]:
    """Of which period the day is; null in a gap."""
    return case(*((day.between(piece.first, piece.last), place) for place, piece in pieces))


def _around(day: Any, pieces: Sequence[Period]) -> ColumnElement[bool]:
    between: ColumnElement[bool] = day.between(min(one.first for one in pieces), max(one.last for one in pieces))
    return between


def place_of(day: date, periods: Sequence[Period]) -> int | None:
    return next((number for number, period in enumerate(periods) if period.first <= day <= period.last), None)
