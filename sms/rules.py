"""States of a message, the way it may go through them, and when it may be sent."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class MessageState(StrEnum):
    WAITING = "waiting"
    """待发: not handed to a provider yet; may wait for daylight or for an open request of the same phone."""
    HANDING = "handing"
    """提交中: being handed over; found in this state after a crash, nobody knows whether it left."""
    UNKNOWN = "unknown"
    """结果未知: may or may not have left; asked about, never sent again."""
    SUBMITTED = "submitted"
    """已提交: the provider has it."""
    DELIVERED = "delivered"
    """已送达: the phone has it."""
    FAILED = "failed"
    """失败: with the provider's code."""
    REPLIED = "replied"
    """已回复."""
    EXPIRED = "expired"
    """过期: no answer within the window."""
    NOT_SENT = "not_sent"
    """不发送: with a named reason."""


class NotSent(StrEnum):
    """Why a message was never handed over; all but WITHDRAWN need another channel."""

    LANDLINE = "landline"
    NO_MOBILE = "no_mobile"
    OPTED_OUT = "opted_out"
    DAILY_LIMIT = "daily_limit"
    QUIET_HOURS = "quiet_hours"
    TOO_LATE = "too_late"
    """The moment after which it would make no sense came first."""
    NOT_APPROVED = "not_approved"
    """For a day no provider had approved its template."""
    WITHDRAWN = "withdrawn"
    """Its question was over before it could leave."""


class ApprovalState(StrEnum):
    """What a provider has said of a template."""

    PENDING = "pending"
    """待审."""
    APPROVED = "approved"
    """通过."""
    REFUSED = "refused"
    """驳回: with its reason."""


class HandOverState(StrEnum):
    """What came of handing a message to one provider."""

    HANDING = "handing"
    """提交中: no answer yet."""
    ACCEPTED = "accepted"
    """已接收."""
    REJECTED = "rejected"
    """拒收: for the phone or the words; no other provider is tried."""
    TURNED_AWAY = "turned_away"
    """通道拒收: for a reason of the provider (balance, signature, too many); the next provider may send it."""
    NOT_REACHED = "not_reached"
    """未连通: it certainly did not leave."""
    UNKNOWN = "unknown"
    """结果未知: it may have left."""
    NOT_TAKEN = "not_taken"
    """核实未收: was unknown, and certainly did not leave."""


class Settled(StrEnum):
    """How an unknown outcome became known."""

    ASKED = "asked"
    """The provider said so when it was asked."""
    REPORTED = "reported"
    """A delivery report or its late answer came."""
    PERSON = "person"
    """A person found out and said so, with a reason."""


class Delivery(StrEnum):
    """What a provider says about a message it has accepted."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


#: A later report never takes a message back: reports come twice, late and in any order.
PROGRESS: dict[MessageState, int] = {
    MessageState.WAITING: 0,
    MessageState.HANDING: 1,
    MessageState.UNKNOWN: 1,
    MessageState.SUBMITTED: 2,
    MessageState.DELIVERED: 3,
    MessageState.FAILED: 3,
    MessageState.REPLIED: 4,
    MessageState.EXPIRED: 4,
    MessageState.NOT_SENT: 4,
}
#: With the phone, or perhaps with it: an answer may come, so no other request may go to this phone.
OPEN = frozenset({MessageState.HANDING, MessageState.UNKNOWN, MessageState.SUBMITTED, MessageState.DELIVERED})


#: No answer yet, or none that says anything.
UNDECIDED = frozenset({HandOverState.HANDING, HandOverState.UNKNOWN})
#: A provider that does this several times in a row rests; so does one whose answers are lost.
FAILURES = frozenset({HandOverState.NOT_REACHED, HandOverState.TURNED_AWAY})


def is_progress(before: MessageState, after: MessageState) -> bool:
    return PROGRESS[after] > PROGRESS[before]


def may_be_sent_at(now: datetime, quiet_from: time, quiet_until: time) -> datetime:
    """`now`, or the end of the quiet hours (Asia/Shanghai, they may run over midnight) in which `now` lies."""
    local = now.astimezone(SHANGHAI)
    if not _is_quiet(local.time(), quiet_from, quiet_until):
        return now
    end = datetime.combine(local.date(), quiet_until, SHANGHAI)
    return end if end > local else end + timedelta(days=1)


def next_day_at(now: datetime, opening: time) -> datetime:
    """`opening` on the next day in Shanghai."""
    local = now.astimezone(SHANGHAI)
    return datetime.combine(local.date() + timedelta(days=1), opening, SHANGHAI)


def day_began_at(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI)


def _is_quiet(moment: time, quiet_from: time, quiet_until: time) -> bool:
    if quiet_from <= quiet_until:
        return quiet_from <= moment < quiet_until
    return moment >= quiet_from or moment < quiet_until


def suffix_of(message_id: int, digits: int) -> str:
    """What stands behind our number when this message leaves: the last `digits` digits of our number of it."""
    return f"{message_id % 10**digits:0{digits}d}" if digits else ""


def suffix_told(dest: str, sender: str) -> str:
    """The suffix of the number that a citizen or a report names; empty where there is none."""
    told = dest.removeprefix(sender)
    return told if told != dest and told.isascii() and told.isdigit() else ""
