"""区 → 街道 → 社区: the work goes down, reports come up, and one unit answers for it with one clock."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.rules import SYSTEM, Actor
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.helping import ask_help, excuse_part, report_part
from tickets.actions.sending_down import Down, accept_report, pull_back, report_up, send_back_down, send_down
from tickets.errors import AlreadyAHelper, NotBelow, TicketNotFound
from tickets.guard_errors import NoOpenParts, NotOwnUnit, PartsOpen, SentDown, WorksElsewhere
from tickets.kinds import InnerState
from tickets.model import InnerHolding, Ticket
from tickets.queries.access import ticket_by_number
from tickets.queries.citizen import citizen_page
from tickets.queries.dispatching import Load, loads_of
from tickets.queries.inbox import Tab, inbox_head, inbox_list
from tickets.rules import State

REPORT = "已上门查看，楼道阀门已修复，居民在场确认。"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.fixture
def ticket(session: Session, city: City, now: datetime) -> Ticket:
    """Held and signed by the district."""
    listed = city.listed(now)
    by, reason = city.dispatcher, "属地事项"
    dispatch_ticket(session, listed.id, unit_id=city.district.id, by=by, office=OFFICE, now=now, reason=reason)
    return sign_ticket(session, listed.id, by=city.district_officer, now=now)


def down(session: Session, ticket: Ticket, unit_id: int, by: Actor, now: datetime) -> Ticket:
    return send_down(session, ticket.id, Down(unit_id), by=by, now=now)


def tabs(session: Session, unit_id: int, now: datetime) -> set[Tab]:
    """Where a unit finds something; the counts of the head say the same."""
    session.flush()
    head = inbox_head(session, unit_id=unit_id, by=SYSTEM, now=now)
    listed = {tab for tab in Tab if inbox_list(session, unit_id=unit_id, by=SYSTEM, tab=tab, now=now).listed.tickets}
    assert {tab for tab, n in head.tabs.items() if n} == listed
    return listed


def test_the_inner_date_is_sixty_percent_of_what_is_left(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    down(session, ticket, city.street.id, city.district_officer, now)

    inner = session.get_one(InnerHolding, ticket.inner_id)
    assert ticket.unit_due_at is not None
    assert inner.due_at == now + (ticket.unit_due_at - now) * 0.6


def test_the_citizen_does_not_read_a_second_time_that_it_was_signed_for(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    down(session, ticket, city.street.id, city.district_officer, now)

    sign_ticket(session, ticket.id, by=city.street_officer, now=now)

    session.flush()
    words = [step.words for step in citizen_page(session, ticket.id).steps]
    assert len([one for one in words if one.endswith("已签收，正在办理")]) == 1


def test_an_inner_date_lies_before_the_units_own(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    assert ticket.unit_due_at is not None
    late = Down(city.street.id, ticket.unit_due_at + timedelta(minutes=1))

    with pytest.raises(Invalid) as refused:
        send_down(session, ticket.id, late, by=city.district_officer, now=now)

    assert [code for _, code, _ in refused.value.faults] == ["inner_due_outside"]


def test_what_is_overdue_can_still_be_sent_down_with_a_day_for_it(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    late = now + timedelta(days=30)

    down(session, ticket, city.street.id, city.district_officer, late)

    assert session.get_one(InnerHolding, ticket.inner_id).due_at == late + timedelta(days=1)


def test_the_leading_units_clock_never_stops_for_it(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    due = ticket.unit_due_at

    down(session, ticket, city.street.id, city.district_officer, now)

    assert (ticket.unit_id, ticket.unit_due_at, ticket.state) == (city.district.id, due, State.IN_PROGRESS)


def test_each_unit_finds_it_where_it_must_act(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    down(session, ticket, city.street.id, city.district_officer, now)
    assert tabs(session, city.district.id, now) == {Tab.BELOW}
    assert tabs(session, city.street.id, now) == {Tab.TO_SIGN}

    sign_ticket(session, ticket.id, by=city.street_officer, now=now)
    assert tabs(session, city.street.id, now) == {Tab.IN_PROGRESS}

    down(session, ticket, city.community.id, city.street_officer, now)
    assert tabs(session, city.street.id, now) == {Tab.BELOW}
    assert tabs(session, city.community.id, now) == {Tab.TO_SIGN}

    sign_ticket(session, ticket.id, by=city.community_officer, now=now)
    report_up(session, ticket.id, report=REPORT, by=city.community_officer, now=now)
    assert tabs(session, city.community.id, now) == set()
    assert tabs(session, city.street.id, now) == {Tab.TO_AUDIT}
    assert tabs(session, city.district.id, now) == {Tab.BELOW}


def test_what_comes_back_is_audited_step_by_step(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    down(session, ticket, city.street.id, city.district_officer, now)
    sign_ticket(session, ticket.id, by=city.street_officer, now=now)
    report_up(session, ticket.id, report=REPORT, by=city.street_officer, now=now)

    send_back_down(session, ticket.id, reason="没有照片", by=city.district_officer, now=now)
    assert (ticket.working_unit_id, ticket.inner_state) == (city.street.id, InnerState.SIGNED)

    report_up(session, ticket.id, report=REPORT, by=city.street_officer, now=now)
    accept_report(session, ticket.id, by=city.district_officer, now=now)
    assert (ticket.working_unit_id, ticket.inner_id) == (city.district.id, None)
    reply_ticket(session, ticket.id, reply_form(), by=city.district_officer, office=OFFICE, now=now)
    assert ticket.state is State.REPLIED


def test_the_unit_below_does_not_answer_to_the_hotline(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    down(session, ticket, city.street.id, city.district_officer, now)
    sign_ticket(session, ticket.id, by=city.street_officer, now=now)

    with pytest.raises(NotOwnUnit, match="主办单位"):
        reply_ticket(session, ticket.id, reply_form(), by=city.street_officer, office=OFFICE, now=now)
    with pytest.raises(SentDown, match="南湖街道办"):
        reply_ticket(session, ticket.id, reply_form(), by=city.district_officer, office=OFFICE, now=now)


def test_it_is_sent_down_the_own_tree_only(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    for unit in (city.roads, city.district):
        with pytest.raises(NotBelow):
            down(session, ticket, unit.id, city.district_officer, now)


def test_only_who_works_on_it_sends_it_further(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    down(session, ticket, city.street.id, city.district_officer, now)

    with pytest.raises(WorksElsewhere, match="南湖街道办"):
        down(session, ticket, city.community.id, city.district_officer, now)


def test_a_unit_pulls_back_however_far_down_it_went(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    down(session, ticket, city.street.id, city.district_officer, now)
    sign_ticket(session, ticket.id, by=city.street_officer, now=now)
    down(session, ticket, city.community.id, city.street_officer, now)

    pull_back(session, ticket.id, reason="区里直接处理", by=city.district_officer, now=now)

    assert (ticket.working_unit_id, ticket.inner_id, ticket.inner_state) == (city.district.id, None, None)
    assert tabs(session, city.community.id, now) == tabs(session, city.street.id, now) == set()


def test_a_unit_sees_what_was_sent_down_to_it_and_to_those_below(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    with pytest.raises(TicketNotFound):
        ticket_by_number(session, ticket.number, city.community_officer)

    down(session, ticket, city.community.id, city.district_officer, now)
    session.flush()

    assert ticket_by_number(session, ticket.number, city.community_officer) is ticket
    assert ticket_by_number(session, ticket.number, city.street_officer) is ticket


def test_a_helper_has_a_part_of_its_own_and_the_lead_waits_for_it(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    ask_help(session, ticket.id, unit_id=city.roads.id, task="配合开挖路面", by=city.dispatcher, now=now)
    assert tabs(session, city.roads.id, now) == {Tab.HELPING}

    with pytest.raises(PartsOpen, match="市城管局"):
        reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=now)
    report_part(session, ticket.id, result="路面已开挖，作业后恢复。", by=city.roads_officer, now=now)

    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=now)
    assert ticket.state is State.REPLIED


def test_a_unit_helps_once_at_a_time_and_the_lead_may_stop_waiting(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    ask_help(session, ticket.id, unit_id=city.roads.id, task="配合开挖路面", by=city.dispatcher, now=now)

    with pytest.raises(AlreadyAHelper):
        ask_help(session, ticket.id, unit_id=city.roads.id, task="再来一次", by=city.dispatcher, now=now)
    excuse_part(session, ticket.id, unit_id=city.roads.id, reason="无须开挖", by=city.officer, now=now)

    assert ticket.open_parts == 0


def test_nobody_stops_waiting_for_a_unit_that_does_not_help(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    ask_help(session, ticket.id, unit_id=city.roads.id, task="配合开挖路面", by=city.dispatcher, now=now)

    with pytest.raises(NoOpenParts, match="朝阳区政府"):
        excuse_part(session, ticket.id, unit_id=city.district.id, reason="无须", by=city.officer, now=now)


def test_the_figures_of_a_unit_with_all_below_it_count_what_was_sent_down_once(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    down(session, ticket, city.street.id, city.district_officer, now)
    of_street = city.listed(now)
    by, reason = city.dispatcher, "属地事项"
    dispatch_ticket(session, of_street.id, unit_id=city.street.id, by=by, office=OFFICE, now=now, reason=reason)
    session.flush()
    reach = [city.district.id, city.street.id, city.community.id]
    later = now + timedelta(days=60)

    own = inbox_head(session, unit_id=city.district.id, by=SYSTEM, now=later)
    whole = inbox_head(session, unit_id=city.district.id, by=SYSTEM, now=later, reach=reach)

    assert (own.to_sign, own.overdue) == (0, 1)
    assert (whole.to_sign, whole.overdue) == (2, 2)
    assert whole.tabs == own.tabs
    assert loads_of(session, {city.district.id, city.street.id, city.heating.id}, now=later) == {
        city.district.id: Load(1, 1, 2, 2),
        city.street.id: Load(1, 1, 1, 1),
    }
