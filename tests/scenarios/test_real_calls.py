"""The scenario table on a real Asterisk 22: the calls of the table, in the streams the built-in exchange tells."""

import pytest

from telephony.exchange.recordings import Recording, fields_of, load
from tests.scenarios.conftest import Played
from tests.scenarios.seen import assert_is
from tests.scenarios.table import CALLER, SCENARIOS, Scenario

pytestmark = [pytest.mark.needs("asterisk"), pytest.mark.timeout(600)]
WHOLE = [one for one in SCENARIOS if one.killed is None]


@pytest.mark.parametrize("scenario", WHOLE, ids=[one.name for one in WHOLE])
def test_a_real_asterisk_gives_the_call_of_the_table(played: Played, scenario: Scenario) -> None:
    call = played.calls[scenario.name]

    assert_is(call, scenario.expected)
    assert call.caller == CALLER
    if call.answered_at is not None:
        assert call.recording is not None
        assert (played.exchange.places.recordings / call.recording).stat().st_size > 44


@pytest.mark.parametrize("name", [*(one.name for one in WHOLE), "answers"])
def test_the_shipped_recordings_have_the_shape_that_asterisk_gives_today(played: Played, name: str) -> None:
    assert shape_of(played.recordings[name]) == shape_of(load(name))


def shape_of(recording: Recording) -> dict[str, list[tuple[str, ...]]]:
    """For each channel, queue member and answer the messages with the names of their fields, sorted.

    Asterisk's threads tell in no fixed order even of one channel; what the order means is compared by the calls.
    """
    told: dict[str, list[tuple[str, ...]]] = {}
    channels: list[str] = []
    for message in recording.messages:
        fields = fields_of(message)
        about = fields.get("Uniqueid") or fields.get("Interface") or "answers"
        if about[0].isdigit():
            channels += [] if about in channels else [about]
            about = f"channel {channels.index(about)}"
        step = fields.get("Step", fields.get("Response", ""))
        told.setdefault(about, []).append((fields.get("Event", ""), step, *fields))
    lines = [line.split("|") for line in recording.queue_log]
    told["queue_log"] = [(parts[3], parts[4], str(len(parts))) for parts in lines]
    return {about: sorted(messages) for about, messages in told.items()}
