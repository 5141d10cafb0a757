"""Lists of tickets: filters, keyset paging, counts exact to 1,000.  Two statements a page, however many tickets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.masking import plain_number
from staff.model import Unit
from staff.rules import Actor
from tickets.kinds import EndTold, TicketType, Urgency
from tickets.model import Ending, Ticket, Topic
from tickets.model.ticket import OWING
from tickets.queries.access import PRESENTED, sees_own_unit_only, visible_to
from tickets.queries.paging import COUNTED_TO, Listed, Order, Sort, counted_page, page_of, read_cursor
from tickets.queries.search import ByDigits, ByWords, Wish, is_sqlite
from tickets.queries.sight import WIDE, Sight
from tickets.rules import OPEN_STATES, State
from tickets.search import is_about_number, sought_of

SOON = timedelta(days=1)
#: a promise is a matter of days
PROMISE_SOON = timedelta(days=3)
#: where tickets stay
MOST_TICKETS = frozenset({State.CLOSED, State.ARCHIVED})
#: a text, since a condition that SQLAlchemy took for a column would end in "= 1", and no index is for that
_IS_OWED = text(f"tickets.{OWING}")
NOTHING = Listed((), None, 0, False)


class DueFilter(StrEnum):
    """Where the citizen clock stands, or how far off the day is that a unit promised with its answer."""

    OVER = "over"
    SOON = "soon"
    UNKNOWN = "unknown"
    PROMISE_OVER = "promise_over"
    PROMISE_SOON = "promise_soon"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; every field that is set narrows further."""

    states: Sequence[State] = ()
    unit_id: int | None = None
    #: with whom it is now, or with one below
    working_unit_id: int | None = None
    topic_id: int | None = None
    types: Sequence[TicketType] = ()
    urgencies: Sequence[Urgency] = ()
    due: DueFilter | None = None
    text: str = ""
    #: the words of the text, cut as those of the tickets are; not asked for where it is a number
    words: Sequence[str] = ()
    registered_by_id: int | None = None
    needs_repair: bool = False
    is_drawn: bool = False
    is_untold: bool = False
    is_auto: bool = False
    since: datetime | None = None
    until: datetime | None = None
    extra: Sequence[ColumnElement[bool]] = field(default=())

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the text narrows it."""
        return any(getattr(self, one.name) for one in fields(self) if one.name not in {"text", "words"})


#: nothing is narrowed
ALL = Filters()


def list_tickets(
    session: Session,
    filters: Filters,
    *,
    by: Actor,
    phone_key: bytes,
    now: datetime,
    sort: Sort = Sort.NEWEST,
    after: str | None = None,
    limit: int = 25,
    wide: int = WIDE,
) -> Listed:
    """Raises BadCursor."""
    narrowed_to = conditions_of(session, filters, now=now)
    sight = Sight(session, by, wide)
    if not filters.text:
        if sort is Sort.NEWEST and sight.is_of_unit and not sight.is_wide:
            return newest_page(session, partial(sight.newest, narrowed_to), after=after, limit=limit)
        part = [*narrowed_to, sight.led] if sight.is_wide else None
        order, conditions = Order.of(sort), [*narrowed_to, sight.in_order]
        return page_of(session, conditions, order=order, after=after, limit=limit, part=part)
    wish = wish_of(filters, by=by, phone_key=phone_key)
    if wish is None:
        return NOTHING
    conditions = [*narrowed_to, sight.condition]
    # PostgreSQL would find out what a unit may see for each of its blocks
    is_walked = sort is Sort.NEWEST and not filters.is_narrow and (is_sqlite(session) or not sight.is_of_unit)
    if is_walked:
        return newest_page(session, partial(wish.newest, session, conditions), after=after, limit=limit)
    # of who may see very many, how many that are is not found out by asking each
    is_narrow = (filters.is_narrow or sight.is_of_unit) and not sight.is_wide
    narrowed = wish.narrowed(session, conditions, is_narrow=is_narrow)
    order, both = Order.of(sort), [*conditions, narrowed.page]
    return counted_page(session, both, counting=narrowed.counting, order=order, after=after, limit=limit)


def narrowed_page(
    session: Session,
    within: Sequence[ColumnElement[bool]],
    filters: Filters,
    *,
    by: Actor,
    phone_key: bytes,
    now: datetime,
    order: Order,
    after: str | None,
    limit: int,
) -> Listed:
    """One page of what the filters leave of a list that is narrow by itself.

    `within`: what makes the list, and what is kept from `by`.  Raises BadCursor.
    """
    conditions = [*within, *conditions_of(session, filters, now=now)]
    if not filters.text:
        return page_of(session, conditions, order=order, after=after, limit=limit)
    wish = wish_of(filters, by=by, phone_key=phone_key)
    if wish is None:
        return NOTHING
    narrowed = wish.narrowed(session, conditions, is_narrow=True)
    both = [*conditions, narrowed.page]
    return counted_page(session, both, counting=narrowed.counting, order=order, after=after, limit=limit)


def count_tickets(session: Session, filters: Filters, *, by: Actor, phone_key: bytes, now: datetime) -> int:
    """How many the whole list holds, however many."""
    conditions = [*conditions_of(session, filters, now=now), visible_to(by)]
    if filters.text:
        wish = wish_of(filters, by=by, phone_key=phone_key)
        conditions.append(false() if wish is None else wish.of_all(session))
    return session.scalar(select(func.count()).select_from(Ticket).where(*conditions)) or 0


def wish_of(filters: Filters, *, by: Actor, phone_key: bytes) -> Wish | None:
    """What the text of the filters looks for; None when it holds neither words nor a number."""
    if is_about_number(filters.text):
        return ByDigits(plain_number(filters.text), phone_key, is_outside=sees_own_unit_only(by))
    sought = sought_of(filters.words)
    return None if sought is None else ByWords(sought)


def newest_page(
    session: Session,
    newest: Callable[[int | None, int], CompoundSelect[int] | Select[int]],
    *,
    after: str | None,
    limit: int,
) -> Listed:
    """One page of ids that `newest` finds (below one of them, at most so many), newest first.

    The first page is read off what is counted: for where finding any of them means finding all.  Raises BadCursor.
    """
    counted = newest(None, COUNTED_TO + 1).cte("counted")
    n, (id_, *_) = select(func.count()).select_from(counted).scalar_subquery(), counted.c
    found = session.execute(select(id_, n).order_by(id_.desc()).limit(limit + 1)).all()
    n_counted, ids = found[0][1] if found else 0, [row[0] for row in found]
    if after:
        ids = list(session.scalars(newest(read_cursor(after)[1], limit + 1)))
    rows = select(Ticket).where(Ticket.id.in_(ids[:limit])).options(*PRESENTED).order_by(Ticket.id.desc())
    tickets = session.scalars(rows).all() if ids else ()
    more = Order().cursor(tickets[-1]) if len(ids) > limit else None
    return Listed(tickets, more, min(n_counted, COUNTED_TO), n_counted > COUNTED_TO)


def conditions_of(session: Session, filters: Filters, *, now: datetime) -> list[ColumnElement[bool]]:
    """The filters but the text as SQL conditions."""
    conditions = [*filters.extra]
    if filters.states:
        conditions.append(_state_condition(filters.states))
    if filters.types:
        conditions.append(Ticket.type.in_(filters.types))
    if filters.urgencies:
        conditions.append(Ticket.urgency.in_(filters.urgencies))
    if filters.registered_by_id is not None:
        conditions.append(Ticket.registered_by_id == filters.registered_by_id)
    if filters.needs_repair:
        conditions.append(Ticket.needs_repair.is_(True))
    if filters.is_auto:
        conditions.append(Ticket.is_auto_dispatched.is_(True))
    if filters.is_drawn:
        conditions.append(Ticket.is_drawn_for_check.is_(True))
    return conditions + _wide_conditions(session, filters, now)


def _state_condition(states: Sequence[State]) -> ColumnElement[bool]:
    """Several states that hold most tickets are not looked up: sorting them costs more than to pass by the others."""
    is_most = len(states) > 1 and not MOST_TICKETS.isdisjoint(states)
    return Ticket.state.in_(states) if not is_most else cast(Ticket.state, String).concat("").in_(states)


def _wide_conditions(session: Session, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, ids in _subtrees(session, filters):
        conditions.append(column.in_(ids))
    if filters.is_untold:
        untold = select(Ending.ticket_id).where(Ending.told == EndTold.TO_CALL)
        conditions.append(Ticket.id.in_(untold))
    if filters.due is not None:
        conditions.append(due_condition(filters.due, now))
    if filters.since is not None:
        conditions.append(Ticket.registered_at >= filters.since)
    if filters.until is not None:
        conditions.append(Ticket.registered_at < filters.until)
    return conditions


def _subtrees(session: Session, filters: Filters) -> list[tuple[InstrumentedAttribute[int | None], list[int]]]:
    """What the unit and the topic have below them, in one statement.

    Read before: most have nothing, and for a single one the list stands in order in an index.
    """
    trees = []
    if filters.unit_id is not None:
        trees.append((Ticket.unit_id, unit_subtree(filters.unit_id)))
    if filters.working_unit_id is not None:
        trees.append((Ticket.working_unit_id, unit_subtree(filters.working_unit_id)))
    if filters.topic_id is not None:
        trees.append((Ticket.topic_id, topic_subtree(filters.topic_id)))
    if not trees:
        return []
    parts = (ids.add_columns(literal(n).label("n")) for n, (_, ids) in enumerate(trees))
    found = session.execute(union_all(*parts)).all()
    return [(column, [id_ for id_, number in found if number == n]) for n, (column, _) in enumerate(trees)]


def unit_subtree(unit_id: int) -> Select[int]:
    own = select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    return select(Unit.id).where(Unit.path.startswith(own))


def topic_subtree(topic_id: int) -> Select[int]:
    """The topic and two levels below it: the tree has three."""
    children = select(Topic.id).where(Topic.parent_id == topic_id)
    return select(Topic.id).where(or_(Topic.id == topic_id, Topic.parent_id == topic_id, Topic.parent_id.in_(children)))


def due_condition(due: DueFilter, now: datetime) -> ColumnElement[bool]:
    """On the citizen clock, of tickets that still owe an answer; of the others, what was promised and is not done."""
    match due:
        case DueFilter.OVER:
            return and_(_IS_OWED, Ticket.citizen_due_at <= now)
        case DueFilter.SOON:
            between = Ticket.citizen_due_at.between(now, now + SOON)
            return and_(_IS_OWED, between)
        case DueFilter.UNKNOWN:
            return and_(Ticket.state.in_(OPEN_STATES), Ticket.citizen_due_at.is_(None))
        case DueFilter.PROMISE_OVER:
            return Ticket.promise_due_at <= now
        case DueFilter.PROMISE_SOON:
            return Ticket.promise_due_at.between(now, now + PROMISE_SOON)
