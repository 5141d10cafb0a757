"""A real Asterisk for the scenarios, started once; what was played on it is kept for all tests."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core import migrate
from core.clock import SystemClock
from core.database import Database, DatabaseSettings
from telephony.exchange.real import RealExchange
from telephony.exchange.recordings import Recording
from telephony.model import Call
from tests.needs import needs
from tests.scenarios.link import AmiLink
from tests.scenarios.record import record_answers, record_scenario
from tests.scenarios.seen import last_call, layer_settings, listening, newest_call
from tests.scenarios.stage import SECRET, RealStage, real_exchange, short_prompts
from tests.scenarios.table import WHOLE


@dataclass(frozen=True)
class Played:
    """What the call layer made of each scenario, and the streams as they were heard."""

    calls: dict[str, Call]
    recordings: dict[str, Recording]
    exchange: RealExchange


@pytest.fixture(scope="session")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealExchange]:
    """A running Asterisk with the lines and short times of the table."""
    needs("asterisk")
    folder = tmp_path_factory.mktemp("asterisk")
    exchange = real_exchange(folder / "exchange", prompts=short_prompts(folder / "prompts"))
    exchange.up()
    yield exchange
    exchange.down()


@pytest.fixture(scope="session")
def played(asterisk: RealExchange, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The whole table, played once (about two minutes) with the call layer listening."""
    folder = tmp_path_factory.mktemp("played")
    url = f"sqlite:///{folder}/hotline.db"
    database = Database(DatabaseSettings(url=url))
    migrate.upgrade(database.writing)
    database.open()
    try:
        return asyncio.run(_play_all(asterisk, database, folder))
    finally:
        database.close()


async def _play_all(exchange: RealExchange, database: Database, folder: Path) -> Played:
    link = await AmiLink.open(exchange.ami.port, username=exchange.ami.username, secret=SECRET)
    stage = RealStage(exchange, link, folder)
    calls, recordings = {}, {}
    places = exchange.places
    places.queue_log.write_text("")  # calls of other tests are not this database's
    settings = layer_settings(port=exchange.ami.port, queue_log=places.queue_log, recordings=places.recordings)
    try:
        await stage.empty_queue()
        async with listening(database, settings, SystemClock()):
            for one in WHOLE:
                before = newest_call(database)
                recordings[one.name] = await record_scenario(stage, one)
                calls[one.name] = await last_call(database, after=before)
            recordings["answers"] = await record_answers(stage)
    finally:
        await link.close()
    return Played(calls, recordings, exchange)
