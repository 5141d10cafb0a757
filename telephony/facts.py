"""What can happen to a call, as typed events: the same fact has the same key whichever source tells it."""

from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Any, ClassVar

from telephony.rules import EndedBy, Source


@dataclass(frozen=True)
class CallEvent:
    """One fact about one call.

    `uid` is the caller's channel (Asterisk's Linkedid of every leg), `at` Asterisk's own time.  `mark` tells facts of
    one kind in one call apart, by something that every source knows.
    """

    kind: ClassVar[str] = ""
    kinds: ClassVar[dict[str, type["CallEvent"]]] = {}

    uid: str
    at: datetime
    _: KW_ONLY
    source: Source = Source.AMI

    def __init_subclass__(cls, *, kind: str) -> None:
        cls.kind = kind
        CallEvent.kinds[kind] = cls

    @property
    def mark(self) -> str:
        return ""

    @property
    def detail(self) -> dict[str, Any]:
        """The fields of this kind alone, as they are stored."""
        return {name: value for name, value in vars(self).items() if name not in ("uid", "at", "source")}


def stored_fact(kind: str, uid: str, at: datetime, source: Source, detail: dict[str, Any]) -> CallEvent:
    """The event that was stored."""
    return CallEvent.kinds[kind](uid, at, source=source, **detail)


@dataclass(frozen=True)
class CallerArrived(CallEvent, kind="arrived"):
    """The caller's channel came into being."""

    _: KW_ONLY
    caller: str
    dialled: str
    channel: str


@dataclass(frozen=True)
class CallerGreeted(CallEvent, kind="greeted"):
    """The dialplan has answered and begins its greeting."""

    _: KW_ONLY
    caller: str
    dialled: str
    line: str


@dataclass(frozen=True)
class RecordingNamed(CallEvent, kind="recording"):
    """The dialplan has chosen the file of the recording, relative to the recordings folder."""

    _: KW_ONLY
    path: str


@dataclass(frozen=True)
class CallerWaiting(CallEvent, kind="waiting"):
    """The caller is in a queue."""

    _: KW_ONLY
    queue: str

    @property
    def mark(self) -> str:
        return self.queue


@dataclass(frozen=True)
class SeatRang(CallEvent, kind="rang"):
    """Asterisk rings a seat; `leg` is the Uniqueid of the seat's channel."""

    _: KW_ONLY
    seat: str
    leg: str
    channel: str

    @property
    def mark(self) -> str:
        return self.leg


@dataclass(frozen=True)
class SeatMissed(CallEvent, kind="missed"):
    """A seat did not answer, or refused.

    The manager interface names the leg, queue_log does not: the two cannot be matched one by one, so the fold takes
    the source that knows more of them (telephony/fold.py).
    """

    _: KW_ONLY
    seat: str
    leg: str | None

    @property
    def mark(self) -> str:
        return self.leg or f"{self.seat} {self.at:%Y%m%dT%H%M%S}"


@dataclass(frozen=True)
class SeatAnswered(CallEvent, kind="answered"):
    """A seat talks to the caller; `waited_s` are Asterisk's whole seconds."""

    _: KW_ONLY
    seat: str
    leg: str
    waited_s: int

    @property
    def mark(self) -> str:
        return self.leg


@dataclass(frozen=True)
class SeatDone(CallEvent, kind="done"):
    """A seat's part of the call is over; `ended_by` None: it was passed on."""

    _: KW_ONLY
    seat: str
    waited_s: int
    talk_s: int
    ended_by: EndedBy | None

    @property
    def mark(self) -> str:
        return f"{self.seat} {self.waited_s}"


@dataclass(frozen=True)
class SeatHeld(CallEvent, kind="held"):
    """The seat put the caller on hold."""

    _: KW_ONLY
    leg: str

    @property
    def mark(self) -> str:
        return f"{self.leg} {self.at.isoformat()}"


@dataclass(frozen=True)
class SeatResumed(CallEvent, kind="resumed"):
    """The seat took the caller back from hold."""

    _: KW_ONLY
    leg: str

    @property
    def mark(self) -> str:
        return f"{self.leg} {self.at.isoformat()}"


@dataclass(frozen=True)
class CallerAbandoned(CallEvent, kind="abandoned"):
    """The caller hung up in the queue."""

    _: KW_ONLY
    waited_s: int


@dataclass(frozen=True)
class QueueLeft(CallEvent, kind="left"):
    """The queue has let the call go on; `status` as QUEUESTATUS has it (TIMEOUT, FULL, JOINEMPTY, CONTINUE …)."""

    _: KW_ONLY
    queue: str
    status: str

    @property
    def mark(self) -> str:
        return self.queue


@dataclass(frozen=True)
class RatingAsked(CallEvent, kind="asked"):
    """The caller is being asked for the rating key."""


@dataclass(frozen=True)
class CallerRated(CallEvent, kind="rated"):
    """What the caller pressed; an empty `pressed` is a refusal."""

    _: KW_ONLY
    pressed: str


@dataclass(frozen=True)
class CallerGone(CallEvent, kind="gone"):
    """The caller's channel has ended."""

    _: KW_ONLY
    has_abandoned: bool


@dataclass(frozen=True)
class CallLost(CallEvent, kind="lost"):
    """Asterisk no longer has the call, and nobody told us how it ended; may turn out to be wrong and happen again."""

    @property
    def mark(self) -> str:
        return self.at.isoformat()
