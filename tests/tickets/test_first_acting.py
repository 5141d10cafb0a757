"""首次处置: an urgent ticket's unit has two hours from the dispatch for a first step, whatever kind of step that is."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.completing import ask_completion
from tickets.actions.contacting import note_contact
from tickets.actions.correcting import correct_ticket
from tickets.actions.due_times import compute_due_times
from tickets.actions.handling import reply_ticket, return_ticket, sign_ticket
from tickets.actions.helping import ask_help
from tickets.actions.notes import add_note, report_interim
from tickets.actions.parking import park_ticket, resume_ticket
from tickets.actions.side_paths import Course
from tickets.actions.visiting import record_visit
from tickets.clocks import local_day
from tickets.forms import VisitForm
from tickets.kinds import Urgency
from tickets.model import Holding, Ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.fixture
def urgent(city: City, now: datetime) -> Ticket:
    return city.signed(now, urgency=Urgency.URGENT)


def holding(session: Session, ticket: Ticket) -> Holding:
    return session.get_one(Holding, ticket.holding_id)


def correct(session: Session, city: City, ticket: Ticket, urgency: Urgency, now: datetime) -> None:
    changes, by = {"urgency": urgency}, city.dispatcher
    correct_ticket(session, ticket.id, changes, version=ticket.version, by=by, office=OFFICE, now=now)


def seen(at: datetime) -> VisitForm:
    filled = {"visitors": "赵六", "visited_at": at, "place": "南湖小区三号楼", "met": "住户本人"}
    return VisitForm.model_validate(filled)


def spoken(session: Session, ticket: Ticket, person_id: int | None, at: datetime, *, talk_s: int | None) -> int:
    """A call that has ended; without seconds nobody answered."""
    bridge = BridgedCall(
        node="main",
        about_id=ticket.id,
        person_id=person_id or 0,
        person_label="联络员",
        own_channel="",
        own_shown="",
        citizen_channel="",
        state=BridgeState.ENDED,
        result=BridgeResult.NO_ANSWER if talk_s is None else BridgeResult.TALKED,
        talk_s=talk_s,
        asked_at=at,
        citizen_answered_at=None if talk_s is None else at,
    )
    session.add(bridge)
    session.flush()
    return bridge.id


def test_an_urgent_ticket_has_two_hours_from_the_dispatch_and_says_why(
    session: Session, urgent: Ticket, now: datetime
) -> None:
    held = holding(session, urgent)

    assert held.first_due_at == now + 2 * HOUR
    assert held.first_why.startswith("首次处置（紧急）时限 2 小时：")
    assert held.first_acted_at is None


def test_what_is_not_urgent_has_no_such_limit(session: Session, city: City, now: datetime) -> None:
    assert holding(session, city.signed(now)).first_due_at is None


def test_the_limit_comes_and_goes_with_the_urgency(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)

    correct(session, city, ticket, Urgency.CRITICAL, now + HOUR)
    raised = holding(session, ticket).first_due_at
    correct(session, city, ticket, Urgency.NORMAL, now + HOUR)

    assert (raised, holding(session, ticket).first_due_at) == (now + 2 * HOUR, None)


def test_computed_again_the_limit_is_the_same(session: Session, urgent: Ticket, now: datetime) -> None:
    before = holding(session, urgent).first_due_at

    assert compute_due_times(session, [urgent.id], office=OFFICE, now=now + HOUR) == 0
    assert holding(session, urgent).first_due_at == before


def test_on_the_shelf_it_stands_still(session: Session, city: City, urgent: Ticket, now: datetime) -> None:
    review, course = local_day(now + timedelta(days=9)), Course(city.supervisor, OFFICE, now + HOUR)
    park_ticket(session, urgent.id, plan="等待备件", review_on=review, course=course)
    parked = holding(session, urgent).first_due_at

    resume_ticket(session, urgent.id, reason="备件已到", course=Course(city.supervisor, OFFICE, now + 5 * HOUR))

    assert (parked, holding(session, urgent).first_due_at) == (None, now + 6 * HOUR)


@pytest.mark.parametrize("step", ["interim", "completion", "visit", "reply", "return", "call"])
def test_each_of_these_is_a_first_step(session: Session, city: City, now: datetime, step: str) -> None:
    ticket, at, by = city.dispatched(now, urgency=Urgency.URGENT), now + HOUR, city.officer
    if step not in {"return", "completion"}:
        sign_ticket(session, ticket.id, by=by, now=now)

    match step:
        case "interim":
            report_interim(session, ticket.id, text="抢修队已出发", by=by, now=at)
        case "completion":
            ask_completion(session, ticket.id, missing="缺门牌号，无法上门", by=by, now=at)
        case "visit":
            record_visit(session, ticket.id, seen(at), by=by, now=now + 3 * HOUR)
        case "reply":
            reply_ticket(session, ticket.id, reply_form(), by=by, office=OFFICE, now=at)
        case "return":
            return_ticket(session, ticket.id, city.return_form(), by=by, now=at)
        case "call":
            note_contact(session, spoken(session, ticket, by.person_id, at, talk_s=60), now=at + HOUR)

    assert holding(session, ticket).first_acted_at == at


def test_neither_signing_nor_a_note_nor_an_unanswered_call_is_one(
    session: Session, city: City, urgent: Ticket, now: datetime
) -> None:
    by, at = city.officer, now + HOUR
    add_note(session, urgent.id, text="待安排", by=by, now=at)
    note_contact(session, spoken(session, urgent, by.person_id, at, talk_s=None), now=at)
    note_contact(session, spoken(session, urgent, by.person_id, at, talk_s=3), now=at)

    assert holding(session, urgent).first_acted_at is None


def test_what_the_hotline_or_a_helper_does_is_none_of_the_units(
    session: Session, city: City, urgent: Ticket, now: datetime
) -> None:
    at = now + HOUR
    ask_help(session, urgent.id, unit_id=city.roads.id, task="请开挖路面", by=city.dispatcher, now=now)
    record_visit(session, urgent.id, seen(at), by=city.roads_officer, now=at)
    note_contact(session, spoken(session, urgent, city.dispatcher.person_id, at, talk_s=60), now=at)

    assert holding(session, urgent).first_acted_at is None


def test_of_several_steps_the_earliest_counts(session: Session, city: City, urgent: Ticket, now: datetime) -> None:
    report_interim(session, urgent.id, text="抢修队已到场", by=city.officer, now=now + 2 * HOUR)
    record_visit(session, urgent.id, seen(now + HOUR), by=city.officer, now=now + 3 * HOUR)

    assert holding(session, urgent).first_acted_at == now + HOUR
