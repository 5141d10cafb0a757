"""How far a bridged call is and what came of it; pure values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: after so long nobody waits for its end any more: the link was away when it came
LOST_AFTER = timedelta(hours=2)


class BridgeState(StrEnum):
    """Which telephone rings."""

    ASKED = "asked"
    OWN_RINGING = "own_ringing"
    CITIZEN_RINGING = "citizen_ringing"
    TALKING = "talking"
    ENDED = "ended"


class BridgeResult(StrEnum):
    """What came of it; only TALKED proves that somebody spoke with the citizen."""

    TALKED = "talked"
    OWN_NO_ANSWER = "own_no_answer"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    """The network, or the exchange, did not connect it."""
    UNKNOWN = "unknown"
    """Its end was not heard."""


RESULT_NAMES: dict[BridgeResult, str] = {
    BridgeResult.TALKED: "已通话",
    BridgeResult.OWN_NO_ANSWER: "本机未接听",
    BridgeResult.NO_ANSWER: "群众未接听",
    BridgeResult.BUSY: "群众占线",
    BridgeResult.FAILED: "未接通",
    BridgeResult.UNKNOWN: "结果未知",
}

#: DIALSTATUS of the citizen's leg; CANCEL: whoever called hung up while it rang
RESULT_OF_DIAL: dict[str, BridgeResult] = {
    "ANSWER": BridgeResult.TALKED,
    "BUSY": BridgeResult.BUSY,
    "NOANSWER": BridgeResult.NO_ANSWER,
    "CANCEL": BridgeResult.NO_ANSWER,
}


class BridgeStep(StrEnum):
    """What the exchange tells of a bridged call."""

    OWN_ANSWERED = "own_answered"
    OWN_FAILED = "own_failed"
    CITIZEN_ANSWERED = "citizen_answered"
    ENDED = "ended"


@dataclass(frozen=True)
class BridgeNews:
    """One step; `result` and `talk_s` only at the end."""

    bridge_id: int
    step: BridgeStep
    at: datetime
    result: BridgeResult | None = None
    talk_s: int | None = None
