"""Dialling in on the built-in exchange: the same call layer, the same orders, the same verdicts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

import tickets.jobs  # noqa: F401  so that job rows find their functions
from app.reactions import REACTIONS
from core.clock import SystemClock
from core.database import Database
from core.jobs.runner import drain
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeState
from telephony.dial_in.actions import issue_dial_in_pin
from telephony.dial_in.model import DialIn
from telephony.dial_in.pins import hash_pin
from telephony.dial_in.rules import DialInState
from telephony.exchange.builtin import BuiltInExchange
from telephony.settings import AmiSettings, TelephonySettings
from tests.scenarios.link import AmiLink
from tests.scenarios.seen import listening
from tests.telephony.serving import until
from tests.tickets.making import OFFICE, City
from tickets.settings import TicketOffice

OWN, PIN = "13900001111", "048617"


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    return open_database(reactions=REACTIONS)


@pytest.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[BuiltInExchange]:
    ami = AmiSettings(secret=SecretStr("quiet")).model_copy(update={"port": 0})
    exchange = BuiltInExchange(tmp_path, ami, clock=SystemClock())
    await exchange.start()
    yield exchange
    await exchange.stop()


def prepared(session: Session) -> str:
    now = SystemClock().now()
    city = City(session)
    issue_dial_in_pin(session, city.officer.person_id or 0, phone=OWN, pin_hash=hash_pin(PIN), now=now)
    return city.signed(now).number or ""


def newest(session: Session) -> DialIn | None:
    return session.scalars(select(DialIn).order_by(DialIn.id.desc())).first()


def is_in(*states: DialInState) -> Callable[[DialIn | None], bool]:
    return lambda one: one is not None and one.state in states


@contextlib.asynccontextmanager
async def served(database: Database, exchange: BuiltInExchange) -> AsyncIterator[TelephonySettings]:
    ami = AmiSettings(port=exchange.port, secret=SecretStr("quiet"), reconnect_after_s=0.1)
    settings = TelephonySettings(ami=ami, queue_log=exchange.queue_log, recordings=exchange.recordings)
    async with listening(database, settings, SystemClock()):
        yield settings


async def test_the_right_pin_rings_the_citizen(database: Database, exchange: BuiltInExchange) -> None:
    number = database.write(prepared)
    async with served(database, exchange) as settings:
        clerk = exchange.dial_in(OWN, ticket=number, pin=PIN)
        await until(database, newest, is_in(DialInState.PROVEN))
        await asyncio.to_thread(drain, database, {TelephonySettings: settings, TicketOffice: OFFICE})
        bridge = await until(
            database,
            lambda session: session.scalars(select(BridgedCall)).first(),
            lambda one: one is not None and one.state is BridgeState.TALKING,
        )

    assert clerk.ended_as == "connected"
    assert bridge is not None
    assert bridge.citizen_answered_at is not None


async def test_a_wrong_pin_is_told_and_the_pin_is_in_no_message(database: Database, exchange: BuiltInExchange) -> None:
    number = database.write(prepared)
    link = await AmiLink.open(exchange.port, username="hotline", secret="quiet")
    async with served(database, exchange):
        clerk = exchange.dial_in(OWN, ticket=number, pin="775533")
        await until(database, newest, is_in(DialInState.TOLD))
        async with asyncio.timeout(5):
            while not clerk.ended_as:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.02)
    await link.close()

    assert clerk.ended_as == "wrong"
    assert any("HotlineDialIn" in message.text for message in link.messages)
    assert not any("775533" in message.text for message in link.messages)
