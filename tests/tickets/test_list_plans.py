"""Lists are read along the index that leaves least, not through the whole table: SQLite says how it would read."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

from staff.rules import SYSTEM
from tests.tickets.making import City
from tickets.kinds import TicketType, Urgency
from tickets.model import Holding, Ticket
from tickets.model.ticket import OWING
from tickets.queries.dispatching import dispatch_list
from tickets.queries.lists import DueFilter, Filters, list_tickets
from tickets.queries.paging import Listed, Sort
from tickets.queries.sight import WIDE
from tickets.rules import State


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def test_the_index_of_what_is_owed_holds_the_states_of_the_life_cycle(session: Session) -> None:
    if not is_sqlite(session):
        return  # PostgreSQL writes the condition in words of its own, and compares what it means

    made = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'ix_tickets_owing'"))

    assert made is not None
    assert made.endswith(f"WHERE {OWING}")


@pytest.mark.parametrize(
    ("filters", "sort", "index"),
    [
        (Filters(due=DueFilter.OVER), Sort.DUE, "ix_tickets_owing"),
        (Filters(states=[State.TO_DISPATCH], urgencies=[Urgency.URGENT]), Sort.DUE, "ix_tickets_state_"),
        (Filters(states=[State.CLOSED]), Sort.NEWEST, "ix_tickets_state_id"),
        (Filters(urgencies=[Urgency.CRITICAL]), Sort.NEWEST, "ix_tickets_urgency_id"),
        (Filters(needs_repair=True), Sort.NEWEST, "ix_tickets_repair"),
        (Filters(due=DueFilter.PROMISE_OVER), Sort.NEWEST, "ix_tickets_promised"),
        (Filters(due=DueFilter.PROMISE_SOON), Sort.DUE, "ix_tickets_promised"),
        (Filters(is_drawn=True, is_auto=True), Sort.NEWEST, "ix_tickets_drawn"),
        (Filters(registered_by_id=1), Sort.NEWEST, "ix_tickets_registered_by_id_id"),
        (Filters(types=[TicketType.PRAISE], urgencies=[Urgency.CRITICAL]), Sort.NEWEST, "ix_tickets_urgency_id_type"),
        (Filters(text="暖气", words=["暖气"]), Sort.NEWEST, "ix_tickets_sealed"),
    ],
)
def test_a_filter_is_read_along_its_index(
    session: Session, now: datetime, filters: Filters, sort: Sort, index: str
) -> None:
    if not is_sqlite(session):
        return  # PostgreSQL counts by itself how many rows each way has

    plans = plans_of(session, filters, sort, now)

    assert plans
    assert index in plans[0], plans


@pytest.mark.parametrize("after", [None, "2026-10-13T01:00:00+00:00~5~1"])
def test_the_dispatch_list_is_read_along_its_limit_and_sorts_only_what_is_due_at_once(
    session: Session, now: datetime, after: str | None
) -> None:
    if not is_sqlite(session):
        return  # PostgreSQL sorts each moment by itself too, and chooses by what it has counted

    plans = plans_asked(session, lambda: dispatch_list(session, by=SYSTEM, now=now, after=after))

    paged = [plan for plan in plans if "ORDER BY" in plan]
    assert "ix_tickets_state_step_due_at_id" in paged[0], plans
    assert re.search(r"USE TEMP B-TREE FOR (RIGHT PART|LAST 2 TERMS) OF ORDER BY", paged[0]), plans


@pytest.mark.parametrize("wide", [0, WIDE])
def test_a_unit_that_may_see_thousands_pages_by_due_time_without_reading_all_of_them(
    session: Session, now: datetime, wide: int
) -> None:
    city = City(session)
    first = city.dispatched(now)
    copy_for(session, first, 2_000)
    due = Filters(states=[State.DISPATCHED])

    def page(after: str | None = None) -> Listed:
        return list_tickets(
            session, due, by=city.officer, phone_key=b"k", now=now, sort=Sort.DUE, after=after, limit=900, wide=wide
        )

    listed = page()
    rest = page(page(listed.next).next)

    assert (listed.n, listed.is_more, len(rest.tickets), rest.next) == (1_000, True, 201, None)
    moments = [(ticket.citizen_due_at, ticket.id) for ticket in rest.tickets]
    assert moments == sorted(moments)
    if is_sqlite(session):
        assert any("ix_tickets_state_citizen_due_at_id" in plan for plan in plans_asked(session, page))
    other = list_tickets(session, due, by=city.roads_officer, phone_key=b"k", now=now, sort=Sort.DUE, wide=wide)
    assert other.tickets == []


@pytest.mark.parametrize(
    ("sort", "filters"),
    [
        (Sort.NEWEST, Filters(states=[State.DISPATCHED])),
        (Sort.DUE, Filters()),
        (Sort.DUE, Filters(states=[State.DISPATCHED])),
    ],
)
def test_a_unit_that_may_see_very_many_asks_each_ticket_instead_of_listing_what_it_held(
    session: Session, now: datetime, sort: Sort, filters: Filters
) -> None:
    city = City(session)
    first = city.dispatched(now)
    copy_for(session, first, 30)

    def page() -> Listed:
        return list_tickets(session, filters, by=city.officer, phone_key=b"k", now=now, sort=sort, wide=5)

    assert page().n == 31
    if is_sqlite(session):
        assert not [plan for plan in plans_asked(session, page) if "ix_holdings_unit_id_ticket_id (unit_id=?)" in plan]


def test_what_a_district_answers_for_is_counted_without_asking_each_ticket_whether_it_may_see_it(
    session: Session, now: datetime
) -> None:
    city = City(session)
    first = city.dispatched(now)
    copy_for(session, first, 1_100)
    late = now + timedelta(days=400)

    def page() -> Listed:
        return list_tickets(session, Filters(due=DueFilter.OVER), by=city.officer, phone_key=b"k", now=late, wide=5)

    listed = page()

    assert (listed.n, listed.is_more) == (1_000, True)
    if is_sqlite(session):
        counting = plans_asked(session, page)[-1]
        assert "ix_tickets_owing" in counting
        assert "holdings" not in counting


def test_what_a_district_only_held_is_counted_with_what_it_answers_for(session: Session, now: datetime) -> None:
    city = City(session)
    first = city.dispatched(now)
    copy_for(session, first, 30)
    lost = session.get_one(Ticket, 1_000_007)
    lost.unit_id = lost.working_unit_id = city.roads.id
    session.flush()

    listed = list_tickets(session, Filters(), by=city.officer, phone_key=b"k", now=now, wide=5)

    assert (listed.n, len(listed.tickets)) == (31, 25)


def copy_for(session: Session, ticket: Ticket, count: int) -> None:
    """So many more like this one, each with its holding."""
    session.flush()
    row = dict(session.execute(select(Ticket.__table__).where(Ticket.id == ticket.id)).mappings().one())
    held = dict(session.execute(select(Holding.__table__).where(Holding.ticket_id == ticket.id)).mappings().one())
    ids = range(1_000_000, 1_000_000 + count)  # where no sequence comes
    session.execute(insert(Ticket), [row | {"id": id_, "number": f"99{id_:010}", "call_id": None} for id_ in ids])
    session.execute(insert(Holding), [held | {"id": id_, "ticket_id": id_} for id_ in ids])


def plans_of(session: Session, filters: Filters, sort: Sort, now: datetime) -> list[str]:
    """How each statement of the list would read the tickets."""
    return plans_asked(session, lambda: list_tickets(session, filters, by=SYSTEM, phone_key=b"k", now=now, sort=sort))


def plans_asked(session: Session, ask: Callable[[], object]) -> list[str]:
    asked: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    raw = connection.connection.cursor()
    return [
        " / ".join(str(line[3]) for line in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))
        for statement, parameters in asked
        if "FROM tickets" in statement
    ]
