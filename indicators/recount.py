"""Whether every figure, and every count that is kept for them, agrees with what raw rows say."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evaluation.classes.rules import EXCLUSIONS, ExclusionRule
from evaluation.rules import HEADLINES, Subject
from indicators import raw_rows
from indicators.counts.model import DayCount, MonthCount
from indicators.counts.queries import Changes, changes
from indicators.counts.rules import keys
from indicators.periods import Period, statistical_month
from indicators.queries import show
from indicators.recount_slices import slices_again

#: (kind, scope, owner, part)
_Place = tuple[str, str, int, str]


@dataclass(frozen=True)
class Difference:
    """Where the two ways disagree."""

    figure: str
    part: str
    shown: Any
    recounted: Any


def recount(session: Session, period: Period, rule: ExclusionRule = EXCLUSIONS) -> list[Difference]:
    """Every figure computed again from rows, and all that is kept of the period; empty when all agree."""
    return [
        *_figures(session, period),
        *_kept(session, period),
        *_months(session, period),
        *_slices(session, period, rule),
    ]


def satisfaction_again(session: Session, period: Period, subject: Subject) -> dict[str, int]:
    """closed, n and satisfied of a subject, from rows."""
    match subject:
        case Subject.AGENT:
            matters = raw_rows.rated_calls(session, period)
        case Subject.COUNTER:
            matters = raw_rows.counter_matters(session, period)
        case _:
            matters = raw_rows.closed_tickets(session, period, subject)
    levels = [matter.level() for matter in matters.values()]
    given = [level for level in levels if level is not None]
    return {"closed": len(levels), "n": len(given), "satisfied": sum(level > 2 for level in given)}


def _figures(session: Session, period: Period) -> Iterator[Difference]:
    """What the pages show."""

    def compared(name: str, again: Mapping[str, int], figure: str = "", **which: Any) -> Iterator[Difference]:
        shown = show(session, name, period.first, period.last, **which)
        return _compared(figure or name, shown, again)

    yield from compared("connect_rate", raw_rows.calls(session, period, fast=False))
    yield from compared("answered_in_15s", raw_rows.calls(session, period, fast=True))
    for subject in HEADLINES:
        again = satisfaction_again(session, period, subject)
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


def _slices(session: Session, period: Period, rule: ExclusionRule) -> Iterator[Difference]:
    """What stands beside the headline."""
    pairs = slices_again(session, period, rule)
    return (Difference(*pair) for pair in pairs if pair[2] != pair[3])


def _kept(session: Session, period: Period) -> Iterator[Difference]:
    """Every kept count, for all, for each unit and each topic, added up over the period."""
    owners, again = raw_rows.owners(session), Counter[_Place]()
    for kind, ticket_id, part in _counted_again(session, period):
        unit_id, topic_id = owners[ticket_id]
        again.update([(kind, "all", 0, part), (kind, "unit", unit_id, part), (kind, "topic", topic_id, part)])
    kept = _kept_counts(session, period, changes(session))
    for place in sorted(kept.keys() | again.keys()):
        yield from _compared(f"kept {_named(place)}", {place[-1]: kept[place]}, {place[-1]: again[place]})


def _counted_again(session: Session, period: Period) -> Iterator[tuple[str, int, str]]:
    """(kind, ticket, part) for all that a ticket adds to a count."""
    yield from (("standing", ticket_id, part) for ticket_id, part in raw_rows.standing_tickets(session, period))
    yield from (("due", ticket_id, part) for ticket_id, part in raw_rows.due_tickets(session, period))
    questions = raw_rows.questions(session)
    for subject in (Subject.HANDLING, Subject.DIRECT):
        for ticket_id, matter in raw_rows.closed_tickets(session, period, subject).items():
            level = matter.level()
            yield subject, ticket_id, "silent" if level is None else "satisfied" if level > 2 else "dissatisfied"
            state, has_arrived = questions.get(ticket_id, ("not_invited", False))
            yield subject, ticket_id, state
            if has_arrived:
                yield subject, ticket_id, "delivered"


def _kept_counts(session: Session, period: Period, changed: Changes) -> Counter[_Place]:
    kept = _sums(session, DayCount, period)
    for cell, n in changed.cells.items():
        if period.first <= cell.day <= period.last:
            kept.update({(key.kind, key.scope, key.owner_id, key.part): n for key in keys(cell)})
    return kept


def _sums(session: Session, table: type[DayCount] | type[MonthCount], period: Period) -> Counter[_Place]:
    places = table.kind, table.scope, table.owner_id, table.part
    query = select(*places, func.sum(table.n)).where(table.day.between(period.first, period.last)).group_by(*places)
    return Counter({(kind, scope, owner_id, part): n for kind, scope, owner_id, part, n in session.execute(query)})


def _months(session: Session, period: Period) -> Iterator[Difference]:
    """Whether what is kept by month is what is kept by day, in every month that the period touches."""
    month = statistical_month(period.last)
    while month.last >= period.first:
        kept, again = _sums(session, MonthCount, month), _sums(session, DayCount, month)
        for place in sorted(kept.keys() | again.keys()):
            figure = f"month {month.first} {_named(place)}"
            yield from _compared(figure, {place[-1]: kept[place]}, {place[-1]: again[place]})
        month = month.before()


def _named(place: _Place) -> str:
    kind, scope, owner_id, _ = place
    return f"{kind} of {scope} {owner_id or ''}".rstrip()


def _compared(figure: str, shown: Mapping[str, Any], again: Mapping[str, int]) -> Iterator[Difference]:
    return (
        Difference(figure, part, shown.get(part), value) for part, value in again.items() if shown.get(part) != value
    )
