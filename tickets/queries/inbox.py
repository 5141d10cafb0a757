"""A unit's inbox: its tabs with counts, its four figures, its rows by due time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from tickets.clocks import local_day, midnight
from tickets.model import Holding, Ticket
from tickets.queries.lists import Listed, Order, counted, page_of
from tickets.rules import SATISFIED_FROM, State


class Tab(StrEnum):
    """待签收 · 办理中 · 退回重办 · 申请中 · 待审核 · 差评整改 · 已办."""

    TO_SIGN = "to_sign"
    IN_PROGRESS = "in_progress"
    REWORK = "rework"
    REQUESTED = "requested"
    REPLIED = "replied"
    REPAIR = "repair"
    DONE = "done"


_DONE = (State.TO_CALLBACK, State.CLOSED, State.ARCHIVED)


def sent_back() -> ColumnElement[bool]:
    """A reply that an auditor did not accept, or a matter that is done again."""
    return and_(Ticket.state == State.IN_PROGRESS, or_(Ticket.rework_no > 0, Ticket.reply_id.is_not(None)))


def tab_condition(tab: Tab, unit_id: int) -> ColumnElement[bool]:
    own = Ticket.unit_id == unit_id
    match tab:
        case Tab.TO_SIGN:
            return and_(own, Ticket.state == State.DISPATCHED)
        case Tab.IN_PROGRESS:
            return and_(own, Ticket.state == State.IN_PROGRESS, Ticket.rework_no == 0, Ticket.reply_id.is_(None))
        case Tab.REWORK:
            return and_(own, sent_back())
        case Tab.REQUESTED:
            return and_(own, Ticket.state == State.RETURN_REVIEW)
        case Tab.REPLIED:
            return and_(own, Ticket.state == State.REPLIED)
        case Tab.REPAIR:
            return and_(own, Ticket.needs_repair, Ticket.state.in_(_DONE))
        case Tab.DONE:
            return and_(own, Ticket.state.in_(_DONE))


@dataclass(frozen=True)
class InboxHead:
    """The four figures, and how many each tab holds (counted to 1,000)."""

    to_sign: int
    due_today: int
    overdue: int
    rated: int
    satisfied: int
    tabs: dict[Tab, int]


def inbox_head(session: Session, *, unit_id: int, month_began_at: datetime, now: datetime) -> InboxHead:
    """Open ones in one statement, finished ones counted to 1,000, ratings of this month."""

    def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    open_tabs = [tab for tab in Tab if tab not in {Tab.REPAIR, Tab.DONE}]
    today_ends = midnight(local_day(now)) + timedelta(days=1)
    owing = Ticket.state.in_((State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW))
    held = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW, State.REPLIED)
    due_today, overdue, *counts = session.execute(
        select(
            how_many(and_(owing, Ticket.unit_due_at > now, Ticket.unit_due_at <= today_ends)),
            how_many(and_(owing, Ticket.unit_due_at <= now)),
            *(how_many(tab_condition(tab, unit_id)) for tab in open_tabs),
        ).where(Ticket.unit_id == unit_id, Ticket.state.in_(held))
    ).one()
    tabs = dict(zip(open_tabs, counts, strict=True))
    for tab in (Tab.REPAIR, Tab.DONE):
        tabs[tab] = counted(session, [tab_condition(tab, unit_id)])
    rated, satisfied = _ratings(session, unit_id, month_began_at)
    return InboxHead(tabs[Tab.TO_SIGN], due_today, overdue, rated, satisfied, {tab: tabs[tab] for tab in Tab})


def _ratings(session: Session, unit_id: int, since: datetime) -> tuple[int, int]:
    """How many tickets that the unit answered since then were rated, and how many of them 3 or better."""
    satisfied = func.sum(case((Ticket.rating_level >= SATISFIED_FROM, 1), else_=0))
    n, good = session.execute(
        select(func.count(), satisfied).where(
            Ticket.unit_id == unit_id,
            Ticket.state.in_(_DONE),
            Ticket.rating_level.is_not(None),
            Ticket.answered_at >= since,
        )
    ).one()
    return n, good or 0


@dataclass(frozen=True)
class InboxPage:
    """Rows of one tab, with the present holding of each (its window for returning, who works on it)."""

    listed: Listed
    holdings: dict[int, Holding]


def inbox_list(session: Session, *, unit_id: int, tab: Tab, after: str | None = None, limit: int = 25) -> InboxPage:
    """By due time.  Three statements.  Raises BadCursor."""
    order = Order() if tab in {Tab.DONE, Tab.REPAIR} else Order(Ticket.unit_due_at)
    listed = page_of(session, [tab_condition(tab, unit_id)], order=order, after=after, limit=limit)
    ids = [ticket.holding_id for ticket in listed.tickets if ticket.holding_id is not None]
    held: Sequence[Holding] = session.scalars(select(Holding).where(Holding.id.in_(ids))).all() if ids else ()
    return InboxPage(listed, {holding.ticket_id: holding for holding in held})
