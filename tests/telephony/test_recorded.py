"""Streams and logs that a real Asterisk wrote for our dialplan, read by the call layer's own reader."""

import gzip
from functools import cache
from pathlib import Path

import pytest

import telephony.exchange
from telephony.ami.events import AmiEvent, moment_of
from telephony.ami.wire import field_of, fields_of
from telephony.facts import CallEvent
from telephony.fold import CallPicture, fold
from telephony.listener import read_batch
from telephony.queue_log import translate_line
from tests.scenarios.table import SCENARIOS, Scenario
from tests.telephony.ears import hear_in_pieces

RECORDED = Path(telephony.exchange.__file__).parent / "recorded"
#: tests/scenarios sees to it that every scenario has a recording
WHOLE = [one for one in SCENARIOS if (RECORDED / f"{one.name}.ami.gz").exists()]
#: What the two sources can both know of a call, moments and lengths aside.
SAME = (
    "result",
    "ended_by",
    "rating",
    "rating_key",
    "answered_seat",
    "line",
    "dialled",
    "caller",
    "recording",
    "queue",
)

in_the_table = pytest.mark.parametrize("scenario", WHOLE, ids=[one.name for one in WHOLE])


@cache
def stream(name: str) -> bytes:
    messages = gzip.decompress((RECORDED / f"{name}.ami.gz").read_bytes()).decode()
    return messages.replace("\r\n", "\n").replace("\n", "\r\n").encode()


async def heard(name: str) -> list[CallEvent]:
    """The facts of a recorded stream."""
    return facts_of(hear_in_pieces([stream(name)]))


def facts_of(messages: list[dict[str, str]]) -> list[CallEvent]:
    events = []
    for message in messages:
        at = moment_of(field_of(message, "Timestamp"))
        assert at is not None
        events.append(AmiEvent(field_of(message, "Event"), at, fields_of(message)))
    batch = read_batch(events, [])
    assert batch.gaps == []
    return batch.events


def read(name: str) -> list[CallEvent]:
    """The facts of the log of the same call."""
    lines = (RECORDED / f"{name}.queue_log").read_text(encoding="utf-8").splitlines()
    return [event for line in lines if (event := translate_line(line))]


@in_the_table
async def test_a_recorded_stream_is_the_call_of_the_table(scenario: Scenario) -> None:
    picture = fold(await heard(scenario.name))

    wanted = scenario.expected
    assert (picture.result, picture.ended_by) == (wanted.result, wanted.ended_by)
    assert (picture.rating, picture.rating_key) == (wanted.rating, wanted.rating_key)
    assert (picture.answered_seat, picture.ring_attempts) == (wanted.answered_seat, wanted.ring_attempts)


@in_the_table
async def test_the_log_alone_tells_the_same_call(scenario: Scenario) -> None:
    by_log, by_ear = fold(read(scenario.name)), fold(await heard(scenario.name))

    assert {name: getattr(by_log, name) for name in SAME} == {name: getattr(by_ear, name) for name in SAME}


@in_the_table
async def test_what_both_sources_tell_is_stored_once(scenario: Scenario) -> None:
    by_ear = {(event.uid, event.kind, event.mark): event for event in await heard(scenario.name)}
    by_both = {(event.uid, event.kind, event.mark): event for event in read(scenario.name)} | by_ear

    new = [event.kind for key, event in by_both.items() if key not in by_ear]
    assert set(new) <= {"missed"}
    assert without_moves(fold(by_both.values())) == without_moves(fold(by_ear.values()))


def without_moves(picture: CallPicture) -> dict[str, object]:
    """The whole picture; a miss in the log has whole seconds and may only move the beginning of what is known."""
    return {name: value for name, value in vars(picture).items() if name != "began_at"}


@in_the_table
async def test_one_byte_at_a_time_gives_the_same_facts(scenario: Scenario) -> None:
    raw = stream(scenario.name)

    assert facts_of(hear_in_pieces([raw[at : at + 1] for at in range(len(raw))])) == await heard(scenario.name)


async def test_a_recorded_stream_cut_at_every_byte_gives_the_same_events() -> None:
    raw = stream("hung_up_in_greeting")
    whole = hear_in_pieces([raw])

    assert all(hear_in_pieces([raw[:at], raw[at:]]) == whole for at in range(len(raw)))
