"""Pages of tickets: keyset paging in either order, counts exact to 1,000."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ARRAY, BigInteger, ColumnElement, ScalarSelect, Select, any_, case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from tickets.errors import BadCursor
from tickets.kinds import Urgency
from tickets.model import Ticket
from tickets.queries.access import PRESENTED

COUNTED_TO = 1000
#: the more urgent, the sooner
RANKS = {Urgency.CRITICAL: 0, Urgency.URGENT: 1, Urgency.NORMAL: 2}
RANK = case(RANKS, value=Ticket.urgency)


class Sort(StrEnum):
    """Newest first, or what is due first."""

    NEWEST = "newest"
    DUE = "due"


@dataclass(frozen=True)
class Listed:
    """One page: rows, the cursor of the next one (None at the end), and how many there are, counted to 1,000."""

    tickets: Sequence[Ticket]
    next: str | None
    n: int
    is_more: bool


@dataclass(frozen=True)
class Order:
    """How a list is sorted: the newest id first, or by a moment, with those that have none at the end.

    Both parts of the second are read along an index, so that a page costs the same however long the list is.
    `urgent_first`: among those of one moment the more urgent come first; only they are sorted then.
    """

    column: Any = None
    urgent_first: bool = False

    @classmethod
    def of(cls, sort: Sort) -> Self:
        return cls(Ticket.citizen_due_at) if sort is Sort.DUE else cls()

    def rows(
        self, session: Session, conditions: Sequence[ColumnElement[bool]], *, after: str | None, limit: int
    ) -> list[Ticket]:
        """Up to `limit` rows after a cursor.  Raises BadCursor."""
        moment, number, rank = (None, None, 0) if after is None else read_cursor(after)
        wanted = select(Ticket.id).where(*conditions)
        if self.column is None:
            beyond = wanted if number is None else wanted.where(Ticket.id < number)
            return _presented(session, beyond, Ticket.id.desc(), limit=limit)
        found: list[Ticket] = []
        if after is None or moment is not None:
            dated = wanted.where(self.column.is_not(None))
            if moment is not None:
                later = tuple_(self.column, *self._ties) > (moment, *self._tied(rank, number))
                # said once more, since an index knows nothing of ranks
                dated = dated.where(self.column >= moment, later)
            found = _presented(session, dated, self.column, *self._ties, limit=limit)
        if len(found) < limit:
            undated = wanted.where(self.column.is_(None))
            if after is not None and moment is None:
                undated = undated.where(tuple_(*self._ties) > self._tied(rank, number))
            found += _presented(session, undated, *self._ties, limit=limit - len(found))
        return found

    @property
    def _ties(self) -> tuple[Any, ...]:
        """What decides between tickets of one moment."""
        return (RANK, Ticket.id) if self.urgent_first else (Ticket.id,)

    def _tied(self, rank: int, number: int | None) -> tuple[Any, ...]:
        return (rank, number) if self.urgent_first else (number,)

    def cursor(self, ticket: Ticket) -> str:
        moment = getattr(ticket, self.column.key) if self.column is not None else None
        rank = f"~{RANKS[ticket.urgency]}" if self.urgent_first else ""
        return f"{moment.isoformat() if moment else ''}~{ticket.id}{rank}"


def _presented(session: Session, ids: Select[int], *order: Any, limit: int) -> list[Ticket]:
    """The first of these in that order; only they are read as a whole, the others in indexes where that is enough."""
    first = ids.order_by(*order).limit(limit)
    rows = select(Ticket).where(Ticket.id.in_(first)).options(*PRESENTED).order_by(*order)
    return list(session.scalars(rows))


def read_cursor(cursor: str) -> tuple[datetime | None, int, int]:
    """Moment, id and rank of urgency."""
    moment, _, rest = cursor.partition("~")
    number, _, rank = rest.partition("~")
    try:
        read = datetime.fromisoformat(moment) if moment else None
        if (read is not None and read.tzinfo is None) or not 0 < int(number) < 2**53:
            raise BadCursor
        return read and read.astimezone(UTC), int(number), min(max(int(rank or 0), 0), len(RANKS))
    except (ValueError, OverflowError) as error:
        raise BadCursor from error


def page_of(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    *,
    order: Order,
    after: str | None,
    limit: int,
    part: Sequence[ColumnElement[bool]] | None = None,
) -> Listed:
    """One page under these conditions; an empty cursor is the first page's.

    `part`: conditions that find a part of them sooner; the rest is not counted where that is more than is counted to.
    Raises BadCursor.
    """
    found = order.rows(session, conditions, after=after or None, limit=limit + 1)
    n = counted(session, select(Ticket.id).where(*part)) if part is not None else 0
    if n <= COUNTED_TO:
        n = counted(session, select(Ticket.id).where(*conditions))
    return _listed(found, n, order, limit)


def counted_page(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    *,
    counting: Select[int],
    order: Order,
    after: str | None,
    limit: int,
) -> Listed:
    """The same, where `counting` finds the ids of the whole list another way: a list that ends there is known by them.

    Raises BadCursor.
    """
    ids = session.scalars(counting.limit(COUNTED_TO + 1)).all()
    is_whole = len(ids) <= COUNTED_TO
    found = order.rows(
        session, [is_one_of(session, ids)] if is_whole else conditions, after=after or None, limit=limit + 1
    )
    return _listed(found, len(ids), order, limit)


def _listed(found: list[Ticket], n: int, order: Order, limit: int) -> Listed:
    """The page with the cursor of the next one; `n` may be above what is counted to."""
    tickets = found[:limit]
    following = order.cursor(tickets[-1]) if len(found) > limit else None
    return Listed(tickets, following, min(n, COUNTED_TO), n > COUNTED_TO)


def is_one_of(session: Session, ids: Sequence[int]) -> ColumnElement[bool]:
    """One value for all on PostgreSQL, whose driver takes long over a thousand."""
    if session.get_bind().dialect.name == "sqlite":
        return Ticket.id.in_(ids)
    return Ticket.id == any_(literal(list(ids), ARRAY(BigInteger)))


def counted(session: Session, ids: Select[int], *, to: int = COUNTED_TO) -> int:
    """How many, looking at no more than one more than `to`."""
    some = ids.limit(to + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def count_of(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many tickets meet it, counted to 1,001, as part of a statement."""
    some = select(literal(1)).select_from(Ticket).where(condition).limit(COUNTED_TO + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
