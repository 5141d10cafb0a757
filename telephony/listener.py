"""From what Asterisk says to what we store: foreign names end here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from telephony.ami import AmiEvent
from telephony.asterisk_names import (
    CALLER_CONTEXT,
    DIAL_IN_EVENT,
    OWN_PREFIX,
    STEP_ASKED,
    STEP_DONE,
    STEP_GONE,
    STEP_GREETING,
    STEP_QUEUE,
    STEP_RATED,
    USER_EVENT,
)
from telephony.bridges.hearing import read_bridge_step, read_originated
from telephony.bridges.rules import BridgeNews
from telephony.dial_in.hearing import read_keyed
from telephony.dial_in.rules import Keyed
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
from telephony.inbox import Gap, Inbox
from telephony.rules import EndedBy

log = structlog.get_logger(__name__)

BATCH_AT_MOST = 200
BATCH_WITHIN_S = 0.05

#: AgentComplete.Reason; transfer: passed on, so nobody has ended the call yet
ENDED_BY = {"agent": EndedBy.SEAT, "caller": EndedBy.CALLER, "transfer": None}


@dataclass(frozen=True)
class SeatPaused:
    """Asterisk has paused a seat that let it ring."""

    seat: str
    at: datetime


Heard = CallEvent | SeatPaused | BridgeNews | Keyed


@dataclass(frozen=True)
class Batch:
    """What was heard in one go: facts of calls and news of seats in order, and gaps with a note each."""

    events: list[CallEvent]
    paused: list[SeatPaused]
    gaps: list[tuple[Gap, str | None]]
    bridges: list[BridgeNews] = field(default_factory=list)
    keyed: list[Keyed] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.events or self.paused or self.gaps or self.bridges or self.keyed)


def translate(event: AmiEvent) -> Heard | None:
    """Our event for a manager event, or None for the many we do not follow.  Raises MalformedEvent."""
    read = READERS.get(event.name)
    return read(event) if read else None


def _arrived(event: AmiEvent) -> Heard | None:
    """Legs of seats have a Linkedid other than their own; calls that a seat makes come from another context."""
    if not _is_callers(event) or event["Context"] != CALLER_CONTEXT:
        return None
    return CallerArrived(
        event["Uniqueid"],
        event.at,
        caller=_number(event),
        dialled=event["Exten"],
        channel=event["Channel"],
    )


def _is_callers(event: AmiEvent) -> bool:
    """What we dialled ourselves through the trunk is nobody who called."""
    return event["Uniqueid"] == event["Linkedid"] and not event["Uniqueid"].startswith(OWN_PREFIX)


def _gone(event: AmiEvent) -> Heard | None:
    if not _is_callers(event) or event.get("Context") != CALLER_CONTEXT:
        return None
    return CallerGone(event["Uniqueid"], event.at, has_abandoned=False)


def _waiting(event: AmiEvent) -> Heard:
    return CallerWaiting(event["Linkedid"], event.at, queue=event["Queue"])


def _abandoned(event: AmiEvent) -> Heard:
    return CallerAbandoned(event["Linkedid"], event.at, waited_s=_seconds(event, "HoldTime"))


def _rang(event: AmiEvent) -> Heard:
    return SeatRang(
        event["Linkedid"],
        event.at,
        seat=event["Interface"],
        leg=event["DestUniqueid"],
        channel=event["DestChannel"],
    )


def _missed(event: AmiEvent) -> Heard:
    return SeatMissed(event["Linkedid"], event.at, seat=event["Interface"], leg=event["DestUniqueid"])


def _answered(event: AmiEvent) -> Heard:
    return SeatAnswered(
        event["Linkedid"],
        event.at,
        seat=event["Interface"],
        leg=event["DestUniqueid"],
        waited_s=_seconds(event, "HoldTime"),
    )


def _done(event: AmiEvent) -> Heard:
    return SeatDone(
        event["Linkedid"],
        event.at,
        seat=event["Interface"],
        waited_s=_seconds(event, "HoldTime"),
        talk_s=_seconds(event, "TalkTime"),
        ended_by=ENDED_BY.get(event["Reason"]),
    )


def _held(event: AmiEvent) -> Heard:
    return SeatHeld(event["Linkedid"], event.at, leg=event["Uniqueid"])


def _resumed(event: AmiEvent) -> Heard:
    return SeatResumed(event["Linkedid"], event.at, leg=event["Uniqueid"])


def _paused(event: AmiEvent) -> Heard | None:
    if event["Paused"] != "1" or event.get("PausedReason") != "Auto-Pause":
        return None
    return SeatPaused(event["Interface"], event.at)


def _user_event(event: AmiEvent) -> Heard | None:
    """A step of our dialplan; CallRef is the caller's channel even after a transfer."""
    if event["UserEvent"] == DIAL_IN_EVENT:
        return read_keyed(event)
    if event["UserEvent"] != USER_EVENT:
        return read_bridge_step(event)
    read = STEPS.get(event["Step"])
    if read is None:
        raise MalformedEvent(name=event.name, field="Step")
    return read(event, event["CallRef"])


def _step_greeting(event: AmiEvent, uid: str) -> CallEvent:
    return CallerGreeted(uid, event.at, caller=_number(event), dialled=event["Dialled"], line=event["Line"])


def _step_queue(event: AmiEvent, uid: str) -> CallEvent:
    return RecordingNamed(uid, event.at, path=event["Recording"])


def _step_done(event: AmiEvent, uid: str) -> CallEvent:
    return QueueLeft(uid, event.at, queue=event["Queue"], status=event["QueueStatus"])


def _step_asked(event: AmiEvent, uid: str) -> CallEvent:
    return RatingAsked(uid, event.at)


def _step_rated(event: AmiEvent, uid: str) -> CallEvent:
    return CallerRated(uid, event.at, pressed=event["Key"])


def _step_gone(event: AmiEvent, uid: str) -> CallEvent:
    return CallerGone(uid, event.at, has_abandoned=event.get("Abandoned") == "TRUE")


READERS: dict[str, Callable[[AmiEvent], Heard | None]] = {
    "Newchannel": _arrived,
    "Hangup": _gone,
    "QueueCallerJoin": _waiting,
    "QueueCallerAbandon": _abandoned,
    "AgentCalled": _rang,
    "AgentRingNoAnswer": _missed,
    "AgentConnect": _answered,
    "AgentComplete": _done,
    "Hold": _held,
    "Unhold": _resumed,
    "QueueMemberPause": _paused,
    "UserEvent": _user_event,
    "OriginateResponse": read_originated,
}

STEPS: dict[str, Callable[[AmiEvent, str], CallEvent]] = {
    STEP_GREETING: _step_greeting,
    STEP_QUEUE: _step_queue,
    STEP_DONE: _step_done,
    STEP_ASKED: _step_asked,
    STEP_RATED: _step_rated,
    STEP_GONE: _step_gone,
}


def is_followed(event: AmiEvent, *, dial_in_number: str = "") -> bool:
    """Whether the event may mean something to us; what does not takes no place in the inbox.

    Whoever dials in to be joined with a citizen is nobody who called the hotline: their channel is no call.
    """
    if event.name in {"Newchannel", "Hangup"} and dial_in_number and event.get("Exten") == dial_in_number:
        return False
    return event.name in READERS


async def listen(inbox: Inbox[AmiEvent], store: Callable[[Batch], Awaitable[None]]) -> None:
    """Store what was heard, in order, in batches.

    An event we cannot read is logged and kept in the gap list; while the database is absent `store` does not return,
    the bounded inbox fills and marks a gap, which queue_log repairs.  Neither ends the loop.
    """
    async for heard in inbox.batches(at_most=BATCH_AT_MOST, within_s=BATCH_WITHIN_S):
        batch = read_batch(heard, inbox.take_gaps())
        if not batch.is_empty:
            await store(batch)


def read_batch(heard: list[AmiEvent], gaps: list[Gap]) -> Batch:
    """What a stretch of manager events says; what cannot be read becomes a gap of no length."""
    batch = Batch([], [], [(gap, None) for gap in gaps])
    for event in heard:
        try:
            ours = translate(event)
        except MalformedEvent as error:
            log.exception("manager event not readable", name=event.name, field=error.values["field"])
            batch.gaps.append((Gap("malformed_event", event.at, event.at, 1), str(error)[:200]))
            continue
        if isinstance(ours, SeatPaused):
            batch.paused.append(ours)
        elif isinstance(ours, BridgeNews):
            batch.bridges.append(ours)
        elif isinstance(ours, Keyed):
            batch.keyed.append(ours)
        elif ours is not None:
            batch.events.append(ours)
    return batch


def _number(event: AmiEvent) -> str:
    """The caller's number; a withheld one is empty."""
    number = event["CallerIDNum"]
    return "" if number in ("<unknown>", "anonymous", "unknown") else number


def _seconds(event: AmiEvent, field: str) -> int:
    value = event[field]
    if not value.isdecimal():
        raise MalformedEvent(name=event.name, field=field)
    return int(value)
