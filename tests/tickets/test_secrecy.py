"""Who must not know, does not: the accused unit never finds a secret ticket; who has an interest steps aside."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from staff.rules import Actor, Role
from tests.tickets.making import OFFICE, City
from tickets.actions.claims import take_next
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.helping import ask_help
from tickets.actions.recusing import recuse
from tickets.actions.sending_down import Down, send_down
from tickets.errors import RoleRefused, TicketNotFound, UnitAccused
from tickets.kinds import Secrecy, TicketType
from tickets.model import Ticket
from tickets.queries.access import ticket_by_number
from tickets.queries.dispatching import dispatch_list
from tickets.queries.inbox import Tab, inbox_list
from tickets.queries.lists import Filters, list_tickets


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

    rows = inbox_list(session, unit_id=city.heating.id, by=by, tab=Tab.TO_SIGN).listed.tickets

    assert list(rows) == []


def test_only_a_supervisor_sets_others_aside(session: Session, city: City, report: Ticket, now: datetime) -> None:
    other = city.auditor.person_id or 0

    with pytest.raises(RoleRefused):
        recuse(session, report.number, person_id=other, reason="亲属", by=city.agent, now=now)
    recuse(session, report.number, person_id=other, reason="亲属", by=city.supervisor, now=now)
    session.flush()

    with pytest.raises(TicketNotFound):
        ticket_by_number(session, report.number, city.auditor)
