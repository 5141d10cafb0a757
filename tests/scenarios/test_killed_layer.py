"""kill -9 of our call layer in the middle of a call: the call is there once, whole, after the next start."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.clock import SystemClock
from core.database import Database
from telephony.exchange.real import RealExchange
from telephony.rules import CallState
from telephony.settings import AmiSettings, TelephonySettings
from tests.scenarios.built_in_stage import BuiltInStage, built_in_exchange
from tests.scenarios.link import AmiLink
from tests.scenarios.seen import LayerProcess, assert_is, last_call, layer_settings, wait_for_call
from tests.scenarios.stage import SECRET, RealStage
from tests.scenarios.table import SCENARIOS, Scenario

KILLED = [one for one in SCENARIOS if one.killed is not None]


@pytest.mark.parametrize("scenario", KILLED, ids=[one.name for one in KILLED])
async def test_a_killed_call_layer_loses_nothing_on_the_built_in_exchange(
    scenario: Scenario, database: Database, database_url: str, tmp_path: Path
) -> None:
    ami = AmiSettings(secret=SecretStr(SECRET)).model_copy(update={"port": 0})
    exchange = built_in_exchange(tmp_path / "exchange", ami, clock=SystemClock(), speed=1)
    await exchange.start()
    settings = layer_settings(port=exchange.port, queue_log=exchange.queue_log, recordings=exchange.recordings)
    stage = await BuiltInStage.open(exchange, speed=1)

    await play_with_kill(stage, scenario, database, database_url, settings)

    await stage.link.close()
    await exchange.stop()


@pytest.mark.needs("asterisk")
@pytest.mark.parametrize("scenario", KILLED, ids=[one.name for one in KILLED])
async def test_a_killed_call_layer_loses_nothing_on_a_real_asterisk(
    scenario: Scenario, asterisk: RealExchange, database: Database, database_url: str, tmp_path: Path
) -> None:
    places = asterisk.places
    places.queue_log.write_text("")  # calls of other tests are not this database's
    settings = layer_settings(port=asterisk.ami.port, queue_log=places.queue_log, recordings=places.recordings)
    link = await AmiLink.open(asterisk.ami.port, username=asterisk.ami.username, secret=SECRET)

    stage = RealStage(asterisk, link, tmp_path)

    try:
        await stage.empty_queue()
        await play_with_kill(stage, scenario, database, database_url, settings)
    finally:
        await link.close()


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
