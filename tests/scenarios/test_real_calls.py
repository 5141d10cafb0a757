"""The scenario table on a real Asterisk 22: the calls of the table, in the streams the built-in exchange tells."""

import pytest

from telephony.exchange.recordings import load
from tests.scenarios.conftest import Played
from tests.scenarios.seen import assert_is
from tests.scenarios.shape import differences
from tests.scenarios.table import CALLER, ON_BOTH, WHOLE, Scenario

pytestmark = [pytest.mark.needs("asterisk"), pytest.mark.timeout(600)]


@pytest.mark.parametrize("scenario", WHOLE, ids=[one.name for one in WHOLE])
def test_a_real_asterisk_gives_the_call_of_the_table(played: Played, scenario: Scenario) -> None:
    call = played.calls[scenario.name]

    assert_is(call, scenario.expected)
    assert call.caller == CALLER
    if call.answered_at is not None:
        assert call.recording is not None
        assert (played.exchange.places.recordings / call.recording).stat().st_size > 44


@pytest.mark.parametrize("name", [*(one.name for one in ON_BOTH), "answers"])
def test_the_shipped_recordings_have_the_shape_that_asterisk_gives_today(played: Played, name: str) -> None:
    assert differences(played.recordings[name], load(name)) == []
