"""Whether every figure, and every count that is kept for them, agrees with what raw rows say."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evaluation.classes.rules import EXCLUSIONS, ExclusionRule
from evaluation.rules import HEADLINES, Subject
from indicators import raw_rows
from indicators.counts.alone import changes_alone
from indicators.counts.model import DayCount, MonthCount
from indicators.counts.queries import Changes, changes
from indicators.counts.rules import NOT_BY_TOPIC, keys
from indicators.periods import Period, statistical_month
from indicators.queries import show
from indicators.raw_reading import RawReading
from indicators.recount_slices import slices_again

#: (kind, scope, owner, part)
_Place = tuple[str, str, int, str]
#: hears (figure, part)
Told = Callable[[str, str], None]


@dataclass(frozen=True)
class Difference:
    """Where the two ways disagree."""

    figure: str
    part: str
    shown: Any
    recounted: Any


def recount(session: Session, period: Period, rule: ExclusionRule = EXCLUSIONS) -> list[Difference]:
    """Every figure computed again from rows, and all that is kept of the period; empty when all agree."""
    return list(compared_figures(session, period, rule))


def compared_figures(
    session: Session, period: Period, rule: ExclusionRule = EXCLUSIONS, *, told: Told | None = None
) -> Iterator[Difference]:
    """The differences one by one; `told` hears of every number that is compared, whether it agrees or not."""
    rows = RawReading(session, period)
    for read in (_figures, _kept, _months):
        yield from read(rows, told)
    for figure, part, shown, again in slices_again(rows, rule):
        yield from _compared(figure, {part: shown}, {part: again}, told)


def satisfaction_again(session: Session, period: Period, subject: Subject) -> dict[str, int]:
    """closed, n and satisfied of a subject, from rows."""
    return _satisfaction(RawReading(session, period), subject)


def _satisfaction(rows: RawReading, subject: Subject) -> dict[str, int]:
    levels = [matter.level() for matter in rows.closed(subject).values()]
    given = [level for level in levels if level is not None]
    return {"closed": len(levels), "n": len(given), "satisfied": sum(level > 2 for level in given)}


def _figures(rows: RawReading, told: Told | None) -> Iterator[Difference]:
    """What the pages show."""
    session, period = rows.session, rows.period

    def compared(name: str, again: Mapping[str, int], figure: str = "", **which: Any) -> Iterator[Difference]:
        shown = show(session, name, period.first, period.last, **which)
        return _compared(figure or name, shown, again, told)

    yield from compared("connect_rate", raw_rows.calls(session, period, fast=False))
    yield from compared("answered_in_15s", raw_rows.calls(session, period, fast=True))
    for subject in HEADLINES:
        again = _satisfaction(rows, subject)
        yield from compared("satisfaction", again, f"satisfaction/{subject}", subject=subject)
    due = Counter(part for _, part in raw_rows.due_tickets(session, period))
    yield from compared("on_time_rate", {"n": due.total(), "numerator": due["in_time"]})
    yield from compared("auto_dispatch_error", raw_rows.checks(session, period))
    mended = raw_rows.repairs(session, period)
    left_out = {name: mended[name] for name in ("n", "withdrawn", "upheld")}
    yield from compared("repair_rate", {**left_out, "numerator": mended["fixed"]})
    yield from compared("repair_on_time_rate", {**left_out, "numerator": mended["in_time"]})
    standing = Counter(part for _, part in raw_rows.standing_tickets(session, period))
    yield from compared("population", {**standing, "registered": standing.total()})


def _kept(rows: RawReading, told: Told | None) -> Iterator[Difference]:
    """Every kept count, for all, for each unit and each topic, added up over the period."""
    again = Counter[_Place]()
    for kind, ticket_id, unit_id, part in rows.counted():
        topic_id = rows.owners[ticket_id][1]
        again.update([(kind, "all", 0, part), (kind, "unit", unit_id, part)])
        if kind not in NOT_BY_TOPIC:
            again[kind, "topic", topic_id, part] += 1
    for kind, scope, owner_id, part in rows.counted_alone():
        again.update([(kind, "all", 0, part), (kind, scope, owner_id, part)])
    kept = _kept_counts(rows.session, rows.period, changes(rows.session))
    for place in sorted(kept.keys() | again.keys()):
        yield from _compared(f"kept {_named(place)}", {place[-1]: kept[place]}, {place[-1]: again[place]}, told)


def _kept_counts(session: Session, period: Period, changed: Changes) -> Counter[_Place]:
    kept = _sums(session, DayCount, period)
    for cell, n in changed.cells.items():
        if period.first <= cell.day <= period.last:
            kept.update({(key.kind, key.scope, key.owner_id, key.part): n for key in keys(cell)})
    for key, n in changes_alone(session).items():
        if period.first <= key.day <= period.last:
            kept[key.kind, key.scope, key.owner_id, key.part] += n
    return kept


def _sums(session: Session, table: type[DayCount] | type[MonthCount], period: Period) -> Counter[_Place]:
    places = table.kind, table.scope, table.owner_id, table.part
    query = select(*places, func.sum(table.n)).where(table.day.between(period.first, period.last)).group_by(*places)
    return Counter({(kind, scope, owner_id, part): n for kind, scope, owner_id, part, n in session.execute(query)})


def _months(rows: RawReading, told: Told | None) -> Iterator[Difference]:
    """Whether what is kept by month is what is kept by day, in every month that the period touches."""
    session, month = rows.session, statistical_month(rows.period.last)
    while month.last >= rows.period.first:
        kept, again = _sums(session, MonthCount, month), _sums(session, DayCount, month)
        for place in sorted(kept.keys() | again.keys()):
            figure = f"month {month.first} {_named(place)}"
            yield from _compared(figure, {place[-1]: kept[place]}, {place[-1]: again[place]}, told)
        month = month.before()


def _named(place: _Place) -> str:
    kind, scope, owner_id, _ = place
    return f"{kind} of {scope} {owner_id or ''}".rstrip()


def _compared(
    figure: str, shown: Mapping[str, Any], again: Mapping[str, int], told: Told | None
) -> Iterator[Difference]:
    for part, value in again.items():
        if told is not None:
            told(figure, part)
        if shown.get(part) != value:
            yield Difference(figure, part, shown.get(part), value)
