"""拨入致电: the right PIN opens a call about a ticket exactly where the page's 致电 would, and says why not else."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.rules import Actor
from telephony.bridges.actions import note_bridge_news
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeNews, BridgeResult, BridgeStep
from telephony.dial_in.actions import begin_dial_in, finish_dial_in, issue_dial_in_pin, take_dial_ins
from telephony.dial_in.hearing import orders
from telephony.dial_in.model import DialIn
from telephony.dial_in.rules import DialInState, Keyed, Verdict
from telephony.settings import TelephonySettings
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.contacting import call_citizen, note_contact
from tickets.actions.dialling_in import TAIL_DAYS, connect_dial_in
from tickets.actions.handling import reply_ticket
from tickets.model import HistoryLine, Ticket
from tickets.numbers import check_digit
from tickets.queries.page import ticket_page
from tickets.rules import State

TELEPHONY = TelephonySettings()
OWN = "13900001111"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def dialled_in(session: Session, by: Actor, digits: str, now: datetime) -> DialIn:
    """Somebody keyed these and the right PIN, and the job has run."""
    issue_dial_in_pin(session, by.person_id or 0, phone=OWN, pin_hash="a hash", now=now)
    keyed = Keyed("1.1", "PJSIP/trunk-1", caller=OWN, ticket=digits, covered_pin="0", attempt="1")
    begun = begin_dial_in(session, keyed, node="main", now=now)
    assert begun is not None
    finish_dial_in(session, begun.dial_in_id, is_right=True, now=now)
    connect_dial_in(session, begun.dial_in_id, telephony=TELEPHONY, now=now)
    connect_dial_in(session, begun.dial_in_id, telephony=TELEPHONY, now=now)  # a job may run twice
    return session.get_one(DialIn, begun.dial_in_id)


def number_of(ticket: Ticket) -> str:
    return ticket.number or ""


def test_an_officer_outside_speaks_with_the_citizen_and_the_history_says_how_long(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)

    dial_in = dialled_in(session, city.officer, number_of(ticket), now)
    (taken,) = take_dial_ins(session, node="main")
    asked = orders(taken, hotline="12345")
    bridge = session.scalars(select(BridgedCall)).one()
    for step, result, talk_s in (
        (BridgeStep.CITIZEN_ANSWERED, None, None),
        (BridgeStep.ENDED, BridgeResult.TALKED, 161),
    ):
        note_bridge_news(session, [BridgeNews(bridge.id, step, now, result, talk_s)])
    note_contact(session, bridge.id, now=now)

    assert (dial_in.verdict, dial_in.bridge_id) == (Verdict.CONNECTED, bridge.id)
    assert [action for action, _ in asked] == ["Setvar", "Setvar", "Setvar", "Redirect"]
    assert asked[1][1]["Value"] == "PJSIP/13812345678@trunk"
    assert (asked[3][1]["Context"], asked[3][1]["Channel"]) == ("hotline-bridge", "PJSIP/trunk-1")
    session.flush()
    line = session.scalars(select(HistoryLine).where(HistoryLine.action == "called")).one()
    assert (line.actor_label, line.reason) == (city.officer.label, "已通话 2 分 41 秒")
    assert (bridge.own_shown, bridge.citizen_channel) == ("拨入 139****1111", "")


def test_a_call_from_outside_bears_out_a_reply_that_claims_to_have_called(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)
    dialled_in(session, city.officer, number_of(ticket), now)
    bridge = session.scalars(select(BridgedCall)).one()
    note_bridge_news(session, [BridgeNews(bridge.id, BridgeStep.CITIZEN_ANSWERED, now)])
    note_bridge_news(session, [BridgeNews(bridge.id, BridgeStep.ENDED, now, BridgeResult.TALKED, 161)])

    later = now + timedelta(hours=2)
    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=later)
    session.flush()
    page = ticket_page(session, number_of(ticket), by=city.supervisor, profile=OFFICE.profile, now=later)
    proof = page.evidence[page.replies[0].id].proof

    assert proof is not None
    assert (proof.id, proof.talk_s) == (bridge.id, 161)


@pytest.mark.parametrize("days", [0, TAIL_DAYS - 1])
def test_the_last_six_digits_are_enough_while_only_one_ticket_has_them(
    session: Session, city: City, now: datetime, days: int
) -> None:
    ticket = city.signed(now)

    dial_in = dialled_in(session, city.officer, number_of(ticket)[-6:], now + timedelta(days=days))

    assert dial_in.verdict is Verdict.CONNECTED


def test_what_two_tickets_end_with_is_asked_for_whole(session: Session, city: City, now: datetime) -> None:
    ticket, other = city.signed(now), city.signed(now, phone="13812345679")
    tail = number_of(ticket)[-6:]
    days = (now - timedelta(days=back) for back in range(1, TAIL_DAYS))
    other.number = next(number for day in days if check_digit(number := f"{day:%y%m%d}{tail}") == 0)
    session.flush()

    assert dialled_in(session, city.officer, tail, now).verdict is Verdict.SEVERAL
    assert dialled_in(session, city.officer, number_of(ticket), now).verdict is Verdict.CONNECTED


def test_a_ticket_that_somebody_may_not_call_about_does_not_stand_in_the_way(
    session: Session, city: City, now: datetime
) -> None:
    ticket, other = city.signed(now), city.dispatched(now, phone="13812345679")
    tail = number_of(ticket)[-6:]
    days = (now - timedelta(days=back) for back in range(1, TAIL_DAYS))
    other.number = next(number for day in days if check_digit(number := f"{day:%y%m%d}{tail}") == 0)
    other.unit_id = other.working_unit_id = city.roads.id
    session.flush()

    assert dialled_in(session, city.officer, tail, now).verdict is Verdict.CONNECTED


@pytest.mark.parametrize("digits", ["", "1", "12345", "261013999999", "000000000000", "99999999999999999999"])
def test_digits_that_are_no_ticket_lead_nowhere(session: Session, city: City, now: datetime, digits: str) -> None:
    city.signed(now)

    dial_in = dialled_in(session, city.officer, digits, now)

    assert (dial_in.verdict, dial_in.state, dial_in.bridge_id) == (Verdict.NO_TICKET, DialInState.JUDGED, None)


def test_another_units_ticket_sounds_like_one_that_does_not_exist(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)

    assert dialled_in(session, city.roads_officer, number_of(ticket), now).verdict is Verdict.NO_TICKET


def test_a_unit_that_has_given_a_ticket_back_calls_no_more(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    ticket.unit_id = ticket.working_unit_id = city.roads.id
    session.flush()

    assert dialled_in(session, city.officer, number_of(ticket), now).verdict is Verdict.NO_TICKET


def test_nobody_is_called_about_a_void_ticket(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    ticket.state = State.VOID
    session.flush()

    assert dialled_in(session, city.officer, number_of(ticket), now).verdict is Verdict.CLOSED


@pytest.mark.parametrize("state", [State.ARCHIVED, State.WITHDRAWN])
def test_a_matter_at_its_end_is_none_to_call_about_and_stands_in_no_way(
    session: Session, city: City, now: datetime, state: State
) -> None:
    ended, ticket = city.signed(now), city.signed(now, phone="13812345679")
    tail = number_of(ticket)[-6:]
    days = (now - timedelta(days=back) for back in range(1, TAIL_DAYS))
    ended.number = next(number for day in days if check_digit(number := f"{day:%y%m%d}{tail}") == 0)
    ended.state = state
    session.flush()

    assert dialled_in(session, city.officer, number_of(ended), now).verdict is Verdict.NO_TICKET
    assert dialled_in(session, city.officer, tail, now).verdict is Verdict.CONNECTED


def test_without_a_number_of_the_citizen_that_is_said(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    ticket.phone = ""
    session.flush()

    assert dialled_in(session, city.officer, number_of(ticket), now).verdict is Verdict.NO_PHONE


def test_whoever_calls_from_the_page_does_not_call_from_outside_as_well(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)
    call_citizen(session, number_of(ticket), own_phone="8001", telephony=TELEPHONY, by=city.officer, now=now)

    assert dialled_in(session, city.officer, number_of(ticket), now).verdict is Verdict.CALLING
