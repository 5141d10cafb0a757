"""What goes up to the provincial exchange, how far each record is, and when it is tried again; values only."""

from datetime import datetime, timedelta

from tickets.kinds import Named

#: how long an exchange that does not answer is tried; then a person decides
TRIED_FOR = timedelta(days=1)
#: growing pauses between two tries: 1, 2, 4 … 30 minutes
_PAUSE_LEAST, _PAUSE_MOST = timedelta(minutes=1), timedelta(minutes=30)
#: how often the queue is filled and emptied
EVERY = timedelta(minutes=1)


class Stream(Named):
    """The table whose row is told."""

    HISTORY = "history", "工单流转"
    RATING = "rating", "评价"
    REPAIR = "repair", "差评整改"

    @property
    def letter(self) -> str:
        """In the numbers of its records: T of a ticket, P of a rating, Z of a repair."""
        return {Stream.HISTORY: "T", Stream.RATING: "P", Stream.REPAIR: "Z"}[self]


class RecordKind(Named):
    """What a record tells."""

    ACCEPTED = "accepted", "受理"
    DONE = "done", "办结"
    ENDED = "ended", "终结"
    RATING = "rating", "评价"
    CORRECTION = "correction", "评价更正"
    AGENT = "agent", "坐席评价"
    GENERAL = "general", "综合点评"
    REPAIR = "repair", "整改"
    SECOND = "second", "二次评价"


class SubmissionState(Named):
    """How far a record is on its way up."""

    WAITING = "waiting", "待上报"
    #: it left and nobody knows whether it arrived: it is sent again under the same number
    UNKNOWN = "unknown", "结果未知"
    ACCEPTED = "accepted", "已接收"
    REFUSED = "refused", "被退回"
    #: our own check found a fault, so that it never left
    INVALID = "invalid", "校验未通过"
    GIVEN_UP = "given_up", "已放弃"
    SET_ASIDE = "set_aside", "不再上报"


STREAMS: dict[str, Stream] = {stream.value: stream for stream in Stream}
KINDS: dict[str, RecordKind] = {kind.value: kind for kind in RecordKind}

#: the queue works on these by itself
MOVING = (SubmissionState.WAITING, SubmissionState.UNKNOWN)
#: these wait for a person
STUCK = (SubmissionState.REFUSED, SubmissionState.INVALID, SubmissionState.GIVEN_UP)
#: what comes later of the same ticket need not wait for these
PASSED = (SubmissionState.ACCEPTED, SubmissionState.SET_ASIDE)
#: what a person may send again
RESENDABLE = (*STUCK, SubmissionState.SET_ASIDE)


class Happening(Named):
    """One line of a record's story."""

    #: begun; stays so where no answer came
    SENT = "sent", "已发出，未收到答复"
    NOT_REACHED = "not_reached", "未能连接"
    ACCEPTED = "accepted", "已接收"
    REFUSED = "refused", "被退回"
    INVALID = "invalid", "校验未通过"
    GIVEN_UP = "given_up", "重试一天后放弃"
    RESENT = "resent", "重新上报"
    SET_ASIDE = "set_aside", "不再上报"


#: of these the exchange was asked for an answer
TRIES = (Happening.SENT, Happening.NOT_REACHED, Happening.ACCEPTED, Happening.REFUSED)
ANSWERED = (Happening.ACCEPTED, Happening.REFUSED)


def record_number(city_code: str, stream: Stream, subject_id: int) -> str:
    """The same row has the same number for good: by it the exchange knows what it has already."""
    return f"{city_code}-{stream.letter}{subject_id}"


def pause_after(attempts: int) -> timedelta:
    """Until the next try, after so many of them."""
    return min(_PAUSE_LEAST * (1 << min(attempts - 1, 10)), _PAUSE_MOST)


def is_over(first_tried_at: datetime, now: datetime) -> bool:
    """A day of tries has brought nothing."""
    return now >= first_tried_at + TRIED_FOR


def next_pass(now: datetime) -> datetime:
    """The next full minute, so that two who plan it plan the same."""
    return now.replace(second=0, microsecond=0) + EVERY
