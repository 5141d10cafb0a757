"""From what happened to what a call is: a pure function that needs no order, and the same for any repetition."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from telephony.facts import (
    CallerAbandoned,
    CallerArrived,
    CallerGone,
    CallerGreeted,
    CallerRated,
    CallerWaiting,
    CallEvent,
    CallLost,
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
from telephony.rules import RATING_KEYS, CallResult, CallState, EndedBy, RatingState, Source

#: QUEUESTATUS that says nothing about why the call left: a seat had it, or the caller hung up.
QUIET_STATUS = frozenset({"", "CONTINUE"})
#: QUEUESTATUS of a caller whose seat has gone first; Asterisk's own word for that comes within a second.
SEAT_LEFT = "CONTINUE"
AT_ONCE = timedelta(seconds=1)

Fact = TypeVar("Fact", bound=CallEvent)


@dataclass(frozen=True)
class CallPicture:
    """All that is known of a call; None is unknown, or not yet."""

    began_at: datetime
    arrived_at: datetime | None
    greeted_at: datetime | None
    queued_at: datetime | None
    answered_at: datetime | None
    released_at: datetime | None
    ended_at: datetime | None
    caller: str | None
    dialled: str | None
    line: str | None
    queue: str | None
    channel: str | None
    recording: str | None
    state: CallState
    result: CallResult | None
    ended_by: EndedBy | None
    waited_s: float | None
    talk_s: float | None
    hold_s: float | None
    ring_attempts: int
    rating: RatingState
    rating_key: int | None
    answered_seat: str | None
    ringing_seat: str | None
    seat_channel: str | None
    is_held: bool


class Story:
    """The facts of one call, by kind, each kind in the order of time."""

    def __init__(self, events: Iterable[CallEvent]) -> None:
        told = {(event.at, event.kind, event.mark, event.source): event for event in events}
        self.events = [told[moment] for moment in sorted(told)]
        self._kinds: dict[str, list[CallEvent]] = {}
        for event in self.events:
            self._kinds.setdefault(event.kind, []).append(event)

    def all(self, kind: type[Fact]) -> list[Fact]:
        return self._kinds.get(kind.kind, [])  # type: ignore[return-value]  # sorted in by kind

    def first(self, kind: type[Fact]) -> Fact | None:
        return next(iter(self.all(kind)), None)

    def last(self, kind: type[Fact]) -> Fact | None:
        return next(reversed(self.all(kind)), None)

    def has(self, kind: type[Fact]) -> bool:
        return kind.kind in self._kinds

    @cached_property
    def is_over(self) -> bool:
        """The caller is gone, or Asterisk had lost the call and nothing happened since."""
        lost = self.last(CallLost)
        return self.has(CallerGone) or (lost is not None and self.events[-1].at <= lost.at)

    @cached_property
    def talking(self) -> SeatAnswered | None:
        """The answer whose seat still has the call: each end of a seat's part belongs to one of its answers."""
        done = Counter(event.seat for event in self.all(SeatDone))
        for answered in self.all(SeatAnswered):
            if done[answered.seat]:
                done[answered.seat] -= 1
            elif not self.is_over:
                return answered
        return None

    @cached_property
    def ringing(self) -> SeatRang | None:
        """The seat that rings now."""
        if self.is_over or self.talking or self.has(CallerAbandoned):
            return None
        quiet = {missed.leg for missed in self.all(SeatMissed)} | {answered.leg for answered in self.all(SeatAnswered)}
        settled = (self.last(SeatAnswered), self.last(QueueLeft))
        since = max((event.at for event in settled if event), default=None)
        open_rings = [rang for rang in self.all(SeatRang) if rang.leg not in quiet and (not since or rang.at > since)]
        return open_rings[-1] if open_rings else None


def _with_releases(events: list[CallEvent]) -> list[CallEvent]:
    """The facts, and the end of a seat's part where Asterisk is late with it.

    When we hang up a seat by AMI, Asterisk tells of its end only with the whole call's, counts the rating as talking,
    and names the caller; the dialplan says at once that the caller goes on without a seat.
    """
    left = next((one for one in events if isinstance(one, QueueLeft) and one.status == SEAT_LEFT), None)
    answers = [one for one in events if isinstance(one, SeatAnswered) and left and one.at <= left.at]
    if left is None or not answers:
        return events
    answered = max(answers, key=lambda one: one.at)
    ends = [one for one in events if isinstance(one, SeatDone) and one.seat == answered.seat]
    if any(answered.at <= one.at <= left.at + AT_ONCE for one in ends):
        return events
    released = SeatDone(
        left.uid,
        left.at,
        seat=answered.seat,
        waited_s=answered.waited_s,
        talk_s=int((left.at - answered.at).total_seconds()),
        ended_by=EndedBy.SEAT,
        source=left.source,
    )
    return [one for one in events if one not in ends or one.at < answered.at] + [released]


def fold(events: Iterable[CallEvent]) -> CallPicture:
    """The picture that these facts of one call (at least one) give."""
    story = Story(_with_releases(list(events)))
    arrived, greeted = story.first(CallerArrived), story.first(CallerGreeted)
    waiting, answered, ended = story.first(CallerWaiting), story.first(SeatAnswered), story.first(CallerGone)
    released, recording = story.last(SeatDone), story.first(RecordingNamed)
    introduced = arrived or greeted
    rating, rating_key = _rating(story)
    ringing = story.ringing
    return CallPicture(
        began_at=story.events[0].at,
        arrived_at=arrived.at if arrived else None,
        greeted_at=greeted.at if greeted else None,
        queued_at=waiting.at if waiting else None,
        answered_at=answered.at if answered else None,
        released_at=released.at if released and not story.talking else None,
        ended_at=ended.at if ended else None,
        caller=introduced.caller or None if introduced else None,
        dialled=introduced.dialled or None if introduced else None,
        line=greeted.line or None if greeted else None,
        queue=waiting.queue if waiting else None,
        channel=arrived.channel if arrived else None,
        recording=recording.path or None if recording else None,
        state=_state(story),
        result=_result(story),
        ended_by=_ended_by(story),
        waited_s=_waited_s(story),
        talk_s=_talk_s(story),
        hold_s=_hold_s(story),
        ring_attempts=_ring_attempts(story),
        rating=rating,
        rating_key=rating_key,
        answered_seat=_answered_seat(story),
        ringing_seat=ringing.seat if ringing else None,
        seat_channel=_seat_channel(story),
        is_held=_is_held(story),
    )


def _state(story: Story) -> CallState:
    if story.is_over:
        return CallState.ENDED
    if story.talking:
        return CallState.TALKING
    if story.ringing:
        return CallState.RINGING
    if story.has(SeatDone) or story.has(RatingAsked) or story.has(CallerRated):
        return CallState.RATING
    return CallState.WAITING if story.has(CallerWaiting) else CallState.GREETING


def _result(story: Story) -> CallResult | None:
    """Never a guess: a call that was queued and ended without a word about how is unknown."""
    if not story.is_over:
        return None
    if story.has(SeatAnswered) or story.has(SeatDone):
        return CallResult.ANSWERED
    if _gave_up(story):  # asked first: Asterisk tells of abandoning also when its own wait came to an end
        return CallResult.NOT_ANSWERED
    if _has_abandoned(story):
        return CallResult.ABANDONED
    was_queued = any(story.has(kind) for kind in (CallerWaiting, SeatRang, SeatMissed, QueueLeft))
    if was_queued or not story.has(CallerGone) or not (story.has(CallerArrived) or story.has(CallerGreeted)):
        return CallResult.UNKNOWN
    return CallResult.HUNG_UP_IN_GREETING


def _gave_up(story: Story) -> QueueLeft | None:
    return next((left for left in story.all(QueueLeft) if left.status not in QUIET_STATUS), None)


def _has_abandoned(story: Story) -> bool:
    gone = story.first(CallerGone)
    return story.has(CallerAbandoned) or (gone is not None and gone.has_abandoned)


def _ended_by(story: Story) -> EndedBy | None:
    done = story.last(SeatDone)
    if done and not story.talking:
        return done.ended_by
    match _result(story):
        case CallResult.ABANDONED | CallResult.HUNG_UP_IN_GREETING:
            return EndedBy.CALLER
        case CallResult.NOT_ANSWERED:
            return EndedBy.SYSTEM
    return None


def _waited_s(story: Story) -> float | None:
    """From the queue to the answer or its other end; Asterisk's whole seconds where only they are known."""
    waiting, end = story.first(CallerWaiting), story.first(SeatAnswered) or story.first(CallerAbandoned)
    if end is None:
        done, left = story.first(SeatDone), _gave_up(story)
        if done:
            return float(done.waited_s)
        return _seconds(waiting.at, left.at) if waiting and left else None
    if waiting and waiting.source is end.source is Source.AMI:
        return _seconds(waiting.at, end.at)
    return float(end.waited_s)


def _talk_s(story: Story) -> float | None:
    """All talking together, hold included."""
    if not story.has(SeatDone) or story.talking:
        return None
    answers = {answered.seat: answered for answered in story.all(SeatAnswered)}
    total = 0.0
    for done in story.all(SeatDone):
        answered = answers.get(done.seat)
        is_exact = answered is not None and answered.source is done.source is Source.AMI
        total += _seconds(answered.at, done.at) if answered and is_exact else done.talk_s
    return round(total, 3)


def _hold_s(story: Story) -> float | None:
    """None where only queue_log knows of the talking, since it says nothing about hold."""
    if not any(answered.source is Source.AMI for answered in story.all(SeatAnswered)):
        return None
    total, held_since = 0.0, None
    for event in story.events:
        if isinstance(event, SeatHeld):
            held_since = held_since or event.at
        elif isinstance(event, SeatResumed | SeatDone | CallerGone) and held_since:
            total += _seconds(held_since, event.at)
            held_since = None
    return round(total, 3)


def _is_held(story: Story) -> bool:
    turns = [event for event in story.events if isinstance(event, SeatHeld | SeatResumed | SeatDone)]
    return bool(turns) and isinstance(turns[-1], SeatHeld) and story.talking is not None


def _ring_attempts(story: Story) -> int:
    """Per seat the larger count of the two sources: each may have missed some, none invents any."""
    missed = Counter((event.seat, event.source) for event in story.all(SeatMissed))
    rang = Counter(event.seat for event in story.all(SeatRang))
    answered = Counter(event.seat for event in story.all(SeatAnswered))
    seats = {seat for seat, _ in missed} | set(rang) | set(answered)
    return sum(
        max(rang[seat], max(missed[seat, Source.AMI], missed[seat, Source.QUEUE_LOG]) + answered[seat])
        for seat in seats
    )


def _rating(story: Story) -> tuple[RatingState, int | None]:
    rated = story.first(CallerRated)
    if rated is None:
        return (RatingState.ASKED if story.has(RatingAsked) else RatingState.NOT_ASKED), None
    if not rated.pressed:
        return RatingState.REFUSED, None
    if rated.pressed in RATING_KEYS:
        return RatingState.RATED, int(rated.pressed)
    return RatingState.INVALID, None


def _answered_seat(story: Story) -> str | None:
    """The seat that talks now, else the last one that did."""
    answered = story.talking or story.last(SeatAnswered) or story.last(SeatDone)
    return answered.seat if answered else None


def _seat_channel(story: Story) -> str | None:
    """The channel of the seat that talks or rings."""
    live = story.talking or story.ringing
    legs = {rang.leg: rang.channel for rang in story.all(SeatRang)}
    return legs.get(live.leg) if live else None


def _seconds(start: datetime, end: datetime) -> float:
    return round(max((end - start).total_seconds(), 0.0), 3)
