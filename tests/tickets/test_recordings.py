"""听录音: it is offered where the ticket's call was recorded, and to whom may listen to it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from telephony.model import Call
from tests.tickets.making import OFFICE, City
from tests.tickets.test_traces import call_of
from tickets.model import Ticket
from tickets.queries.page import ticket_page


def test_a_recording_is_offered_only_once_there_is_one(session: Session, now: datetime) -> None:
    city = City(session)
    ticket = city.signed(now)

    assert hearers(session, city, ticket, now) == []

    call = called(session, city, ticket, now)
    assert hearers(session, city, ticket, now) == []

    call.recording = "20261013/a.wav"
    assert "auditor" in hearers(session, city, ticket, now)


def test_who_took_the_call_and_who_judges_the_matter_hear_it_and_no_unit_does(session: Session, now: datetime) -> None:
    city = City(session)
    ticket = city.signed(now)
    called(session, city, ticket, now).recording = "20261013/a.wav"

    assert hearers(session, city, ticket, now) == ["agent", "dispatcher", "auditor", "callback", "supervisor"]


def called(session: Session, city: City, ticket: Ticket, at: datetime) -> Call:
    """The call that the ticket came by, taken by the agent."""
    call = call_of(session, city.agent, at)
    ticket.call_id = call.id
    return call


def hearers(session: Session, city: City, ticket: Ticket, now: datetime) -> list[str]:
    """To whom the page offers the recording."""
    session.flush()
    people = {
        "agent": city.agent,
        "another agent": replace(city.agent, person_id=0),
        "dispatcher": city.dispatcher,
        "auditor": city.auditor,
        "callback": city.callback,
        "supervisor": city.supervisor,
        "officer": city.officer,
    }
    pages = {
        who: ticket_page(session, ticket.number, by=by, profile=OFFICE.profile, now=now) for who, by in people.items()
    }
    return [who for who, page in pages.items() if page.has_recording]
