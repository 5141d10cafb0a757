"""Who gave what back to whom (推诿矩阵), and open tickets that nobody answers for (孤儿件, for 会商)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from staff.model import Unit
from staff.rules import Actor
from tickets.model import Holding, Place, Ticket, Topic
from tickets.queries.access import PRESENTED, not_kept_from
from tickets.rules import Action, State

#: how a holding ends that a unit wanted to be rid of
GIVEN_BACK = (Action.RETURN.value, Action.APPROVE_RETURN.value, Action.CONFER.value)
#: so often returned, it needs a conference
RETURNED_OFTEN = 2
ORPHAN_STATES = (State.TO_DISPATCH, State.ARBITRATION)
#: a list that somebody reads in a conference
MOST_ORPHANS = 1000
MOST_RETURNED = 100
Wanted = TypeVar("Wanted", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class Returned:
    """`giver` gave back n tickets that went to `taker` next; None: they still wait."""

    giver_id: int
    giver: str
    taker_id: int | None
    taker: str | None
    n: int


_LATER, _AFTER, _GIVER, _TAKER = aliased(Holding), aliased(Holding), aliased(Unit), aliased(Unit)


def returned_between(session: Session, *, begins_at: datetime, ends_at: datetime) -> Sequence[Returned]:
    """Every pair of units with how many tickets went that way, the most first; counted by when they were given back."""
    n = func.count()
    pair = (_GIVER.id, _GIVER.short_name, _TAKER.id, _TAKER.short_name)
    counted = _given_back(select(*pair, n), begins_at, ends_at).group_by(*pair)
    return [Returned(*row) for row in session.execute(counted.order_by(n.desc(), _GIVER.id, _TAKER.id))]


def tickets_returned(
    session: Session, *, giver_id: int, taker_id: int | None, begins_at: datetime, ends_at: datetime, by: Actor
) -> Sequence[Ticket]:
    """What `giver` gave back that went to `taker` next, None: that waits; the latest registered first."""
    ids = _given_back(select(Holding.ticket_id), begins_at, ends_at).where(
        Holding.unit_id == giver_id, _TAKER.id == taker_id if taker_id is not None else _TAKER.id.is_(None)
    )
    found = select(Ticket).where(Ticket.id.in_(ids), not_kept_from(by)).options(*PRESENTED)
    return session.scalars(found.order_by(Ticket.id.desc()).limit(MOST_RETURNED)).all()


def _given_back(wanted: Wanted, begins_at: datetime, ends_at: datetime) -> Wanted:
    """Of holdings that ended so in that time, with the unit that gave it back and the one that got it next."""
    following = (
        select(func.min(_LATER.id))
        .where(_LATER.ticket_id == Holding.ticket_id, _LATER.id > Holding.id)
        .scalar_subquery()
    )
    return (
        wanted.select_from(Holding)
        .join(_GIVER, _GIVER.id == Holding.unit_id)
        .outerjoin(_AFTER, _AFTER.id == following)
        .outerjoin(_TAKER, _TAKER.id == _AFTER.unit_id)
        .where(Holding.end_action.in_(GIVEN_BACK), Holding.ended_at >= begins_at, Holding.ended_at < ends_at)
    )


@dataclass(frozen=True)
class Orphans:
    """Open tickets of one topic in one place that the system was unsure of, or that came back twice."""

    topic_id: int | None
    topic: str | None
    place_id: int | None
    place: str | None
    n: int
    returned: int
    oldest_at: datetime
    numbers: Sequence[str] = field(default_factory=list)


#: ids and names of topic and place
Group = tuple[int | None, str | None, int | None, str | None]


def orphans(session: Session, *, by: Actor) -> list[Orphans]:
    """Grouped by topic and place, the largest group first; of each all numbers, the oldest first."""
    found = session.execute(
        select(
            Ticket.number,
            Ticket.registered_at,
            Ticket.return_count,
            Topic.id,
            Topic.full_name,
            Place.id,
            Place.full_name,
        )
        .outerjoin(Topic, Topic.id == Ticket.topic_id)
        .outerjoin(Place, Place.id == Ticket.place_id)
        .where(*_are_orphans(by))
        .order_by(Ticket.registered_at, Ticket.id)
        .limit(MOST_ORPHANS)
    ).all()
    groups: defaultdict[Group, list[tuple[str, datetime, int]]] = defaultdict(list)
    for number, registered_at, returns, topic_id, topic, place_id, place in found:
        groups[topic_id, topic, place_id, place].append((number, registered_at, returns))
    return sorted(
        (_group(group, rows) for group, rows in groups.items()),
        key=lambda one: (-one.n, one.oldest_at),
    )


def orphans_of(session: Session, *, topic_id: int | None, place_id: int | None, by: Actor) -> Sequence[Ticket]:
    """All tickets of one group, the oldest first; None: those without a topic, or without a place."""
    wanted = select(Ticket).where(*_are_orphans(by), Ticket.topic_id == topic_id, Ticket.place_id == place_id)
    ordered = wanted.options(*PRESENTED).order_by(Ticket.registered_at, Ticket.id)
    return session.scalars(ordered.limit(MOST_ORPHANS)).all()


def _are_orphans(by: Actor) -> tuple[ColumnElement[bool], ...]:
    unsure_or_often_back = or_(Ticket.is_uncertain.is_(True), Ticket.return_count >= RETURNED_OFTEN)
    return Ticket.state.in_(ORPHAN_STATES), not_kept_from(by), unsure_or_often_back


def _group(group: Group, rows: list[tuple[str, datetime, int]]) -> Orphans:
    return Orphans(
        *group,
        n=len(rows),
        returned=sum(returns >= RETURNED_OFTEN for _, _, returns in rows),
        oldest_at=rows[0][1],
        numbers=[number for number, _, _ in rows],
    )
