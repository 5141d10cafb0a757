"""What has been sent today: by oneself, to be taken back; by the system, to be looked at and checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from staff.rules import Actor
from tickets.clocks import local_day, midnight
from tickets.model import AutomaticDispatch, Holding, Ticket
from tickets.queries.access import PRESENTED, not_kept_from
from tickets.queries.paging import COUNTED_TO
from tickets.rules import Action

#: the tab 自动派出 shows the last day
SHOWN_FOR = timedelta(hours=24)


class Checking(StrEnum):
    """Which automatic dispatches: those that wait for a person's word, those that have it, those found wrong."""

    OWED = "owed"
    DONE = "done"
    WRONG = "wrong"


@dataclass(frozen=True)
class Sending:
    """One dispatch: its ticket as it stands, the holding it began, and for the system's own what was said of it."""

    ticket: Ticket
    holding: Holding
    automatic: AutomaticDispatch | None = None


@dataclass(frozen=True)
class SentPage:
    """The newest first; `next` is the id to go on below."""

    rows: Sequence[Sending]
    next: int | None
    n: int
    is_more: bool


def own_of_today(by: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """One's own dispatches since midnight, but for those taken back."""
    return (
        Holding.dispatched_by_id == by.person_id,
        Holding.dispatched_at >= midnight(local_day(now)),
        Holding.end_action != Action.RECALL.value,
    )


def sent_by(session: Session, *, by: Actor, now: datetime, after: int | None, limit: int) -> SentPage:
    """我已派: one's own dispatches of this day.  Three statements."""
    newest = select(func.max(Holding.id)).where(*own_of_today(by, now)).group_by(Holding.ticket_id)
    mine = (Holding.id.in_(newest), not_kept_from(by))
    found = select(Holding).join(Ticket, Ticket.id == Holding.ticket_id).where(*mine).options(joinedload(Holding.unit))
    if after is not None:
        found = found.where(Holding.id < after)
    holdings = session.scalars(found.order_by(Holding.id.desc()).limit(limit + 1)).all()
    tickets = _tickets(session, [holding.ticket_id for holding in holdings])
    rows = [Sending(tickets[holding.ticket_id], holding) for holding in holdings[:limit]]
    n = _counted(
        session, select(literal(1)).select_from(Holding).join(Ticket, Ticket.id == Holding.ticket_id).where(*mine)
    )
    return _page(rows, holdings[limit - 1].id if len(holdings) > limit else None, n)


def sent_automatically(
    session: Session,
    *,
    by: Actor,
    now: datetime,
    checking: Checking | None = None,
    after: int | None = None,
    limit: int = 25,
) -> SentPage:
    """自动派出 of the last day; those that still wait for a word are shown however old they are.  Three statements."""
    conditions = (*_of(checking, now), not_kept_from(by))
    found = (
        select(AutomaticDispatch)
        .join(AutomaticDispatch.holding)
        .join(AutomaticDispatch.ticket)
        .where(*conditions)
        .options(contains_eager(AutomaticDispatch.holding), joinedload(AutomaticDispatch.unit))
    )
    if after is not None:
        found = found.where(AutomaticDispatch.id < after)
    sent = session.scalars(found.order_by(AutomaticDispatch.id.desc()).limit(limit + 1)).all()
    tickets = _tickets(session, [one.ticket_id for one in sent])
    rows = [Sending(tickets[one.ticket_id], one.holding, one) for one in sent[:limit]]
    some = select(literal(1)).select_from(AutomaticDispatch).join(AutomaticDispatch.ticket).where(*conditions)
    n = _counted(session, some)
    return _page(rows, sent[limit - 1].id if len(sent) > limit else None, n)


@dataclass(frozen=True)
class AutomaticHead:
    """How many the system sent in the last day, and how many drawn ones wait for a person's word."""

    sent: int
    owed: int


def automatic_head(session: Session, *, now: datetime) -> AutomaticHead:
    def how_many(checking: Checking | None) -> int:
        return session.scalar(select(func.count()).select_from(AutomaticDispatch).where(*_of(checking, now))) or 0

    return AutomaticHead(how_many(None), how_many(Checking.OWED))


def _of(checking: Checking | None, now: datetime) -> tuple[ColumnElement[bool], ...]:
    lately = AutomaticDispatch.sent_at > now - SHOWN_FOR
    match checking:
        case Checking.OWED:
            return (and_(AutomaticDispatch.is_drawn, AutomaticDispatch.is_right.is_(None)),)
        case Checking.DONE:
            return (lately, AutomaticDispatch.is_right.is_not(None))
        case Checking.WRONG:
            return (lately, AutomaticDispatch.is_right.is_(False))
    return (lately,)


def _tickets(session: Session, ids: Sequence[int]) -> dict[int, Ticket]:
    found = session.scalars(select(Ticket).where(Ticket.id.in_(ids)).options(*PRESENTED))
    return {ticket.id: ticket for ticket in found}


def _counted(session: Session, some: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(some.limit(COUNTED_TO + 1).subquery())) or 0


def _page(rows: Sequence[Sending], following: int | None, n: int) -> SentPage:
    return SentPage(rows, following, min(n, COUNTED_TO), n > COUNTED_TO)
