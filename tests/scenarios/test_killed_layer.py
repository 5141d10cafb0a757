"""kill -9 of our call layer in the middle of a call: the call is there once, whole, after the next start."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.clock import SystemClock
from core.database import Database
from telephony.exchange.real import RealExchange
from telephony.rules import CallResult, CallState
from telephony.settings import AmiSettings, TelephonySettings
from tests.scenarios.built_in_stage import BuiltInStage, built_in_exchange
from tests.scenarios.link import AmiLink
from tests.scenarios.seen import LayerProcess, assert_is, last_call, layer_settings, listening, wait_for_call
from tests.scenarios.stage import SECRET, RealStage
from tests.scenarios.table import SCENARIOS, Scenario, scenario

KILLED = [one for one in SCENARIOS if one.killed is not None]


@pytest.mark.parametrize("killed", KILLED, ids=[one.name for one in KILLED])
async def test_a_killed_call_layer_loses_nothing_on_the_built_in_exchange(
    killed: Scenario, database: Database, database_url: str, tmp_path: Path
) -> None:
    ami = AmiSettings(secret=SecretStr(SECRET)).model_copy(update={"port": 0})
    exchange = built_in_exchange(tmp_path / "exchange", ami, clock=SystemClock(), speed=1)
    await exchange.start()
    settings = layer_settings(port=exchange.port, queue_log=exchange.queue_log, recordings=exchange.recordings)
    stage = await BuiltInStage.open(exchange, speed=1)

    await play_with_kill(stage, killed, database, database_url, settings)

    await stage.link.close()
    await exchange.stop()


@pytest.mark.needs("asterisk")
@pytest.mark.parametrize("killed", KILLED, ids=[one.name for one in KILLED])
async def test_a_killed_call_layer_loses_nothing_on_a_real_asterisk(
    killed: Scenario, asterisk: RealExchange, database: Database, database_url: str, tmp_path: Path
) -> None:
    places = asterisk.places
    places.queue_log.write_text("")  # calls of other tests are not this database's
    settings = layer_settings(port=asterisk.ami.port, queue_log=places.queue_log, recordings=places.recordings)
    link = await AmiLink.open(asterisk.ami.port, username=asterisk.ami.username, secret=SECRET)

    stage = RealStage(asterisk, link, tmp_path)

    try:
        await stage.empty_queue()
        await play_with_kill(stage, killed, database, database_url, settings)
    finally:
        await link.close()


@pytest.mark.needs("asterisk")
async def test_a_killed_asterisk_leaves_the_call_ended_and_the_rest_unknown(
    asterisk: RealExchange, database: Database, tmp_path: Path
) -> None:
    places = asterisk.places
    places.queue_log.write_text("")
    settings = layer_settings(port=asterisk.ami.port, queue_log=places.queue_log, recordings=places.recordings)
    link = await AmiLink.open(asterisk.ami.port, username=asterisk.ami.username, secret=SECRET)
    stage = RealStage(asterisk, link, tmp_path)
    await stage.empty_queue()
    people = await stage.bring_together(scenario("answered"))

    try:
        async with listening(database, settings, SystemClock()):
            await wait_for_call(database, CallState.TALKING, within_s=15)
            await link.close()
            os.kill(asterisk.status().pid or 0, signal.SIGKILL)
            await asyncio.to_thread(asterisk.up)
            await wait_for_call(database, CallState.ENDED, within_s=30)
            call = await last_call(database, after=0)
    finally:
        for person in people:
            person.stop()

    assert (call.result, call.ended_by, call.answered_seat) == (CallResult.ANSWERED, None, "PJSIP/8101")
    assert (call.talk_s, call.ended_at) == (None, None)


async def play_with_kill(
    stage: RealStage | BuiltInStage,
    scenario: Scenario,
    database: Database,
    database_url: str,
    settings: TelephonySettings,
) -> None:
    """Play; kill the layer's process at the first moment of `killed`, start another at the second, and look."""
    assert scenario.killed is not None
    dies, lives_again = scenario.killed
    layers = [LayerProcess(database_url, settings)]
    try:
        await layers[0].until_up(database)

        async def happens(moment: str) -> None:
            if moment == dies:
                await wait_for_call(database, CallState.TALKING)
                layers[0].kill()
            elif moment == lives_again:
                layers.append(LayerProcess(database_url, settings))

        await stage.play(scenario, happens=happens)
        call = await last_call(database, after=0, within_s=30)
    finally:
        for layer in layers:
            layer.kill()
    assert_is(call, scenario.expected)
