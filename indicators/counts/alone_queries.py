"""Reading the kept counts of calls and of matters at windows, exact at every moment."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from evaluation.rules import Subject
from indicators.counts.alone import OWNER_OF, changes_alone
from indicators.counts.queries import Changes, Counts, KeptTable, Owner, Tally, counts, of_both, place_of, united
from indicators.counts.rules import Key, Kind
from indicators.periods import Period


def with_alone(session: Session, changed: Changes) -> Changes:
    """The changes of a page about calls or matters at windows, read once."""
    return replace(changed, alone=changes_alone(session))


def _alone(session: Session, changed: Changes | None) -> Counter[Key]:
    known = None if changed is None else changed.alone
    return changes_alone(session) if known is None else known


def counts_alone(
    session: Session,
    periods: Sequence[Period],
    kind: Kind,
    unit_ids: tuple[int, ...] | None = None,
    changed: Changes | None = None,
) -> list[Counts]:
    """How many of each part in each of the periods, which do not overlap; of everybody's or of some units' matters."""
    owner = Owner(unit_ids)
    found, (scope, owner_ids) = counts(session, Changes(), Tally(periods, [kind], owner)), owner.kept_as
    for key, n in _alone(session, changed).items():
        is_theirs = (key.kind, key.scope) == (kind, scope) and key.owner_id in owner_ids
        if is_theirs and (place := place_of(key.day, periods)) is not None:
            found[place][key.kind, key.part] += n
    return found


def counts_by_owner(
    session: Session,
    period: Period,
    subject: Subject,
    kind: Kind,
    owner_ids: tuple[int, ...] | None = None,
    changed: Changes | None = None,
) -> dict[int, Counts]:
    """The same of each unit or person, 0 where nobody is known."""
    scope = OWNER_OF[subject]

    def of_owners(kept: KeptTable, place: Any) -> Select[*tuple[Any, ...]]:
        query = select(place, kept.owner_id, kept.part, func.sum(kept.n)).group_by(place, kept.owner_id, kept.part)
        query = query.where(kept.kind == kind, kept.scope == scope)
        return query if owner_ids is None else query.where(kept.owner_id.in_(owner_ids))

    found: dict[int, Counts] = defaultdict(Counter)
    for place, owner_id, part, n in session.execute(united(of_both([period], of_owners))):
        if place is not None:
            found[owner_id][kind, part] += n
    for key, n in _alone(session, changed).items():
        is_theirs = (key.kind, key.scope) == (kind, scope) and (owner_ids is None or key.owner_id in owner_ids)
        if is_theirs and period.first <= key.day <= period.last:
            found[key.owner_id][kind, key.part] += n
    return found
