"""致电: one's own telephone rings first, then the citizen's; each try ends as a line of the ticket's history."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.model import Person
from staff.rules import Actor
from telephony.ami import AmiEvent
from telephony.bridges.actions import fail_bridge, note_bridge_news, take_bridges
from telephony.bridges.errors import AlreadyCalling, NoOwnPhone
from telephony.bridges.hearing import originate_fields
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import LOST_AFTER, BridgeNews, BridgeResult, BridgeState
from telephony.errors import SeatStateRefuses
from telephony.listener import read_batch
from telephony.model import Seat
from telephony.rules import Phase, SeatKind
from telephony.seats import add_seat, log_in_seat
from telephony.settings import TelephonySettings
from tests.tickets.making import City
from tickets.actions.contacting import call_citizen, may_call, note_contact, own_telephone
from tickets.errors import MoveRefused, NoCitizenPhone, RoleRefused
from tickets.model import HistoryLine, Ticket
from tickets.rules import State

TELEPHONY = TelephonySettings()
OWN = "15404310001"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def called(session: Session, ticket: Ticket, by: Actor, now: datetime, own_phone: str = OWN) -> BridgedCall:
    return call_citizen(session, ticket.number, own_phone=own_phone, telephony=TELEPHONY, by=by, now=now)


def heard(now: datetime, *events: dict[str, str]) -> list[BridgeNews]:
    """What the call layer reads of these manager events."""
    told = [AmiEvent(event["event"], now, event) for event in events]
    return read_batch(told, []).bridges


def originated(bridge: BridgedCall, response: str = "Success", reason: str = "4") -> dict[str, str]:
    return {"event": "OriginateResponse", "actionid": f"bridge-{bridge.id}", "response": response, "reason": reason}


def step(bridge: BridgedCall, name: str, **fields: str) -> dict[str, str]:
    return {"event": "UserEvent", "userevent": "HotlineBridge", "bridgeref": str(bridge.id), "step": name, **fields}


def test_a_dispatcher_asks_a_citizen_back_and_the_history_says_how_long_they_spoke(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.listed(now)
    version = ticket.version
    bridge = called(session, ticket, city.dispatcher, now)

    (taken,) = take_bridges(session, node="main", oldest=now - timedelta(seconds=5), now=now)
    asked = originate_fields(taken, hotline="12345", ring_s=30)
    states = [bridge.state]
    for event in (
        originated(bridge),
        step(bridge, "answered"),
        step(bridge, "ended", dialstatus="ANSWER", talked="161"),
    ):
        note_bridge_news(session, heard(now, event))
        states.append(bridge.state)
    note_contact(session, bridge.id, now=now)

    assert (asked["Channel"], asked["CallerID"]) == ("PJSIP/15404310001@trunk", "12345 <12345>")
    assert "HOTLINE_BRIDGE_TO=PJSIP/13812345678@trunk" in asked["Variable"]
    assert states == [
        BridgeState.OWN_RINGING, BridgeState.CITIZEN_RINGING, BridgeState.TALKING, BridgeState.ENDED,
    ]  # fmt: skip
    session.flush()
    line = session.scalars(select(HistoryLine).where(HistoryLine.action == "called")).one()
    assert (line.actor_label, line.reason) == (city.dispatcher.label, "已通话 2 分 41 秒")
    assert line.particulars == {"bridge_id": bridge.id, "result": "talked", "talk_s": 161}
    assert ticket.version == version
    assert bridge.citizen_channel == ""
    assert bridge.own_shown == "154****0001"


@pytest.mark.parametrize(
    ("response", "reason", "result"),
    [("Failure", "3", BridgeResult.OWN_NO_ANSWER), ("Failure", "0", BridgeResult.FAILED)],
)
def test_a_telephone_of_ones_own_that_nobody_lifts_ends_the_try(
    session: Session, city: City, now: datetime, response: str, reason: str, result: BridgeResult
) -> None:
    bridge = called(session, city.listed(now), city.dispatcher, now)

    note_bridge_news(session, heard(now, originated(bridge, response, reason)))

    assert (bridge.state, bridge.result, bridge.talk_s) == (BridgeState.ENDED, result, None)


@pytest.mark.parametrize(
    ("dialled", "result", "words"),
    [
        ("BUSY", BridgeResult.BUSY, "群众占线"),
        ("NOANSWER", BridgeResult.NO_ANSWER, "群众未接听"),
        ("CONGESTION", BridgeResult.FAILED, "未接通"),
    ],
)
def test_a_citizen_who_is_not_reached_is_told_apart(
    session: Session, city: City, now: datetime, dialled: str, result: BridgeResult, words: str
) -> None:
    bridge = called(session, city.listed(now), city.dispatcher, now)

    ended = step(bridge, "ended", dialstatus=dialled, talked="")
    note_bridge_news(session, heard(now, originated(bridge), ended, originated(bridge)))
    note_contact(session, bridge.id, now=now)

    session.flush()
    assert (bridge.state, bridge.result) == (BridgeState.ENDED, result)
    assert session.scalars(select(HistoryLine.reason).where(HistoryLine.action == "called")).one() == words


def test_duty_phones_and_foreign_events_are_none_of_it(now: datetime) -> None:
    duty = {"event": "OriginateResponse", "actionid": "duty-7", "response": "Success", "reason": "4"}
    broken = {"event": "UserEvent", "userevent": "HotlineBridge", "bridgeref": "x", "step": "ended"}

    batch = read_batch([AmiEvent(event["event"], now, event) for event in (duty, broken)], [])

    assert batch.bridges == []
    assert [gap.reason for gap, _ in batch.gaps] == ["malformed_event"]


def test_nobody_makes_two_calls_at_once(session: Session, city: City, now: datetime) -> None:
    called(session, city.listed(now), city.dispatcher, now)

    with pytest.raises(AlreadyCalling):
        called(session, city.listed(now, phone="13812345679"), city.dispatcher, now)


def test_what_waited_too_long_or_was_never_heard_to_end_is_given_up(
    session: Session, city: City, now: datetime
) -> None:
    late, lost = called(session, city.listed(now), city.dispatcher, now), None

    assert take_bridges(session, node="main", oldest=now + timedelta(seconds=1), now=now) == []
    lost = called(session, city.listed(now, phone="13812345679"), city.dispatcher, now)
    take_bridges(session, node="main", oldest=now, now=now)
    take_bridges(session, node="main", oldest=now, now=now + LOST_AFTER + timedelta(seconds=1))

    assert (late.result, lost.result) == (BridgeResult.FAILED, BridgeResult.UNKNOWN)


def test_an_exchange_that_is_away_ends_the_try(session: Session, city: City, now: datetime) -> None:
    bridge = called(session, city.listed(now), city.dispatcher, now)

    fail_bridge(session, bridge.id, now=now)

    assert (bridge.state, bridge.result) == (BridgeState.ENDED, BridgeResult.FAILED)


def test_ones_own_number_is_asked_for_once_and_kept(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)

    with pytest.raises(NoOwnPhone):
        called(session, ticket, city.dispatcher, now, own_phone="")
    with pytest.raises(Invalid):
        called(session, ticket, city.dispatcher, now, own_phone="PJSIP/1001&Local/1")
    called(session, ticket, city.dispatcher, now, own_phone="８００１")

    assert session.get_one(Person, city.dispatcher.person_id).desk_phone == "8001"
    assert own_telephone(session, city.dispatcher) == "分机 8001"


def test_whoever_sits_at_a_seat_is_rung_there_unless_it_has_a_call(session: Session, city: City, now: datetime) -> None:
    add_seat(session, number="1001", node="main", interface="PJSIP/1001", kind=SeatKind.PHONE, queue="12345", now=now)
    log_in_seat(session, "1001", person_id=city.agent.person_id or 0, now=now)
    ticket = city.listed(now)
    session.flush()

    bridge = called(session, ticket, city.agent, now, own_phone="")
    fail_bridge(session, bridge.id, now=now)
    session.scalars(select(Seat)).one().phase = Phase.TALKING
    session.flush()

    assert (bridge.own_channel, bridge.own_shown) == ("PJSIP/1001", "坐席 1001")
    with pytest.raises(SeatStateRefuses):
        called(session, ticket, city.agent, now)


def test_a_unit_calls_only_while_it_has_the_ticket(session: Session, city: City, now: datetime) -> None:
    held = city.signed(now)

    assert called(session, held, city.officer, now).about_id == held.id
    held.unit_id = held.working_unit_id = city.roads.id
    session.flush()
    with pytest.raises(RoleRefused):
        called(session, held, city.officer, now)


@pytest.mark.parametrize("state", [State.ARCHIVED, State.WITHDRAWN, State.VOID])
def test_nobody_is_called_about_a_matter_at_its_end_whoever_asks(
    session: Session, city: City, now: datetime, state: State
) -> None:
    ticket = city.signed(now)
    ticket.state = state
    session.flush()

    for person in (city.officer, city.agent, city.callback, city.supervisor):
        assert not may_call(ticket, person)
        with pytest.raises(MoveRefused, match=state.name_zh):
            called(session, ticket, person, now)


@pytest.mark.parametrize(
    "state", [State.ANSWERED, State.REJECTED, State.TRANSFERRED, State.TO_CALLBACK, State.TERMINATED, State.CLOSED]
)
def test_until_the_archive_the_citizen_is_asked_told_and_heard_about_an_objection(
    session: Session, city: City, now: datetime, state: State
) -> None:
    ticket = city.signed(now)
    ticket.state = state
    session.flush()

    assert called(session, ticket, city.callback, now).about_id == ticket.id
    assert may_call(ticket, city.officer), "a bad rating of a closed matter is answered by whoever handled it"


def test_without_a_number_there_is_nobody_to_call(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)
    ticket.phone = ""
    session.flush()

    with pytest.raises(NoCitizenPhone):
        called(session, ticket, city.dispatcher, now)


def test_a_unit_s_officer_without_a_desk_is_rung_on_the_bound_mobile_phone(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)
    session.get_one(Person, city.officer.person_id).mobile_phone = "13900001111"
    shown = own_telephone(session, city.officer)

    bridge = called(session, ticket, city.officer, now, own_phone="")

    assert (shown, bridge.own_shown) == ("139****1111", "139****1111")
    assert bridge.own_channel == TELEPHONY.bridge_channel.format(phone="13900001111")


def test_the_desk_of_an_officer_rings_before_the_mobile_phone(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    officer = session.get_one(Person, city.officer.person_id)
    officer.desk_phone, officer.mobile_phone = "8021", "13900001111"

    bridge = called(session, ticket, city.officer, now, own_phone="")

    assert (bridge.own_channel, bridge.own_shown) == ("PJSIP/8021", "分机 8021")
