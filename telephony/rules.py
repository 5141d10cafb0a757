"""Words and rules of calls and seats: pure functions on values."""

from dataclasses import dataclass
from enum import StrEnum

from staff.rules import Role

#: who may listen to any recording; whoever took a call may listen to that one
HEARERS = (
    Role.SHIFT_LEADER,
    Role.SUPERVISOR,
    Role.QUALITY,
    Role.ADMINISTRATOR,
    Role.INSPECTOR,
    Role.DISPATCHER,
    Role.CALLBACK,
    Role.AUDITOR,
)


class Source(StrEnum):
    """Who told us a fact; Asterisk's log gives whole seconds, its manager interface microseconds."""

    AMI = "ami"
    QUEUE_LOG = "queue_log"
    LAYER = "layer"


class CallState(StrEnum):
    """Where a call is now."""

    GREETING = "greeting"
    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    RATING = "rating"
    ENDED = "ended"


class CallResult(StrEnum):
    """What became of a call; None while it runs."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    HUNG_UP_IN_GREETING = "hung_up_in_greeting"
    NOT_ANSWERED = "not_answered"
    UNKNOWN = "unknown"


class EndedBy(StrEnum):
    """Who put an end to a call; None: not known, or passed on to somebody else."""

    CALLER = "caller"
    SEAT = "seat"
    SYSTEM = "system"


class RatingState(StrEnum):
    """What came of asking for the rating key."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    REFUSED = "refused"
    RATED = "rated"
    INVALID = "invalid"


class SeatKind(StrEnum):
    """What rings: a softphone in the browser, a desk phone that registers, a number outside."""

    BROWSER = "browser"
    PHONE = "phone"
    NUMBER = "number"


class Presence(StrEnum):
    """What the person at a seat has chosen."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    PAUSED = "paused"
    WRAP_UP = "wrap_up"


class Phase(StrEnum):
    """What the seat's telephone does."""

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"


class SeatState(StrEnum):
    """What others see of a seat: presence and telephone in one word (签出 空闲 示忙 话后 振铃 通话 保持)."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    PAUSED = "paused"
    WRAP_UP = "wrap_up"
    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"


class PauseReason(StrEnum):
    """Why a seat takes no calls; the last two are given by us, not chosen."""

    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    PAPERWORK = "paperwork"
    SIGNED_IN = "signed_in"
    NO_ANSWER = "no_answer"


class Verb(StrEnum):
    """What a seat can ask of its call."""

    ANSWER = "answer"
    HANG_UP = "hang_up"
    HOLD = "hold"
    RESUME = "resume"


#: The reasons a person may choose.
CHOSEN_PAUSES = (
    PauseReason.BREAK,
    PauseReason.MEAL,
    PauseReason.TRAINING,
    PauseReason.MEETING,
    PauseReason.PAPERWORK,
)

#: How a reason stands in Asterisk and in its queue_log.
PAUSE_NAMES = {
    PauseReason.BREAK: "小休",
    PauseReason.MEAL: "用餐",
    PauseReason.TRAINING: "培训",
    PauseReason.MEETING: "会议",
    PauseReason.PAPERWORK: "整理",
    PauseReason.SIGNED_IN: "刚签入",
    PauseReason.NO_ANSWER: "未接",
}
WRAP_UP_NAME = "话后"

#: The rating keys; any other digit is kept as invalid.
RATING_KEYS = frozenset("12345")

#: Where a call has passed through all that it can.
TELEPHONE_BUSY = frozenset({Phase.TALKING, Phase.HOLDING})


@dataclass(frozen=True)
class Membership:
    """How a seat should stand in Asterisk's queue."""

    is_member: bool
    is_paused: bool = False
    reason: str = ""


def seat_state(presence: Presence, phase: Phase) -> SeatState:
    """The telephone speaks louder than what was chosen."""
    return SeatState(presence.value) if phase is Phase.IDLE else SeatState(phase.value)


def membership(presence: Presence, phase: Phase, reason: PauseReason | None) -> Membership:
    """A seat is paused already while it talks, so that Asterisk cannot ring it between a call and its wrap-up."""
    if presence is Presence.SIGNED_OUT:
        return Membership(is_member=False)
    if presence is Presence.PAUSED:
        return Membership(is_member=True, is_paused=True, reason=PAUSE_NAMES[reason] if reason else "")
    if presence is Presence.WRAP_UP or phase in TELEPHONE_BUSY:
        return Membership(is_member=True, is_paused=True, reason=WRAP_UP_NAME)
    return Membership(is_member=True)


def may_steer(verb: Verb, phase: Phase) -> bool:
    """Whether the telephone's phase allows the verb."""
    match verb:
        case Verb.ANSWER:
            return phase is Phase.RINGING
        case Verb.HOLD:
            return phase is Phase.TALKING
        case Verb.RESUME:
            return phase is Phase.HOLDING
        case Verb.HANG_UP:
            return phase in TELEPHONE_BUSY
