"""Lists of tickets: filters, keyset paging, counts exact to 1,000.  Two statements a page, however many tickets."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
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
    tuple_,
)
from sqlalchemy.orm import Session

from staff.model import Unit
from staff.rules import Actor
from tickets.errors import BadCursor
from tickets.kinds import Secrecy, TicketType, Urgency
from tickets.model import Ticket, Topic
from tickets.model.ticket import OWING
from tickets.queries.access import PRESENTED, visible_to
from tickets.queries.search import digits_condition, has_words, newest_ids, words_condition
from tickets.rules import OPEN_STATES, State
from tickets.search import Sought, is_about_number, sought_of

COUNTED_TO = 1000
SOON = timedelta(days=1)
#: where tickets stay
MOST_TICKETS = frozenset({State.CLOSED, State.ARCHIVED})
#: a text, since a condition that SQLAlchemy took for a column would end in "= 1", and no index is for that
_IS_OWED = text(f"tickets.{OWING}")


class Sort(StrEnum):
    """Newest first, or what is due first."""

    NEWEST = "newest"
    DUE = "due"


class DueFilter(StrEnum):
    """Where the citizen clock stands."""

    OVER = "over"
    SOON = "soon"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; every field that is set narrows further."""

    states: Sequence[State] = ()
    unit_id: int | None = None
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
    is_auto: bool = False
    since: datetime | None = None
    until: datetime | None = None
    extra: Sequence[ColumnElement[bool]] = field(default=())


@dataclass(frozen=True)
class Listed:
    """One page: rows, the cursor of the next one (None at the end), and how many there are, counted to 1,000."""

    tickets: Sequence[Ticket]
    next: str | None
    n: int
    is_more: bool


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
) -> Listed:
    """Raises BadCursor."""
    conditions = [*conditions_of(session, filters, now=now), visible_to(by)]
    sought, in_text = text_conditions(session, filters, phone_key=phone_key)
    if sought is None:
        return page_of(session, [*conditions, *in_text], order=Order.of(sort), after=after, limit=limit)
    if sort is Sort.NEWEST and replace(filters, text="", words=()) == Filters():
        return found_page(session, sought, conditions, after=after, limit=limit)
    in_text = words_among(session, sought)
    return page_of(session, [*conditions, *in_text], order=Order.of(sort), after=after, limit=limit)


def words_among(session: Session, sought: Sought) -> list[ColumnElement[bool]]:
    """For lists that are narrowed or sorted by something else: rare words are looked up first, others in each row."""
    ids = session.scalars(newest_ids(session, sought, [], below=None, at_most=COUNTED_TO + 1)).all()
    if len(ids) > COUNTED_TO:
        return [has_words(session, sought)]
    return [Ticket.id.in_(ids), Ticket.secrecy != Secrecy.SEALED]


def count_tickets(session: Session, filters: Filters, *, by: Actor, phone_key: bytes, now: datetime) -> int:
    """How many the whole list holds, however many."""
    _, in_text = text_conditions(session, filters, phone_key=phone_key)
    conditions = [*conditions_of(session, filters, now=now), visible_to(by), *in_text]
    return session.scalar(select(func.count()).select_from(Ticket).where(*conditions)) or 0


def text_conditions(
    session: Session, filters: Filters, *, phone_key: bytes
) -> tuple[Sought | None, list[ColumnElement[bool]]]:
    """What the index is asked for where words are looked for; and the same, or the number, as a condition."""
    if not filters.text:
        return None, []
    if is_about_number(filters.text):
        return None, [digits_condition(session, filters.text, phone_key)]
    sought = sought_of(filters.words)
    return sought, [words_condition(session, sought) if sought is not None else false()]


def found_page(
    session: Session, sought: Sought, conditions: Sequence[ColumnElement[bool]], *, after: str | None, limit: int
) -> Listed:
    """One page of what the index finds, newest first.  Raises BadCursor."""
    below = _read_cursor(after)[1] if after else None
    ids = session.scalars(newest_ids(session, sought, conditions, below=below, at_most=limit + 1)).all()
    rows = select(Ticket).where(Ticket.id.in_(ids)).options(*PRESENTED).order_by(Ticket.id.desc())
    tickets = session.scalars(rows.limit(limit)).all() if ids else ()
    counted_ids = newest_ids(session, sought, conditions, below=None, at_most=COUNTED_TO + 1).subquery()
    n = session.scalar(select(func.count()).select_from(counted_ids)) or 0
    more = Order().cursor(tickets[-1]) if len(ids) > limit else None
    return Listed(tickets, more, min(n, COUNTED_TO), n > COUNTED_TO)


@dataclass(frozen=True)
class Order:
    """How a list is sorted: the newest id first, or by a moment, with those that have none at the end.

    Both parts of the second are read along an index, so that a page costs the same however long the list is.
    """

    column: Any = None

    @classmethod
    def of(cls, sort: Sort) -> "Order":
        return cls(Ticket.citizen_due_at) if sort is Sort.DUE else cls()

    def rows(
        self, session: Session, conditions: Sequence[ColumnElement[bool]], *, after: str | None, limit: int
    ) -> list[Ticket]:
        """Up to `limit` rows after a cursor.  Raises BadCursor."""
        moment, number = (None, None) if after is None else _read_cursor(after)
        wanted = select(Ticket).where(*conditions).options(*PRESENTED)
        if self.column is None:
            beyond = wanted if number is None else wanted.where(Ticket.id < number)
            return list(session.scalars(beyond.order_by(Ticket.id.desc()).limit(limit)))
        found: list[Ticket] = []
        if after is None or moment is not None:
            dated = wanted.where(self.column.is_not(None)).order_by(self.column, Ticket.id)
            if moment is not None:
                dated = dated.where(tuple_(self.column, Ticket.id) > (moment, number))
            found = list(session.scalars(dated.limit(limit)))
        if len(found) < limit:
            undated = wanted.where(self.column.is_(None)).order_by(Ticket.id)
            if after is not None and moment is None:
                undated = undated.where(Ticket.id > number)
            found += session.scalars(undated.limit(limit - len(found)))
        return found

    def cursor(self, ticket: Ticket) -> str:
        moment = getattr(ticket, self.column.key) if self.column is not None else None
        return f"{moment.isoformat() if moment else ''}~{ticket.id}"


def _read_cursor(cursor: str) -> tuple[datetime | None, int]:
    moment, _, number = cursor.partition("~")
    try:
        read = datetime.fromisoformat(moment) if moment else None
        if (read is not None and read.tzinfo is None) or not 0 < int(number) < 2**53:
            raise BadCursor
        return read and read.astimezone(UTC), int(number)
    except (ValueError, OverflowError) as error:
        raise BadCursor from error


def page_of(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, order: Order, after: str | None, limit: int
) -> Listed:
    """One page under these conditions; an empty cursor is the first page's.  Raises BadCursor."""
    found = order.rows(session, conditions, after=after or None, limit=limit + 1)
    n = counted(session, conditions)
    more = len(found) > limit
    tickets = found[:limit]
    return Listed(tickets, order.cursor(tickets[-1]) if more else None, min(n, COUNTED_TO), n > COUNTED_TO)


def counted(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    """How many tickets, looking at no more than 1,001."""
    some = select(literal(1)).select_from(Ticket).where(*conditions).limit(COUNTED_TO + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


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
    if filters.unit_id is not None:
        conditions.append(Ticket.unit_id.in_(subtree(session, unit_subtree(filters.unit_id))))
    if filters.topic_id is not None:
        conditions.append(Ticket.topic_id.in_(subtree(session, topic_subtree(filters.topic_id))))
    if filters.due is not None:
        conditions.append(due_condition(filters.due, now))
    if filters.since is not None:
        conditions.append(Ticket.registered_at >= filters.since)
    if filters.until is not None:
        conditions.append(Ticket.registered_at < filters.until)
    return conditions


def subtree(session: Session, ids: Select[int]) -> list[int]:
    """Read before: most have nothing below them, and for a single one the list stands in order in an index."""
    return list(session.scalars(ids))


def unit_subtree(unit_id: int) -> Select[int]:
    own = select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    return select(Unit.id).where(Unit.path.startswith(own))


def topic_subtree(topic_id: int) -> Select[int]:
    """The topic and two levels below it: the tree has three."""
    children = select(Topic.id).where(Topic.parent_id == topic_id)
    return select(Topic.id).where(or_(Topic.id == topic_id, Topic.parent_id == topic_id, Topic.parent_id.in_(children)))


def due_condition(due: DueFilter, now: datetime) -> ColumnElement[bool]:
    """On the citizen clock, of tickets that still owe an answer."""
    match due:
        case DueFilter.OVER:
            return and_(_IS_OWED, Ticket.citizen_due_at <= now)
        case DueFilter.SOON:
            between = Ticket.citizen_due_at.between(now, now + SOON)
            return and_(_IS_OWED, between)
        case DueFilter.UNKNOWN:
            return and_(Ticket.state.in_(OPEN_STATES), Ticket.citizen_due_at.is_(None))
