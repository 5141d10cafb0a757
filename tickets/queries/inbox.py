"""A unit's inbox: its tabs with counts, its four figures, its rows by due time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session, joinedload

from staff.rules import Actor
from tickets.clocks import local_day, midnight
from tickets.kinds import InnerState, PartState
from tickets.model import HelperPart, Holding, InnerHolding, Oversight, Ticket
from tickets.queries.access import not_kept_from
from tickets.queries.lists import ALL, Filters, narrowed_page
from tickets.queries.paging import Listed, Order, count_of
from tickets.rules import State


class Tab(StrEnum):
    """待签收 · 办理中 · 退回重办 · 待下级报 · 本级待审 · 协办 · 申请中 · 待审核 · 承诺事项 · 已办."""

    TO_SIGN = "to_sign"
    IN_PROGRESS = "in_progress"
    REWORK = "rework"
    BELOW = "below"
    TO_AUDIT = "to_audit"
    HELPING = "helping"
    REQUESTED = "requested"
    REPLIED = "replied"
    PROMISED = "promised"
    DONE = "done"


class Figure(StrEnum):
    """待签收 · 今日到期 · 已超期: figures of the head, each of which opens its own rows."""

    TO_SIGN = "to_sign"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"


PAPERS_SHOWN = 50
_Row = TypeVar("_Row", Holding, InnerHolding, HelperPart)
_DONE = (State.TO_CALLBACK, State.CLOSED, State.ARCHIVED)
_OWING = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW)
_HELD = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW, State.REPLIED, State.PARKED)
#: what a unit works on is found by `working_unit_id`, what it leads by `unit_id`; the rest has tables of its own
_WORKED = (Tab.TO_SIGN, Tab.IN_PROGRESS, Tab.REWORK, Tab.TO_AUDIT)
_LED = (Tab.REQUESTED, Tab.REPLIED)
_ORDERS = {Tab.DONE: Order(), Tab.PROMISED: Order(Ticket.promise_due_at)}
_OTHERS = tuple(tab for tab in Tab if tab not in {*_WORKED, *_LED})
#: a moment, or the parameter that will be one
_At = datetime | BindParameter[datetime]


def tab_condition(tab: Tab, unit_id: int) -> ColumnElement[bool]:
    if tab in _WORKED:
        return and_(Ticket.working_unit_id == unit_id, _worked(tab))
    if tab is Tab.BELOW:
        sent = select(InnerHolding.ticket_id).where(
            InnerHolding.from_unit_id == unit_id, InnerHolding.state.in_((InnerState.SENT, InnerState.SIGNED))
        )
        return and_(Ticket.id.in_(sent), Ticket.state == State.IN_PROGRESS, Ticket.working_unit_id != unit_id)
    if tab is Tab.HELPING:
        helped = select(HelperPart.ticket_id).where(HelperPart.unit_id == unit_id, HelperPart.state == PartState.OPEN)
        return Ticket.id.in_(helped)
    return and_(Ticket.unit_id == unit_id, _led(tab))


def _worked(tab: Tab) -> ColumnElement[bool]:
    """Of what the unit works on now, whether it leads or was sent it from above; what is on the shelf has a plan."""
    is_at_work = and_(
        Ticket.state.in_((State.IN_PROGRESS, State.PARKED)),
        or_(Ticket.inner_state.is_(None), Ticket.inner_state == InnerState.SIGNED),
        not_(Ticket.waits_for_release),
    )
    was_done = or_(Ticket.rework_no > 0, Ticket.reply_id.is_not(None))
    match tab:
        case Tab.TO_SIGN:
            return or_(Ticket.state == State.DISPATCHED, Ticket.inner_state == InnerState.SENT)
        case Tab.IN_PROGRESS:
            return and_(is_at_work, not_(was_done))
        case Tab.TO_AUDIT:
            is_read_here = or_(Ticket.inner_state == InnerState.REPORTED, Ticket.waits_for_release)
            return and_(Ticket.state == State.IN_PROGRESS, is_read_here)
    return and_(is_at_work, was_done)


def _led(tab: Tab) -> ColumnElement[bool]:
    """Of what the unit answers for."""
    match tab:
        case Tab.REQUESTED:
            requested = and_(Ticket.state == State.IN_PROGRESS, Ticket.has_request)
            lacking = and_(Ticket.state.in_((State.DISPATCHED, State.IN_PROGRESS)), Ticket.missing != "")
            return or_(Ticket.state == State.RETURN_REVIEW, requested, lacking)
        case Tab.REPLIED:
            return Ticket.state == State.REPLIED
        case Tab.PROMISED:
            return Ticket.promise_due_at.is_not(None)
    return Ticket.state.in_(_DONE)


def _of_figure(figure: Figure, units: Collection[int], *, now: _At, today_ends: _At) -> ColumnElement[bool]:
    """Of what the units work on (to be signed), or answer for (due)."""
    if figure is Figure.TO_SIGN:
        return and_(Ticket.working_unit_id.in_(units), _worked(Tab.TO_SIGN))
    is_owed = and_(Ticket.unit_id.in_(units), Ticket.state.in_(_OWING))
    if figure is Figure.OVERDUE:
        return and_(is_owed, Ticket.unit_due_at <= now)
    return and_(is_owed, Ticket.unit_due_at > now, Ticket.unit_due_at <= today_ends)


def day_end(now: datetime) -> datetime:
    """24:00 of the day in Shanghai."""
    return midnight(local_day(now)) + timedelta(days=1)


@dataclass(frozen=True)
class InboxHead:
    """Three figures, how many each tab holds (counted to 1,000), and papers that wait for a receipt."""

    to_sign: int
    due_today: int
    overdue: int
    papers: int
    tabs: dict[Tab, int]


def inbox_head(
    session: Session, *, unit_id: int, by: Actor, now: datetime, reach: Collection[int] | None = None
) -> InboxHead:
    """What is led and what is worked on in a statement each, the other tabs in one; without what is kept from `by`.

    The three figures are those of all units of `reach` together (None: of this one), the tabs always the unit's own.
    """
    led, worked, rest = _statements(unit_id, tuple(sorted([unit_id] if reach is None else reach)), by)
    at = {"now": now, "today_ends": day_end(now)}
    due_today, overdue, *of_led = session.execute(led, at).one()
    to_sign, *of_worked = session.execute(worked, at).one()
    *of_others, papers = session.execute(rest).one()
    tabs = dict(zip((*_LED, *_WORKED, *_OTHERS), (*of_led, *of_worked, *of_others), strict=True))
    return InboxHead(
        to_sign=to_sign,
        due_today=due_today,
        overdue=overdue,
        papers=papers,
        tabs={tab: tabs[tab] for tab in Tab},
    )


@lru_cache(maxsize=256)
def _statements(unit_id: int, units: tuple[int, ...], by: Actor) -> tuple[Select[*tuple[Any, ...]], ...]:
    """What is led, what is worked on, and the rest; kept, since to build them takes longer than to run them."""
    may_see = not_kept_from(by)
    of_figure = partial(_of_figure, units=units, now=bindparam("now"), today_ends=bindparam("today_ends"))
    led = _sums(
        and_(Ticket.unit_id.in_(units), may_see),
        of_figure(Figure.DUE_TODAY),
        of_figure(Figure.OVERDUE),
        *(tab_condition(tab, unit_id) for tab in _LED),
    )
    worked = _sums(
        and_(Ticket.working_unit_id.in_(units), may_see),
        of_figure(Figure.TO_SIGN),
        *(tab_condition(tab, unit_id) for tab in _WORKED),
    )
    others = (count_of(and_(tab_condition(tab, unit_id), may_see)) for tab in _OTHERS)
    return led, worked, select(*others, _papers(unit_id))


def _sums(own: ColumnElement[bool], *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """How many open tickets meet each condition."""
    sums = (func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions)
    return select(*sums).where(own, Ticket.state.in_(_HELD))


def _papers(unit_id: int) -> ScalarSelect[int]:
    waiting = select(func.count()).select_from(Oversight).join(Ticket, Ticket.id == Oversight.ticket_id)
    return waiting.where(*_waits_for_receipt(unit_id)).scalar_subquery()


def _waits_for_receipt(unit_id: int) -> tuple[ColumnElement[bool], ...]:
    """Of the present holding: who has lost the ticket signs for nothing any more."""
    return (
        Oversight.unit_id == unit_id,
        Oversight.received_at.is_(None),
        Oversight.holding_id == Ticket.holding_id,
        Ticket.state.in_(_HELD),
    )


def papers_without_receipt(session: Session, *, unit_id: int) -> Sequence[tuple[Oversight, Ticket]]:
    """Papers of the ladder that wait for the unit's receipt, with their tickets, oldest first; some at once."""
    waiting = (
        select(Oversight, Ticket)
        .join(Ticket, Ticket.id == Oversight.ticket_id)
        .where(*_waits_for_receipt(unit_id))
        .options(joinedload(Oversight.unit))
    )
    rows = session.execute(waiting.order_by(Oversight.id).limit(PAPERS_SHOWN))
    return [(paper, ticket) for paper, ticket in rows]


@dataclass(frozen=True)
class InboxPage:
    """Rows of one tab by ticket: the present holding, the step below that is open, and the unit's own part."""

    listed: Listed
    holdings: dict[int, Holding]
    below: dict[int, InnerHolding]
    parts: dict[int, HelperPart]


def inbox_list(
    session: Session,
    *,
    unit_id: int,
    by: Actor,
    tab: Tab,
    now: datetime,
    filters: Filters = ALL,
    phone_key: bytes = b"",
    after: str | None = None,
    limit: int = 25,
) -> InboxPage:
    """What the filters leave of a tab by due time, without what `by` stepped aside from.  Raises BadCursor.

    At most five statements, and those of the search.
    """
    order = _ORDERS.get(tab, Order(Ticket.unit_due_at))
    own = [tab_condition(tab, unit_id), not_kept_from(by)]
    listed = narrowed_page(
        session, own, filters, by=by, phone_key=phone_key, now=now, order=order, after=after, limit=limit
    )
    return _with_steps(session, listed, helper_id=unit_id if tab is Tab.HELPING else None)


def figure_list(
    session: Session,
    figure: Figure,
    *,
    units: Collection[int],
    by: Actor,
    now: datetime,
    filters: Filters = ALL,
    phone_key: bytes = b"",
    after: str | None = None,
    limit: int = 25,
) -> InboxPage:
    """Of exactly the rows that a figure of the head counts what the filters leave, by due time.  Raises BadCursor."""
    is_of_it = _of_figure(figure, units, now=now, today_ends=day_end(now))
    counted = [is_of_it, Ticket.state.in_(_HELD), not_kept_from(by)]
    order = Order(Ticket.unit_due_at)
    listed = narrowed_page(
        session, counted, filters, by=by, phone_key=phone_key, now=now, order=order, after=after, limit=limit
    )
    return _with_steps(session, listed, helper_id=None)


def _with_steps(session: Session, listed: Listed, *, helper_id: int | None) -> InboxPage:
    """`helper_id`: the unit whose own parts are wanted."""
    holdings = {ticket.holding_id for ticket in listed.tickets if ticket.holding_id is not None}
    below = {ticket.inner_id for ticket in listed.tickets if ticket.inner_id is not None}
    helped = [ticket.id for ticket in listed.tickets] if helper_id is not None else []
    own = (HelperPart.unit_id == helper_id, HelperPart.state == PartState.OPEN)
    return InboxPage(
        listed,
        _by_ticket(session, select(Holding).where(Holding.id.in_(holdings)), holdings),
        _by_ticket(
            session,
            select(InnerHolding).where(InnerHolding.id.in_(below)).options(joinedload(InnerHolding.unit)),
            below,
        ),
        _by_ticket(session, select(HelperPart).where(HelperPart.ticket_id.in_(helped), *own), helped),
    )


def _by_ticket(session: Session, rows: Select[_Row], wanted: Collection[int]) -> dict[int, _Row]:
    return {row.ticket_id: row for row in session.scalars(rows)} if wanted else {}
