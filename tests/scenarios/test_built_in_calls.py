"""The scenario table on the built-in exchange: the same calls as on a real Asterisk."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.database import Database
from telephony.exchange.recordings import Recording, load
from telephony.settings import AmiSettings
from tests.scenarios.built_in_stage import BuiltInStage, built_in_exchange
from tests.scenarios.fast_clock import FastClock
from tests.scenarios.seen import assert_is, last_call, layer_settings, listening
from tests.scenarios.shape import differences
from tests.scenarios.stage import SECRET
from tests.scenarios.table import CALLER, ON_BOTH, Scenario

SPEED = 4


@pytest.mark.parametrize("scenario", ON_BOTH, ids=[one.name for one in ON_BOTH])
async def test_the_built_in_exchange_gives_the_call_of_the_table(
    scenario: Scenario, database: Database, tmp_path: Path
) -> None:
    clock = FastClock(SPEED)
    ami = AmiSettings(port=1, secret=SecretStr(SECRET)).model_copy(update={"port": 0})
    exchange = built_in_exchange(tmp_path / "exchange", ami, clock=clock, speed=SPEED)
    await exchange.start()
    settings = layer_settings(port=exchange.port, queue_log=exchange.queue_log, recordings=exchange.recordings)
    stage = await BuiltInStage.open(exchange, speed=SPEED)

    lines = len(exchange.queue_log.read_text().splitlines())
    before = len(stage.link.messages)

    async with listening(database, settings, clock):
        await stage.play(scenario)
        call = await last_call(database, after=0)
    heard = tuple(message.text for message in stage.link.messages[before:])
    told = Recording(heard, tuple(exchange.queue_log.read_text().splitlines()[lines:]))
    await stage.link.close()
    await exchange.stop()

    assert differences(told, load(scenario.name)) == []
    assert_is(call, scenario.expected, speed=SPEED)
    assert call.caller == CALLER
    if call.answered_at is not None:
        assert call.recording is not None
        assert (exchange.recordings / call.recording).stat().st_size > 44
