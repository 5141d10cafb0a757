"""What manager events mean to us, and which we pass over."""

from datetime import UTC, datetime
from typing import Any

import pytest

from telephony.ami import AmiEvent
from telephony.errors import MalformedEvent
from telephony.facts import (
    CallerAbandoned,
    CallerArrived,
    CallerGone,
    CallerGreeted,
    CallerRated,
    CallerWaiting,
    CallEvent,
    QueueLeft,
    RatingAsked,
    RecordingNamed,
    SeatAnswered,
    SeatDone,
    SeatHeld,
    SeatMissed,
    SeatRang,
    SeatResumed,
)
from telephony.inbox import Gap
from telephony.listener import SeatPaused, is_followed, read_batch, translate
from telephony.rules import EndedBy

AT = datetime(2026, 10, 13, 1, 0, tzinfo=UTC)
CALLER = {
    "Uniqueid": "1.0",
    "Linkedid": "1.0",
    "Channel": "PJSIP/trunk-0",
    "CallerIDNum": "13812345678",
    "Context": "from-trunk",
    "Exten": "12345",
}
SEAT = {"Interface": "PJSIP/1001", "DestUniqueid": "1.1", "DestChannel": "PJSIP/1001-1", "Queue": "12345"}
OWN_LEG = CALLER | {"Uniqueid": "1.1", "Channel": "PJSIP/1001-1"}


def event(name: str, **fields: str) -> AmiEvent:
    return AmiEvent(name, AT, {key.lower(): value for key, value in fields.items()})


def step(step: str, **fields: str) -> AmiEvent:
    return event("UserEvent", **CALLER, UserEvent="HotlineCall", CallRef="1.0", Step=step, **fields)


MEANINGS: list[tuple[AmiEvent, CallEvent | SeatPaused]] = [
    (
        event("Newchannel", **CALLER),
        CallerArrived("1.0", AT, caller="13812345678", dialled="12345", channel="PJSIP/trunk-0"),
    ),
    (event("QueueCallerJoin", **CALLER, Queue="12345"), CallerWaiting("1.0", AT, queue="12345")),
    (event("QueueCallerAbandon", **CALLER, HoldTime="4"), CallerAbandoned("1.0", AT, waited_s=4)),
    (event("AgentCalled", **CALLER, **SEAT), SeatRang("1.0", AT, seat="PJSIP/1001", leg="1.1", channel="PJSIP/1001-1")),
    (
        event("AgentRingNoAnswer", **CALLER, **SEAT, RingTime="4000"),
        SeatMissed("1.0", AT, seat="PJSIP/1001", leg="1.1"),
    ),
    (
        event("AgentConnect", **CALLER, **SEAT, HoldTime="6"),
        SeatAnswered("1.0", AT, seat="PJSIP/1001", leg="1.1", waited_s=6),
    ),
    *[
        (
            event("AgentComplete", **CALLER, **SEAT, HoldTime="6", TalkTime="60", Reason=reason),
            SeatDone("1.0", AT, seat="PJSIP/1001", waited_s=6, talk_s=60, ended_by=ended_by),
        )
        for reason, ended_by in (("agent", EndedBy.SEAT), ("caller", EndedBy.CALLER), ("transfer", None))
    ],
    (event("Hold", **OWN_LEG), SeatHeld("1.0", AT, leg="1.1")),
    (event("Unhold", **OWN_LEG), SeatResumed("1.0", AT, leg="1.1")),
    (event("Hangup", **CALLER, Cause="16"), CallerGone("1.0", AT, has_abandoned=False)),
    (
        event("QueueMemberPause", Interface="PJSIP/1001", Paused="1", PausedReason="Auto-Pause"),
        SeatPaused("PJSIP/1001", AT),
    ),
    (
        step("greeting", Dialled="12319", Line="heating"),
        CallerGreeted("1.0", AT, caller="13812345678", dialled="12319", line="heating"),
    ),
    (step("queue", Queue="12345", Recording="a/b.wav"), RecordingNamed("1.0", AT, path="a/b.wav")),
    (step("done", Queue="12345", QueueStatus="TIMEOUT"), QueueLeft("1.0", AT, queue="12345", status="TIMEOUT")),
    (step("asked"), RatingAsked("1.0", AT)),
    (step("rated", Key="5"), CallerRated("1.0", AT, pressed="5")),
    (step("rated", Key=""), CallerRated("1.0", AT, pressed="")),
    (step("gone", Abandoned="TRUE"), CallerGone("1.0", AT, has_abandoned=True)),
    (step("gone", Abandoned=""), CallerGone("1.0", AT, has_abandoned=False)),
]


@pytest.mark.parametrize(
    ("heard", "meant"), MEANINGS, ids=[f"{heard.name}-{heard.get('Step')}" for heard, _ in MEANINGS]
)
def test_an_event_means(heard: AmiEvent, meant: CallEvent | SeatPaused) -> None:
    assert translate(heard) == meant


@pytest.mark.parametrize(
    "heard",
    [
        event("VarSet", **CALLER),
        event("Newchannel", **OWN_LEG),
        event("Newchannel", **CALLER | {"Context": "from-seats"}),
        event("Hangup", **OWN_LEG),
        event("QueueMemberPause", Interface="PJSIP/1001", Paused="1", PausedReason="小休"),
        event("QueueMemberPause", Interface="PJSIP/1001", Paused="0", PausedReason="Auto-Pause"),
        event("UserEvent", **CALLER, UserEvent="SomebodyElses"),
    ],
    ids=["noise", "leg of a seat", "call of a seat", "end of a leg", "pause of ours", "end of a pause", "foreign"],
)
def test_what_is_not_about_a_caller_is_passed_over(heard: AmiEvent) -> None:
    assert translate(heard) is None


def test_only_what_may_mean_something_is_kept_for_reading() -> None:
    assert all(is_followed(heard) for heard, _ in MEANINGS)
    assert not any(is_followed(event(name)) for name in ("VarSet", "Newexten", "Cdr", "QueueMemberStatus", "RTCPSent"))


@pytest.mark.parametrize(
    "broken",
    [
        event("Newchannel", Uniqueid="1.0"),
        event("AgentConnect", **CALLER, **SEAT, HoldTime="-1"),
        event("AgentComplete", **CALLER, **SEAT, HoldTime="6", TalkTime="", Reason="agent"),
        step("dance"),
        event("UserEvent", **CALLER, UserEvent="HotlineCall", Step="gone"),
    ],
)
def test_an_event_of_ours_that_lacks_something_becomes_a_gap_and_the_next_one_counts(broken: AmiEvent) -> None:
    with pytest.raises(MalformedEvent):
        translate(broken)

    batch = read_batch([broken, event("Hangup", **CALLER)], [Gap("link_down", AT, AT)])

    assert [fact.kind for fact in batch.events] == ["gone"]
    assert [gap.reason for gap, _ in batch.gaps] == ["link_down", "malformed_event"]


@pytest.mark.parametrize("withheld", ["<unknown>", "anonymous", "", "unknown"])
def test_a_withheld_number_is_no_number(withheld: str) -> None:
    arrived: Any = translate(event("Newchannel", **CALLER | {"CallerIDNum": withheld}))

    assert arrived.caller == ""
