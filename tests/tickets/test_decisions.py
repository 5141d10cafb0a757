"""待我裁定: what waits for a supervisor is found, the most pressing first, counted, and gone once it is decided."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bench.served import counted_sql
from core.database import Database
from tests.tickets.making import OFFICE, City
from tests.tickets.test_list_plans import copy_for, is_sqlite, plans_asked
from tickets.actions.dispatching import confer
from tickets.actions.handling import return_ticket
from tickets.actions.recusing import recuse
from tickets.actions.requests import ask_for, grant_request, refuse_request
from tickets.actions.ruling import rule
from tickets.actions.side_paths import Course
from tickets.clocks import local_day
from tickets.forms import RequestForm
from tickets.kinds import RequestKind, TerminationReason, ToldBy
from tickets.model import Ticket
from tickets.queries.decisions import DecisionKind, ToDecide, decision_counts, decision_list
from tickets.queries.lists import Filters

WHY = "管网需整体更换，工期不足"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def form_of(kind: RequestKind, today: date) -> RequestForm:
    form = RequestForm(kind=kind, reason=WHY)
    if kind is RequestKind.EXTENSION:
        return form.model_copy(
            update={"until_on": today + timedelta(days=10), "told_by": ToldBy.CALL, "told_note": "已电话告知"}
        )
    if kind is RequestKind.PARKING:
        return form.model_copy(update={"plan": "明春开工后更换", "review_on": today + timedelta(days=30)})
    return form.model_copy(update={"termination_reason": TerminationReason.UNCOOPERATIVE})


def asked(city: City, kind: RequestKind, now: datetime, **facts: object) -> Ticket:
    """Signed, and the unit asks."""
    ticket = city.signed(now, **facts)
    form = form_of(kind, local_day(now))
    ask_for(city.session, ticket.id, form, by=city.officer, office=OFFICE, now=now)
    return ticket


def in_conference(city: City, now: datetime) -> Ticket:
    ticket = city.dispatched(now)
    return_ticket(city.session, ticket.id, city.return_form(), by=city.officer, now=now)
    return confer(city.session, ticket.id, by=city.dispatcher, now=now, reason="两家都说不归自己管")


def waiting(city: City, decision: DecisionKind, now: datetime, **how: object) -> ToDecide:
    city.session.flush()
    return decision_list(city.session, decision, by=city.supervisor, now=now, **how)  # type: ignore[arg-type]


def found(city: City, decision: DecisionKind, now: datetime) -> list[Ticket]:
    return list(waiting(city, decision, now).listed.tickets)


@pytest.mark.parametrize("kind", list(RequestKind))
def test_what_a_unit_asks_for_waits_under_its_own_name_until_it_is_decided(
    session: Session, city: City, now: datetime, kind: RequestKind
) -> None:
    granted, refused = asked(city, kind, now), asked(city, kind, now)
    decision, course = DecisionKind(kind.value), Course(city.supervisor, OFFICE, now)

    assert {one.id for one in found(city, decision, now)} == {granted.id, refused.id}
    assert decision_counts(session, by=city.supervisor) == {one: 2 if one is decision else 0 for one in DecisionKind}
    assert waiting(city, decision, now).requests[granted.id].reason == WHY

    grant_request(session, granted.id, note="", course=course)
    refuse_request(session, refused.id, reason="可以按期完成", course=course)

    assert found(city, decision, now) == []
    assert set(decision_counts(session, by=city.supervisor).values()) == {0}


def test_a_conference_waits_until_somebody_rules(session: Session, city: City, now: datetime) -> None:
    ticket = in_conference(city, now)

    assert found(city, DecisionKind.CONFERENCE, now) == [ticket]
    assert waiting(city, DecisionKind.CONFERENCE, now).requests == {}

    rule(session, ticket.id, unit_id=city.roads.id, by=city.supervisor, office=OFFICE, now=now, reason="属市政设施")

    assert found(city, DecisionKind.CONFERENCE, now) == []


def test_whose_units_time_ends_first_comes_first_page_by_page(session: Session, city: City, now: datetime) -> None:
    later, sooner, never = (asked(city, RequestKind.PARKING, now) for _ in range(3))
    later.unit_due_at, sooner.unit_due_at, never.unit_due_at = now + timedelta(2), now + timedelta(1), None

    first = waiting(city, DecisionKind.PARKING, now, limit=2).listed
    rest = waiting(city, DecisionKind.PARKING, now, limit=2, after=first.next).listed

    assert ([*first.tickets, *rest.tickets], first.n, rest.next) == ([sooner, later, never], 3, None)


def test_what_a_supervisor_stepped_aside_from_is_neither_listed_nor_counted(
    session: Session, city: City, now: datetime
) -> None:
    ticket = asked(city, RequestKind.EXTENSION, now)
    assert city.supervisor.person_id is not None

    recuse(session, ticket.id, person_id=city.supervisor.person_id, reason="亲属", by=city.supervisor, now=now)

    assert found(city, DecisionKind.EXTENSION, now) == []
    assert decision_counts(session, by=city.supervisor)[DecisionKind.EXTENSION] == 0


def test_a_number_finds_among_what_waits_and_nothing_else(session: Session, city: City, now: datetime) -> None:
    ticket, other = asked(city, RequestKind.EXTENSION, now), city.signed(now)

    def sought(number: str) -> list[Ticket]:
        filters, key = Filters(text=number), OFFICE.phone_key
        return list(waiting(city, DecisionKind.EXTENSION, now, filters=filters, phone_key=key).listed.tickets)

    assert sought(ticket.number) == [ticket]
    assert sought(other.number) == []


def test_the_few_that_wait_are_found_without_looking_through_what_units_work_on(
    session: Session, city: City, now: datetime
) -> None:
    ticket = asked(city, RequestKind.TERMINATION, now)
    copy_for(session, ticket, 2_000)

    assert found(city, DecisionKind.TERMINATION, now) == [ticket]
    if is_sqlite(session):
        plans = plans_asked(session, lambda: waiting(city, DecisionKind.TERMINATION, now))
        assert plans
        assert not [plan for plan in plans if re.search(r"SCAN tickets\b|tickets [^/]*\(state=\?\)", plan)], plans


def test_a_page_and_its_counts_cost_the_same_however_many_wait(database: Database, now: datetime) -> None:
    city: City = database.write(City)

    def ask_some(session: Session) -> None:
        for _ in range(3):
            asked(City.session_of(session, city), RequestKind.EXTENSION, now)

    def read(session: Session) -> int:
        decision_counts(session, by=city.supervisor)
        return len(decision_list(session, DecisionKind.EXTENSION, by=city.supervisor, now=now).requests)

    database.write(ask_some)
    with counted_sql(database) as statements:
        n = database.read(read)

    assert n == 3
    assert len(statements) == 5, statements
