"""Dialling in on a real Asterisk: keys, prompts and endings, and no PIN anywhere on the way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import migrate
from core.clock import SystemClock
from core.database import Database, DatabaseSettings
from core.model import Model
from staff.rules import Actor
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from telephony.dial_in.actions import issue_dial_in_pin
from telephony.dial_in.model import DialIn
from telephony.dial_in.pins import hash_pin
from telephony.dial_in.rules import DialInState, Verdict
from telephony.exchange.real import RealExchange
from telephony.model import Call
from telephony.settings import TelephonySettings
from tests.ports import ports
from tests.scenarios import sipp
from tests.scenarios.link import AmiLink
from tests.scenarios.seen import layer_settings, listening
from tests.scenarios.stage import DIAL_IN, QUEUE, SEAT_PORTS, SECRET
from tests.scenarios.table import Does, SeatPlan
from tests.tickets.making import City
from tickets.actions.dialling_in import connect_dial_in
from tickets.rules import State

pytestmark = [pytest.mark.needs("asterisk"), pytest.mark.timeout(120)]

OWN, STRANGER, CITIZEN = "13900001111", "13900002222", "8102"
PIN, WRONG_PIN = "048617", "775533"
CALLER_PORT = ports() + 120


@dataclass(frozen=True)
class DialledIn:
    """What is keyed, in what city, and what must come of it."""

    verdicts: tuple[Verdict, ...]
    pins: tuple[str, ...] = (PIN,)
    caller: str = OWN
    keys_after: int | None = None
    citizen: SeatPlan = field(default_factory=lambda: SeatPlan(CITIZEN, hangs_up_after_s=2))
    result: BridgeResult | None = None
    state: State | None = None
    is_others: bool = False
    wrong_before: int = 0
    is_tail: bool = False


ENDINGS = {
    "the citizen and the clerk talk": DialledIn((Verdict.CONNECTED,), result=BridgeResult.TALKED),
    "the last six digits are enough": DialledIn((Verdict.CONNECTED,), result=BridgeResult.TALKED, is_tail=True),
    "the citizen does not answer": DialledIn(
        (Verdict.CONNECTED,), result=BridgeResult.NO_ANSWER, citizen=SeatPlan(CITIZEN, answers="ignores")
    ),
    "the citizen's telephone is busy": DialledIn(
        (Verdict.CONNECTED,), result=BridgeResult.BUSY, citizen=SeatPlan(CITIZEN, answers="rejects")
    ),
    "the second PIN is right": DialledIn(
        (Verdict.WRONG, Verdict.CONNECTED), pins=(WRONG_PIN, PIN), result=BridgeResult.TALKED
    ),
    "the PIN is wrong": DialledIn((Verdict.WRONG,), pins=(WRONG_PIN,)),
    "the telephone is nobody's": DialledIn((Verdict.WRONG,), caller=STRANGER),
    "too many PINs were wrong": DialledIn((Verdict.LOCKED,), wrong_before=5),
    "the ticket is another unit's": DialledIn((Verdict.NO_TICKET,), is_others=True),
    "the ticket is void": DialledIn((Verdict.CLOSED,), state=State.VOID),
    "the caller hangs up while keying": DialledIn((), keys_after=14),
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(DatabaseSettings(url=f"sqlite:///{tmp_path}/hotline.db"))
    migrate.upgrade(database.writing)
    database.open()
    yield database
    database.close()


@pytest.mark.parametrize("call", ENDINGS.values(), ids=ENDINGS.keys())
async def test_whoever_dials_in_ends_as_it_must_and_the_pin_is_nowhere(
    asterisk: RealExchange, database: Database, tmp_path: Path, call: DialledIn, capsys: pytest.CaptureFixture[str]
) -> None:
    number, begun = database.write(prepared, call), SystemClock().now()
    citizen = sipp.seat(tmp_path, call.citizen, port=SEAT_PORTS[CITIZEN])
    link = await AmiLink.open(asterisk.ami.port, username=asterisk.ami.username, secret=SECRET)
    settings = settings_of(asterisk)
    try:
        async with listening(database, settings, SystemClock()), judging(database, settings):
            caller = dialling(asterisk, tmp_path, call, number)
            await asyncio.to_thread(caller.wait, 60)
            bridge = await ended(database) if call.result else None
        channels = await link.ask("CoreShowChannels")
        await link.until(lambda fields: fields.get("Event") == "CoreShowChannelsComplete")
    finally:
        citizen.stop()
        await link.close()

    tries = database.read(new_tries, call.wrong_before)
    assert channels["Response"] == "Success"
    assert tuple(one.verdict for one in tries) == call.verdicts
    assert all(one.state is DialInState.TOLD for one in tries)
    assert (bridge.result if bridge else None) is call.result
    # the exchange tells of calls from before as well, which a listener that is new to it makes up for
    assert database.read(lambda session: session.scalars(sa.select(Call).where(Call.began_at >= begun)).all()) == []
    assert (f"<sip:{QUEUE}@" in citizen.heard()) == (call.result is not None)
    assert OWN not in citizen.heard()
    assert CITIZEN not in caller.heard()
    assert ("\nBYE sip:" in caller.heard()) == (call.keys_after is None)
    for text in (*told_or_written(link, asterisk, database), *capsys.readouterr()):
        assert not any(pin in text for pin in call.pins)


def prepared(session: Session, call: DialledIn) -> str:
    """A city whose officer may dial in, and the number of a ticket."""
    now = SystemClock().now()
    city = City(session)
    officer: Actor = city.roads_officer if call.is_others else city.officer
    issue_dial_in_pin(session, officer.person_id or 0, phone=OWN, pin_hash=hash_pin(PIN), now=now)
    ticket = city.signed(now)
    ticket.state = call.state or ticket.state
    for _ in range(call.wrong_before):
        session.add(
            DialIn(
                node="main", channel="x", caller=OWN, person_id=officer.person_id, ticket="1", heard_at=now,
                state=DialInState.TOLD, verdict=Verdict.WRONG,
            )
        )  # fmt: skip
    session.flush()
    return ticket.number or ""


def dialling(exchange: RealExchange, folder: Path, call: DialledIn, number: str) -> sipp.Sipp:
    """Somebody outside keys number and PIN, and stays until the exchange hangs up, or hangs up while keying."""
    ticket = f"{number[-6:]}#" if call.is_tail else number
    keys = []
    for pin in call.pins:
        keys += [Does(3.0 if i == 0 else 0.2, key) for i, key in enumerate(ticket)]
        keys += [Does(1.5 if i == 0 else 0.2, key) for i, key in enumerate(pin)]
    steps = (*keys[: call.keys_after], Does(0.3 if call.keys_after else 30, hangs_up=True))
    address = f"{exchange.exchange.address}:{exchange.exchange.sip_port}"
    speech = folder / "silence.alaw"
    speech.write_bytes(b"\xd5" * 8000)
    return sipp.call(
        folder, exchange=address, dials=DIAL_IN, steps=steps, speech=speech, port=CALLER_PORT, caller=call.caller
    )


def settings_of(exchange: RealExchange) -> TelephonySettings:
    """A citizen of any number is at the one SIPp telephone."""
    places = exchange.places
    settings = layer_settings(port=exchange.ami.port, queue_log=places.queue_log, recordings=places.recordings)
    citizen = f"PJSIP/{CITIZEN}/sip:{{phone}}@{sipp.SEATS_AT}:{SEAT_PORTS[CITIZEN]}"
    return settings.model_copy(update={"dial_in_number": DIAL_IN, "bridge_channel": citizen})


@contextlib.asynccontextmanager
async def judging(database: Database, settings: TelephonySettings) -> AsyncIterator[None]:
    """The job that follows from a right PIN."""

    async def judge() -> None:
        while True:
            for dial_in_id in database.read(proven):
                database.write(connect_dial_in, dial_in_id, telephony=settings, now=SystemClock().now())
            await asyncio.sleep(0.05)

    task = asyncio.create_task(judge())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def proven(session: Session) -> list[int]:
    return list(session.scalars(sa.select(DialIn.id).where(DialIn.state == DialInState.PROVEN)))


def new_tries(session: Session, before: int) -> list[DialIn]:
    return list(session.scalars(sa.select(DialIn).order_by(DialIn.id)))[before:]


async def ended(database: Database) -> BridgedCall:
    """The call to the citizen once it is over."""
    async with asyncio.timeout(30):
        while (bridge := database.read(the_bridge)).state is not BridgeState.ENDED:  # noqa: ASYNC110  # another thread
            await asyncio.sleep(0.1)
    return bridge


def the_bridge(session: Session) -> BridgedCall:
    return session.scalars(sa.select(BridgedCall)).one()


def told_or_written(link: AmiLink, exchange: RealExchange, database: Database) -> Iterator[str]:
    """All that Asterisk told its manager user, what it logged, and what the database holds."""
    yield from (message.text for message in link.messages)
    yield from (path.read_text(errors="replace") for path in exchange.places.log.rglob("*") if path.is_file())
    yield from database.read(every_row)


def every_row(session: Session) -> list[str]:
    return [str(row) for table in Model.metadata.sorted_tables for row in session.execute(sa.select(table))]
