"""The built-in exchange as our AMI client and the demo's people find it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from pydantic import SecretStr

from core.clock import ShiftedClock, SystemClock
from telephony.exchange.builtin import BuiltInExchange
from telephony.exchange.callers import DemoCallers, Habits
from telephony.exchange.demo_call import Deed, Pace, Stage
from telephony.settings import AmiSettings
from tests.scenarios.link import AmiLink
from tests.scenarios.stage import is_callers_end, told

QUICK = Pace(greeting_s=0.05, ring_s=0.3, retry_s=0.02, wait_at_most_s=5, rating_s=0.3, farewell_s=0.02)
SEAT = "PJSIP/8001"


@pytest.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[BuiltInExchange]:
    ami = AmiSettings(secret=SecretStr("quiet")).model_copy(update={"port": 0})
    exchange = BuiltInExchange(tmp_path, ami, clock=SystemClock(), pace=QUICK)
    await exchange.start()
    yield exchange
    await exchange.stop()


@pytest.fixture
async def link(exchange: BuiltInExchange) -> AsyncIterator[AmiLink]:
    link = await AmiLink.open(exchange.port, username="hotline", secret="quiet")
    yield link
    await link.close()


async def seat_rings(link: AmiLink) -> dict[str, str]:
    return await link.until(told("AgentCalled"), within_s=5)


async def test_a_wrong_secret_is_refused_and_hung_up_on(exchange: BuiltInExchange) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.port)
    writer.write(b"Action: Login\r\nUsername: hotline\r\nSecret: wrong\r\n\r\n")

    said = await reader.read()

    assert b"Authentication failed" in said
    writer.close()


async def test_nothing_is_done_and_nothing_told_before_the_log_in(exchange: BuiltInExchange) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.port)
    writer.write(b"Action: QueueAdd\r\nQueue: 12345\r\nInterface: PJSIP/8001\r\n\r\n")
    await reader.readline()

    said = await reader.readuntil(b"\r\n\r\n")

    assert b"Permission denied" in said
    assert list(exchange.members) == []
    writer.close()


async def test_an_action_that_comes_byte_by_byte_is_understood(exchange: BuiltInExchange) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.port)
    for byte in b"Action: Login\r\nUsername: hotline\r\nSecret: quiet\r\n\r\n":
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)

    assert b"Authentication accepted" in await reader.readuntil(b"accepted\r\n\r\n")
    writer.close()


async def test_a_client_that_stops_reading_is_cut_off_and_holds_nobody_up(exchange: BuiltInExchange) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.port)
    writer.write(b"Action: Login\r\nUsername: hotline\r\nSecret: quiet\r\n\r\n")
    await reader.readuntil(b"accepted\r\n\r\n")

    for _ in range(400):
        exchange.tell({"Event": "Newchannel", "Filler": "x" * 60_000})
        await asyncio.sleep(0)

    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(400 * 60_000), 10)
    writer.close()
    patient = await AmiLink.open(exchange.port, username="hotline", secret="quiet")
    await patient.close()


async def test_a_seat_answers_by_notify_and_hangs_up_by_its_channel(exchange: BuiltInExchange, link: AmiLink) -> None:
    await link.ask("QueueAdd", Queue="12345", Interface=SEAT)
    call = exchange.place_call("19900000007")
    channel = (await seat_rings(link))["DestChannel"]

    await link.ask("PJSIPNotify", Channel=channel, Variable="Event=talk")
    await link.until(told("AgentConnect"))
    await link.ask("PJSIPNotify", Channel=channel, Variable="Event=hold")
    await link.until(told("Hold"))
    await link.ask("PJSIPNotify", Channel=channel, Variable="Event=talk")
    await link.until(told("Unhold"))
    await link.ask("Hangup", Channel=channel)
    complete = await link.until(told("AgentComplete"))

    assert complete["Reason"] == "agent"
    assert call.stage is Stage.RATING


async def test_a_second_caller_waits_until_the_seat_is_free(exchange: BuiltInExchange, link: AmiLink) -> None:
    await link.ask("QueueAdd", Queue="12345", Interface=SEAT)
    first = exchange.place_call("19900000001")
    await seat_rings(link)
    second = exchange.place_call("19900000002")
    exchange.seat_does("8001", Deed.ANSWER)
    await link.until(told("AgentConnect"))
    await link.until(lambda fields: fields.get("Event") == "QueueCallerJoin" and fields["Uniqueid"] == second.uid)
    assert second.stage is Stage.WAITING
    exchange.seat_does("8001", Deed.SEAT_HANGS_UP)

    rings = await link.until(lambda fields: fields.get("Event") == "AgentCalled" and fields["Uniqueid"] == second.uid)

    assert rings["Interface"] == SEAT
    assert first.stage is not Stage.TALKING


async def test_a_seat_that_is_paused_is_not_rung_until_it_is_ready(exchange: BuiltInExchange, link: AmiLink) -> None:
    await link.ask("QueueAdd", Queue="12345", Interface=SEAT, Paused="true")
    call = exchange.place_call("19900000001")
    await link.until(told("QueueCallerJoin"))
    assert call.stage is Stage.WAITING

    await link.ask("QueuePause", Queue="12345", Interface=SEAT, Paused="false")

    assert (await seat_rings(link))["Interface"] == SEAT


async def test_the_lists_hold_callers_seats_and_channels(exchange: BuiltInExchange, link: AmiLink) -> None:
    await link.ask("QueueAdd", Queue="12345", Interface=SEAT)
    call = exchange.place_call("19900000001")
    await seat_rings(link)
    before = len(link.messages)

    await link.ask("QueueStatus")
    await link.ask("CoreShowChannels")
    await link.until(told("CoreShowChannelsComplete"), since=before)

    listed = [message.fields for message in link.messages[before:]]
    entry = next(fields for fields in listed if fields.get("Event") == "QueueEntry")
    assert entry["Uniqueid"] == call.uid
    assert next(fields for fields in listed if fields.get("Event") == "QueueMember")["Status"] == "6"
    assert [fields["Linkedid"] for fields in listed if fields.get("Event") == "CoreShowChannel"] == [call.uid] * 2


async def test_a_caller_can_be_played_over_ami(exchange: BuiltInExchange, link: AmiLink) -> None:
    placed = await link.ask("HotlineCaller", Do="call", Caller="19900000009", Dials="12345")
    await link.until(told("QueueCallerJoin"))

    await link.ask("HotlineCaller", Do="hang up", Uniqueid=placed["Uniqueid"])

    assert (await link.until(is_callers_end))["Uniqueid"] == placed["Uniqueid"]
    assert (await link.ask("HotlineCaller", Do="call", Dials="110"))["Response"] == "Error"


async def test_chinese_pause_reasons_survive(exchange: BuiltInExchange, link: AmiLink) -> None:
    await link.ask("QueueAdd", Queue="12345", Interface=SEAT)

    await link.ask("QueuePause", Interface=SEAT, Paused="true", Reason="小休")

    assert (await link.until(told("QueueMemberPause")))["PausedReason"] == "小休"
    assert exchange.queue_log.read_text(encoding="utf-8").splitlines()[-1].endswith("PAUSE|小休")


async def test_events_are_dated_by_the_demos_clock(tmp_path: Path) -> None:
    ami = AmiSettings(secret=SecretStr("quiet")).model_copy(update={"port": 0})
    clock = ShiftedClock(datetime(2026, 10, 13, 1, tzinfo=UTC))
    exchange = BuiltInExchange(tmp_path, ami, clock=clock, pace=QUICK)
    await exchange.start()
    link = await AmiLink.open(exchange.port, username="hotline", secret="quiet")
    exchange.place_call("19900000001")

    arrival = await link.until(told("Newchannel"))

    assert datetime.fromtimestamp(float(arrival["Timestamp"]), UTC).date().isoformat() == "2026-10-13"
    await link.close()
    await exchange.stop()


async def test_demo_citizens_call_wait_and_give_up(exchange: BuiltInExchange, link: AmiLink) -> None:
    habits = Habits(every_s=0.02, first_after_s=0.01, at_most_waiting=2, patience_s=(0.2, 0.3))
    callers = asyncio.create_task(DemoCallers(exchange, random=Random(1), habits=habits).run())
    await asyncio.sleep(0.5)
    assert exchange.waiting == 0  # nobody calls while nobody has signed in
    await link.ask("QueueAdd", Queue="12345", Interface=SEAT, Paused="true")

    abandoned = await link.until(told("QueueCallerAbandon"))

    assert abandoned["CallerIDNum"].startswith("1990000")
    assert exchange.waiting <= 2
    callers.cancel()
    await asyncio.gather(callers, return_exceptions=True)
