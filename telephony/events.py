"""What calls and seats announce; ids and plain values only."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class CallArrived(Event):
    """A caller has come in."""

    call_id: int


@dataclass(frozen=True)
class CallWaiting(Event):
    """The caller is in the queue."""

    call_id: int


@dataclass(frozen=True)
class CallRinging(Event):
    """The call rings at a seat."""

    call_id: int
    seat_id: int


@dataclass(frozen=True)
class CallAnswered(Event):
    """A seat has taken the call; either is None when it is not known (found only in Asterisk's log)."""

    call_id: int
    seat_id: int | None
    person_id: int | None


@dataclass(frozen=True)
class CallEnded(Event):
    """The caller is gone."""

    call_id: int


@dataclass(frozen=True)
class CallChanged(Event):
    """A call differs from before, in whatever way."""

    call_id: int


@dataclass(frozen=True)
class BridgeAsked(Event):
    """Somebody of the staff wants to be joined with a citizen."""

    bridge_id: int


@dataclass(frozen=True)
class BridgeChanged(Event):
    """A call by staff has gone a step further."""

    bridge_id: int


@dataclass(frozen=True)
class BridgeEnded(Event):
    """A call by staff is over, whatever came of it."""

    bridge_id: int


@dataclass(frozen=True)
class DialInProven(Event):
    """Somebody of the staff has dialled in and keyed the right PIN; whom they may call is to be judged."""

    dial_in_id: int


@dataclass(frozen=True)
class DialInJudged(Event):
    """What comes of somebody's dialling in is known, and the exchange is to be told."""

    dial_in_id: int


@dataclass(frozen=True)
class AgentRated(Event):
    """The caller pressed a rating key, 1 to 5, for the one who answered."""

    call_id: int
    key: int


@dataclass(frozen=True)
class SeatChanged(Event):
    """A seat's state, person or call differs from before."""

    seat_id: int


@dataclass(frozen=True)
class QueueChanged(Event):
    """Who waits in the queue, or who serves it, differs from before."""

    queue: str


@dataclass(frozen=True)
class SeatCommandGiven(Event):
    """Somebody at a seat wants something done to their call."""

    command_id: int
