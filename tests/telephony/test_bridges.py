"""Calls by staff through the call layer: asked for once, told step by step, and the same from the demo's exchange."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.clock import SystemClock
from core.database import Database
from telephony.ami import AmiEvent
from telephony.bridges.actions import Line as OwnLine
from telephony.bridges.actions import TakenBridge, ask_bridge
from telephony.bridges.hearing import originate_fields
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState, BridgeStep
from telephony.exchange.demo_bridge import TALK_S, play_originate
from telephony.listener import read_batch, translate
from tests.telephony.making import NODE, make_person
from tests.telephony.serving import serving, until
from tests.telephony.stand_in import StandIn
from tests.telephony.told import Queue


def asked(session: Session) -> int:
    person = make_person(session)
    own = OwnLine("PJSIP/8001", "分机 8001")
    bridge = ask_bridge(
        session,
        node=NODE,
        about_id=7,
        person_id=person.id,
        person_label="王（B001）",
        own=own,
        citizen_channel="PJSIP/13812345678@trunk",
        now=SystemClock().now(),
    )
    return bridge.id


def the_bridge(session: Session) -> BridgedCall:
    return session.scalars(sa.select(BridgedCall)).one()


async def test_a_call_by_staff_is_made_once_and_followed_to_its_end(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        bridge_id = database.write(asked)
        await server.until(lambda: "Originate" in server.names())
        stamp = f"Timestamp: {started_at:.6f}"
        server.say(
            f"Event: OriginateResponse\r\nActionID: bridge-{bridge_id}\r\nResponse: Success\r\nReason: 4\r\n{stamp}"
        )
        ours = f"Event: UserEvent\r\nUserEvent: HotlineBridge\r\nBridgeRef: {bridge_id}"
        server.say(f"{ours}\r\nStep: answered\r\n{stamp}")
        await until(database, the_bridge, lambda bridge: bridge.state is BridgeState.TALKING)
        server.say(f"{ours}\r\nStep: ended\r\nDialStatus: ANSWER\r\nTalked: 42\r\n{stamp}")
        ended = await until(database, the_bridge, lambda bridge: bridge.state is BridgeState.ENDED)

    assert (ended.result, ended.talk_s, ended.citizen_channel) == (BridgeResult.TALKED, 42, "")
    sent = next(action for action in server.received if action["action"] == "Originate")
    assert (sent["channel"], sent["context"], sent["callerid"]) == ("PJSIP/8001", "hotline-bridge", "12345 <12345>")
    assert server.count("Originate") == 1


async def test_an_exchange_that_refuses_ends_the_try_at_once(database: Database, server: StandIn, queue: Queue) -> None:
    server.answers["Originate"] = lambda _, __: "Response: Error\r\nMessage: no such endpoint"

    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        database.write(asked)
        ended = await until(database, the_bridge, lambda bridge: bridge.state is BridgeState.ENDED)

    assert ended.result is BridgeResult.FAILED


def test_a_telephone_that_we_dialled_through_the_trunk_is_nobody_who_called(now: datetime) -> None:
    ours = {
        "event": "Newchannel", "uniqueid": "hotline-bridge-7", "linkedid": "hotline-bridge-7",
        "context": "from-trunk", "calleridnum": "12345", "exten": "s", "channel": "PJSIP/trunk-1",
    }  # fmt: skip

    assert translate(AmiEvent("Newchannel", now, ours)) is None


async def test_the_demos_exchange_tells_the_same_steps(now: datetime) -> None:
    order = originate_fields(TakenBridge(7, "PJSIP/8001", "PJSIP/1@trunk"), hotline="12345", ring_s=30)
    told: list[AmiEvent] = []

    def tell(event: dict[str, str]) -> None:
        fields = {name.lower(): value for name, value in event.items()}
        told.append(AmiEvent(event["Event"], now, fields))

    await play_originate({name.lower(): value for name, value in order.items()}, tell, speed=10_000)

    heard = read_batch(told, []).bridges
    assert [news.step for news in heard] == [BridgeStep.OWN_ANSWERED, BridgeStep.CITIZEN_ANSWERED, BridgeStep.ENDED]
    assert {news.bridge_id for news in heard} == {7}
    assert (heard[-1].result, heard[-1].talk_s) == (BridgeResult.TALKED, TALK_S)
