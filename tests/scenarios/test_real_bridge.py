"""致电 on a real Asterisk: one's own telephone, then the citizen's, neither with the other's number."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import migrate
from core.clock import SystemClock
from core.database import Database, DatabaseSettings
from telephony.bridges.actions import Line, ask_bridge
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from telephony.exchange.real import RealExchange
from telephony.settings import TelephonySettings
from tests.scenarios import sipp
from tests.scenarios.seen import layer_settings, listening
from tests.scenarios.stage import QUEUE, SEAT_PORTS
from tests.scenarios.table import SeatPlan
from tests.telephony.making import NODE, make_person

pytestmark = [pytest.mark.needs("asterisk"), pytest.mark.timeout(120)]

OWN, CITIZEN = "8101", "8102"
RING_S = 5


@dataclass(frozen=True)
class CallByStaff:
    """What both telephones do, and what must come of it."""

    own: SeatPlan
    citizen: SeatPlan
    result: BridgeResult
    has_citizen_rung: bool = True


CALLS = {
    "both talk until the citizen hangs up": CallByStaff(
        SeatPlan(OWN), SeatPlan(CITIZEN, hangs_up_after_s=2), BridgeResult.TALKED
    ),
    "both talk until whoever called hangs up": CallByStaff(
        SeatPlan(OWN, hangs_up_after_s=3), SeatPlan(CITIZEN), BridgeResult.TALKED
    ),
    "one's own telephone is not taken": CallByStaff(
        SeatPlan(OWN, answers="ignores"), SeatPlan(CITIZEN), BridgeResult.OWN_NO_ANSWER, has_citizen_rung=False
    ),
    "the citizen does not take it": CallByStaff(
        SeatPlan(OWN), SeatPlan(CITIZEN, answers="ignores"), BridgeResult.NO_ANSWER
    ),
    "the citizen's telephone is busy": CallByStaff(
        SeatPlan(OWN), SeatPlan(CITIZEN, answers="rejects"), BridgeResult.BUSY
    ),
    "whoever called hangs up while it rings": CallByStaff(
        SeatPlan(OWN, hangs_up_after_s=1), SeatPlan(CITIZEN, answers="ignores"), BridgeResult.NO_ANSWER
    ),
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(DatabaseSettings(url=f"sqlite:///{tmp_path}/hotline.db"))
    migrate.upgrade(database.writing)
    database.open()
    yield database
    database.close()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_a_call_by_staff_ends_as_it_went_and_shows_nobodys_number(
    asterisk: RealExchange, database: Database, tmp_path: Path, call: CallByStaff
) -> None:
    own, citizen = (sipp.seat(tmp_path, plan, port=SEAT_PORTS[plan.number]) for plan in (call.own, call.citizen))
    try:
        async with listening(database, settings_of(asterisk), SystemClock()):
            database.write(asked)
            bridge = await ended(database)
    finally:
        own.stop()
        citizen.stop()

    assert bridge.result is call.result
    assert ((bridge.talk_s or 0) > 0) == (call.result is BridgeResult.TALKED)
    assert (bridge.citizen_answered_at is not None) == (call.result is BridgeResult.TALKED)
    assert bridge.citizen_channel == ""
    assert f"<sip:{QUEUE}@" in own.heard()
    assert not is_said(CITIZEN, own.heard())
    assert (f"<sip:{QUEUE}@" in citizen.heard()) == call.has_citizen_rung
    assert not is_said(OWN, citizen.heard())


def settings_of(exchange: RealExchange) -> TelephonySettings:
    """A call layer for it that lets one's own telephone ring for five seconds."""
    places = exchange.places
    settings = layer_settings(port=exchange.ami.port, queue_log=places.queue_log, recordings=places.recordings)
    return settings.model_copy(update={"bridge_ring_s": RING_S})


def asked(session: Session) -> None:
    """Somebody at the first telephone calls the second."""
    ask_bridge(
        session,
        node=NODE,
        about_id=7,
        person_id=make_person(session).id,
        person_label="王芳（B001）",
        own=Line(f"PJSIP/{OWN}", f"分机 {OWN}"),
        citizen_channel=f"PJSIP/{CITIZEN}",
        now=SystemClock().now(),
    )


async def ended(database: Database) -> BridgedCall:
    """The call once it is over."""
    async with asyncio.timeout(30):
        while (bridge := database.read(the_bridge)).state is not BridgeState.ENDED:  # noqa: ASYNC110  # the layer tells nobody
            await asyncio.sleep(0.1)
    return bridge


def the_bridge(session: Session) -> BridgedCall:
    return session.scalars(sa.select(BridgedCall)).one()


def is_said(number: str, heard: str) -> bool:
    """As a number of its own: a time or an id of a session may hold the same digits."""
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", heard) is not None
