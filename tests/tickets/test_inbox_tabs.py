"""Whatever a unit has stands in a tab of its inbox, and each tab lists as many as the head counts."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from staff.rules import Actor
from tests.tickets.making import OFFICE, City
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import return_ticket, sign_ticket
from tickets.actions.parking import park_ticket
from tickets.actions.sending_down import Down, send_down
from tickets.actions.side_paths import Course
from tickets.model import Ticket
from tickets.queries.inbox import Tab, inbox_head, inbox_list


def returned(city: City, now: datetime) -> Ticket:
    return return_ticket(city.session, city.dispatched(now).id, city.return_form(), by=city.officer, now=now)


def parked(city: City, now: datetime) -> Ticket:
    return shelve(city, city.signed(now), now)


def shelve(city: City, ticket: Ticket, now: datetime) -> Ticket:
    course = Course(city.supervisor, OFFICE, now)
    return park_ticket(city.session, ticket.id, plan="列入明年计划", review_on=date(2026, 12, 28), course=course)


def tabs_with(city: City, ticket: Ticket, unit_id: int, by: Actor, now: datetime) -> set[Tab]:
    """Where the ticket stands; each tab with as many rows as the head says."""
    city.session.flush()
    head = inbox_head(city.session, unit_id=unit_id, by=by, now=now)
    pages = {tab: inbox_list(city.session, unit_id=unit_id, by=by, tab=tab, now=now).listed for tab in Tab}
    assert {tab: page.n for tab, page in pages.items()} == head.tabs
    return {tab for tab, page in pages.items() if ticket in page.tickets}


@pytest.mark.parametrize(
    ("stage", "tab"),
    [
        (City.dispatched, Tab.TO_SIGN),
        (City.signed, Tab.IN_PROGRESS),
        (returned, Tab.REQUESTED),
        (City.replied, Tab.REPLIED),
        (City.answered, Tab.DONE),
        (parked, Tab.IN_PROGRESS),
    ],
)
def test_whatever_a_unit_has_stands_in_one_tab(
    session: Session, now: datetime, stage: Callable[[City, datetime], Ticket], tab: Tab
) -> None:
    city = City(session)

    assert tabs_with(city, stage(city, now), city.heating.id, city.officer, now) == {tab}


def test_what_was_sent_down_and_put_on_the_shelf_is_again_with_the_unit_that_leads(
    session: Session, now: datetime
) -> None:
    city = City(session)
    ticket = city.listed(now)
    dispatch_ticket(
        session, ticket.id, unit_id=city.district.id, by=city.dispatcher, office=OFFICE, now=now, reason="属地"
    )
    sign_ticket(session, ticket.id, by=city.district_officer, now=now)
    send_down(session, ticket.id, Down(city.street.id, note="请入户"), by=city.district_officer, now=now)
    shelve(city, ticket, now)

    assert tabs_with(city, ticket, city.district.id, city.district_officer, now) == {Tab.IN_PROGRESS}
    assert tabs_with(city, ticket, city.street.id, city.street_officer, now) == set()
