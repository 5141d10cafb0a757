"""What becomes of the matters of the demo city."""

from dataclasses import dataclass
from enum import Enum, auto

from app.demo.world import Citizen
from app.demo.writing import Written


class Fate(Enum):
    """What becomes of a matter besides the ordinary way."""

    ORDINARY = auto()
    ANSWERED_AT_ONCE = auto()
    REJECTED = auto()
    TRANSFERRED = auto()
    SENT_BACK = auto()
    RETURNED = auto()
    RETURN_REFUSED = auto()
    RETURN_WAITS = auto()
    RULED = auto()
    CONFERENCE_WAITS = auto()
    WITHDRAWN = auto()
    TERMINATED = auto()
    PARKED = auto()
    AUDIT_FAILS = auto()
    LATE = auto()
    UNSIGNED = auto()
    UNANSWERED = auto()
    AUDIT_WAITS = auto()
    DRAFT_WAITS = auto()
    DISPATCH_WAITS = auto()
    UNCLEAR_WAITS = auto()
    CRITICAL_WAITS = auto()
    RETURNED_WAITS = auto()
    COMPLETION_WAITS = auto()
    LACKING = auto()
    DISSATISFIED = auto()
    EXTENDED = auto()
    EXTENSION_WAITS = auto()
    PARKING_WAITS = auto()
    SENT_DOWN = auto()
    REPORTED_UP = auto()
    HELPED = auto()
    OVERSEEN = auto()


#: the unit that gets it first says that it is not theirs
ASTRAY = {
    Fate.RETURNED,
    Fate.RETURNED_WAITS,
    Fate.RETURN_REFUSED,
    Fate.RETURN_WAITS,
    Fate.RULED,
    Fate.CONFERENCE_WAITS,
}
#: registered, and then the demo begins
WAITS_AT_ONCE = {Fate.DISPATCH_WAITS, Fate.UNCLEAR_WAITS, Fate.CRITICAL_WAITS}


#: a district sends these down its own tree
FROM_DISTRICT = {Fate.SENT_DOWN, Fate.REPORTED_UP}


#: signed, and not answered yet when the demo begins
LEFT_LYING = FROM_DISTRICT | {
    Fate.UNANSWERED,
    Fate.LACKING,
    Fate.EXTENSION_WAITS,
    Fate.PARKING_WAITS,
    Fate.HELPED,
    Fate.OVERSEEN,
}


@dataclass(frozen=True)
class Case:
    """A citizen with a matter, and its fate.  `by_phone` False: through the city's web page."""

    citizen: Citizen
    written: Written
    fate: Fate
    by_phone: bool
