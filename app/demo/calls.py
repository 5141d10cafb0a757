"""Calls of the played past, told to the call layer as the facts that Asterisk would have told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from telephony.facts import (
    CallerAbandoned,
    CallerArrived,
    CallerGone,
    CallerGreeted,
    CallerRated,
    CallerWaiting,
    CallEvent,
    RatingAsked,
    SeatAnswered,
    SeatDone,
    SeatMissed,
    SeatRang,
)
from telephony.rules import EndedBy

DIALLED, LINE = "12345", "hotline"
#: seconds of the greeting, and of a ring that nobody answers
_GREETING_S, _RING_S = 6.2, 15.0


@dataclass(frozen=True)
class CallPlan:
    """A call as it will have been.  Without a seat the caller hangs up after `waited_s` in the queue."""

    at: datetime
    number: int
    caller: str
    queue: str
    waited_s: float
    seat: str = ""
    missed_by: str = ""
    talk_s: float = 0.0
    ended_by: EndedBy = EndedBy.CALLER
    #: what was pressed when asked; None: hung up before being asked
    pressed: str | None = None

    @property
    def uid(self) -> str:
        """As Asterisk makes it: second, dot, running number."""
        return f"{int(self.at.timestamp())}.{self.number}"

    @property
    def queued_at(self) -> datetime:
        """When the greeting is over."""
        return self.at + timedelta(seconds=_GREETING_S)

    @property
    def ended_at(self) -> datetime:
        """When the caller's line is free again."""
        rating_s = 0.0 if self.pressed is None else 7.4
        return self.queued_at + timedelta(seconds=self.waited_s + self.talk_s + rating_s)


def greeting_only(plan: CallPlan, *, heard_s: float) -> list[CallEvent]:
    """A caller who hangs up before the greeting is over."""
    gone = CallerGone(plan.uid, plan.at + timedelta(seconds=heard_s), has_abandoned=False)
    return [*_arrival(plan), gone]


def abandoned(plan: CallPlan) -> list[CallEvent]:
    """A caller who hangs up in the queue."""
    return [
        *_arrival(plan),
        CallerWaiting(plan.uid, plan.queued_at, queue=plan.queue),
        CallerAbandoned(plan.uid, plan.ended_at, waited_s=int(plan.waited_s)),
        CallerGone(plan.uid, plan.ended_at, has_abandoned=True),
    ]


def answered(plan: CallPlan) -> list[CallEvent]:
    """A call that a seat answers, perhaps after another seat let it ring."""
    picked_up = plan.queued_at + timedelta(seconds=plan.waited_s)
    hung_up = picked_up + timedelta(seconds=plan.talk_s)
    leg, waited = f"{plan.uid}-leg", int(plan.waited_s)
    rang_at = max(plan.queued_at, picked_up - timedelta(seconds=2.5))
    return [
        *_arrival(plan),
        CallerWaiting(plan.uid, plan.queued_at, queue=plan.queue),
        *_missed(plan),
        SeatRang(plan.uid, rang_at, seat=plan.seat, leg=leg, channel=f"{plan.seat}-{plan.number:08x}"),
        SeatAnswered(plan.uid, picked_up, seat=plan.seat, leg=leg, waited_s=waited),
        SeatDone(plan.uid, hung_up, seat=plan.seat, waited_s=waited, talk_s=int(plan.talk_s), ended_by=plan.ended_by),
        *_rating(plan, hung_up),
        CallerGone(plan.uid, plan.ended_at, has_abandoned=False),
    ]


def _arrival(plan: CallPlan) -> Sequence[CallEvent]:
    channel = f"PJSIP/carrier-{plan.number:08x}"
    return (
        CallerArrived(plan.uid, plan.at, caller=plan.caller, dialled=DIALLED, channel=channel),
        CallerGreeted(plan.uid, plan.at + timedelta(seconds=0.3), caller=plan.caller, dialled=DIALLED, line=LINE),
    )


def _missed(plan: CallPlan) -> Sequence[CallEvent]:
    if not plan.missed_by:
        return ()
    leg = f"{plan.uid}-missed"
    channel = f"{plan.missed_by}-{plan.number + 1:08x}"
    return (
        SeatRang(plan.uid, plan.queued_at, seat=plan.missed_by, leg=leg, channel=channel),
        SeatMissed(plan.uid, plan.queued_at + timedelta(seconds=_RING_S), seat=plan.missed_by, leg=leg),
    )


def _rating(plan: CallPlan, hung_up: datetime) -> Sequence[CallEvent]:
    if plan.pressed is None:
        return ()
    return (
        RatingAsked(plan.uid, hung_up + timedelta(seconds=1.1)),
        CallerRated(plan.uid, hung_up + timedelta(seconds=6.8), pressed=plan.pressed),
    )
