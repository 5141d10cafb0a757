"""Who must not know, does not: the accused unit never finds a secret ticket; who has an interest steps aside."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from staff.rules import Actor, Role
from tests.tickets.making import OFFICE, City
from tickets.actions.claims import take_next
from tickets.actions.correcting import correct_ticket
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import return_ticket, sign_ticket
from tickets.actions.helping import ask_help
from tickets.actions.merging import merge_ticket
from tickets.actions.parking import park_ticket
from tickets.actions.recusing import recuse
from tickets.actions.sending_down import Down, send_down
from tickets.actions.side_paths import Course
from tickets.errors import MergeRefused, RoleRefused, TicketNotFound, UnitAccused
from tickets.kinds import Secrecy, TicketType
from tickets.model import Ticket
from tickets.queries.access import ticket_by_number
from tickets.queries.dispatching import dispatch_list
from tickets.queries.inbox import Tab, inbox_list
from tickets.queries.lists import Filters, list_tickets
from tickets.queries.page import history_of
from tickets.rules import State


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.fixture
def report(session: Session, city: City, now: datetime) -> Ticket:
    """Somebody reports the street office; the caller's name is kept from it."""
    return city.listed(now, type=TicketType.REPORT, accused="南湖街道办", accused_unit_id=city.street.id)


def send(session: Session, city: City, ticket: Ticket, unit_id: int, now: datetime) -> Ticket:
    by = city.dispatcher
    return dispatch_ticket(session, ticket.id, unit_id=unit_id, by=by, office=OFFICE, now=now, reason="属地")


def found_by(session: Session, by: Actor, now: datetime) -> list[str]:
    session.flush()
    listed = list_tickets(session, Filters(), by=by, phone_key=OFFICE.phone_key, now=now)
    return [ticket.number for ticket in listed.tickets]


def test_a_report_is_kept_from_the_accused_unless_somebody_chose_otherwise(report: Ticket) -> None:
    assert report.secrecy is Secrecy.FROM_ACCUSED


def test_a_secret_ticket_is_never_sent_to_the_unit_that_it_accuses(
    session: Session, city: City, report: Ticket, now: datetime
) -> None:
    for unit in (city.street, city.community):
        with pytest.raises(UnitAccused):
            send(session, city, report, unit.id, now)


def test_nor_does_it_get_there_by_sending_down_or_as_a_helper(
    session: Session, city: City, report: Ticket, now: datetime
) -> None:
    send(session, city, report, city.district.id, now)
    sign_ticket(session, report.id, by=city.district_officer, now=now)

    with pytest.raises(UnitAccused):
        send_down(session, report.id, Down(city.street.id), by=city.district_officer, now=now)
    with pytest.raises(UnitAccused):
        ask_help(session, report.id, unit_id=city.street.id, task="说明情况", by=city.dispatcher, now=now)


def test_the_accused_unit_cannot_find_what_it_held_before(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)
    send(session, city, ticket, city.street.id, now)
    assert found_by(session, city.street_officer, now) == [ticket.number]

    ticket.secrecy, ticket.accused_unit_id = Secrecy.SEALED, city.street.id

    assert found_by(session, city.street_officer, now) == []
    with pytest.raises(TicketNotFound):
        ticket_by_number(session, ticket.number, city.street_officer)
    with pytest.raises(TicketNotFound):
        sign_ticket(session, ticket.number, by=city.street_officer, now=now)


def accuse(session: Session, city: City, ticket: Ticket, secrecy: Secrecy, now: datetime) -> None:
    """The hotline learns whom it is about, and that the caller fears them."""
    changes = {"secrecy": secrecy, "accused_unit_id": city.street.id}
    version, by = ticket.version, city.dispatcher
    correct_ticket(session, ticket.id, changes, version=version, by=by, office=OFFICE, now=now, reason="来电补充")
    session.flush()


@pytest.mark.parametrize("state", [State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW, State.PARKED])
def test_a_unit_that_turns_out_to_be_accused_loses_the_ticket_at_once(
    session: Session, city: City, now: datetime, state: State
) -> None:
    ticket = city.listed(now)
    send(session, city, ticket, city.street.id, now)
    if state is State.RETURN_REVIEW:
        return_ticket(session, ticket.id, city.return_form(), by=city.street_officer, now=now)
    if state in {State.IN_PROGRESS, State.PARKED}:
        sign_ticket(session, ticket.id, by=city.street_officer, now=now)
    if state is State.PARKED:
        course = Course(city.supervisor, OFFICE, now)
        park_ticket(session, ticket.id, plan="列入明年计划", review_on=date(2026, 11, 2), course=course)
    assert ticket.state is state

    accuse(session, city, ticket, Secrecy.FROM_ACCUSED, now)

    assert (ticket.state, ticket.unit_id, ticket.holding_id) == (State.TO_DISPATCH, None, None)
    assert ticket.step_due_at is not None
    assert found_by(session, city.street_officer, now) == []
    rows = inbox_list(session, unit_id=city.street.id, by=city.street_officer, tab=Tab.TO_SIGN, now=now).listed.tickets
    assert list(rows) == []


def test_an_accused_unit_below_or_helping_is_out_of_it_and_the_lead_goes_on(
    session: Session, city: City, now: datetime
) -> None:
    sent, helped = city.listed(now), city.listed(now)
    for ticket in (sent, helped):
        send(session, city, ticket, city.district.id, now)
        sign_ticket(session, ticket.id, by=city.district_officer, now=now)
    send_down(session, sent.id, Down(city.street.id), by=city.district_officer, now=now)
    ask_help(session, helped.id, unit_id=city.street.id, task="说明情况", by=city.dispatcher, now=now)

    for ticket in (sent, helped):
        accuse(session, city, ticket, Secrecy.FROM_ACCUSED, now)

    assert (sent.unit_id, sent.working_unit_id, sent.inner_id) == (city.district.id, city.district.id, None)
    assert (helped.unit_id, helped.open_parts) == (city.district.id, 0)
    assert found_by(session, city.street_officer, now) == []


def test_a_secret_matter_is_not_merged_under_what_the_accused_holds(
    session: Session, city: City, report: Ticket, now: datetime
) -> None:
    theirs, nobodys = city.listed(now), city.listed(now)
    send(session, city, theirs, city.street.id, now)

    with pytest.raises(MergeRefused, match="被反映单位"):
        merge_ticket(session, report.id, parent=theirs.id, by=city.dispatcher, now=now)
    merge_ticket(session, report.id, parent=nobodys.id, by=city.dispatcher, now=now)

    with pytest.raises(UnitAccused):
        send(session, city, nobodys, city.street.id, now)


def test_a_merged_matter_that_turns_secret_goes_its_own_way(session: Session, city: City, now: datetime) -> None:
    theirs, child = city.listed(now), city.listed(now)
    send(session, city, theirs, city.street.id, now)
    merge_ticket(session, child.id, parent=theirs.id, by=city.dispatcher, now=now)

    accuse(session, city, child, Secrecy.FROM_ACCUSED, now)

    assert (child.state, child.parent_id, theirs.child_count) == (State.TO_DISPATCH, None, 0)
    seen = [line.action for line in history_of(session, theirs.number, by=city.street_officer)]
    assert not {"merged_in", "split_off"} & set(seen)
    assert "merged_in" in [line.action for line in history_of(session, theirs.number, by=city.dispatcher)]


@pytest.mark.parametrize(("above", "below"), [("open", "sealed"), ("sealed", "open")])
def test_sealed_and_open_matters_are_not_merged(
    session: Session, city: City, now: datetime, above: str, below: str
) -> None:
    tickets = {"open": city.listed(now), "sealed": city.listed(now, secrecy=Secrecy.SEALED)}

    with pytest.raises(MergeRefused, match="密件"):
        merge_ticket(session, tickets[below].id, parent=tickets[above].id, by=city.dispatcher, now=now)


def test_without_secrecy_the_accused_unit_may_answer_for_itself(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now, type=TicketType.COMPLAINT, accused="南湖街道办", accused_unit_id=city.street.id)

    send(session, city, ticket, city.street.id, now)

    assert found_by(session, city.street_officer, now) == [ticket.number]


def test_who_steps_aside_neither_sees_the_ticket_nor_acts_on_it(
    session: Session, city: City, report: Ticket, now: datetime
) -> None:
    by = city.dispatcher
    recuse(session, report.number, person_id=by.person_id or 0, reason="被反映人是亲属", by=by, now=now)
    session.flush()

    assert found_by(session, by, now) == []
    assert dispatch_list(session, by=by, now=now).rows == []
    assert take_next(session, by=by, now=now) is None
    with pytest.raises(TicketNotFound):
        send(session, city, report, city.district.id, now)
    other = city.person("another", Role.DISPATCHER)
    assert take_next(session, by=other, now=now) is report


def test_a_clerk_who_steps_aside_does_not_find_it_in_the_inbox(session: Session, city: City, now: datetime) -> None:
    ticket = city.dispatched(now)
    by = city.officer
    recuse(session, ticket.number, person_id=by.person_id or 0, reason="与诉求人有纠纷", by=by, now=now)
    session.flush()

    rows = inbox_list(session, unit_id=city.heating.id, by=by, tab=Tab.TO_SIGN, now=now).listed.tickets

    assert list(rows) == []


def test_only_a_supervisor_sets_others_aside(session: Session, city: City, report: Ticket, now: datetime) -> None:
    other = city.auditor.person_id or 0

    with pytest.raises(RoleRefused):
        recuse(session, report.number, person_id=other, reason="亲属", by=city.agent, now=now)
    recuse(session, report.number, person_id=other, reason="亲属", by=city.supervisor, now=now)
    session.flush()

    with pytest.raises(TicketNotFound):
        ticket_by_number(session, report.number, city.auditor)
