"""The one plan by which a citizen is asked: by SMS, once more after days of silence, then by a person.  Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from evaluation.rules import ANSWER_LEAST, UNANSWERED, InvitationState
from tickets.kinds import Named

#: so many calls that reached nobody, or no answer, and the citizen is called no more
CALLS_MOST = 3
#: calls closer together than this count as one: three in a row are no three attempts
CALLS_APART = timedelta(hours=2)


class Step(Named):
    """What is done to ask about one answer, in this order; what does not apply is left out."""

    SMS = "sms", "短信邀请"
    REMINDER = "reminder", "短信提醒"
    CALL = "call", "电话回访"
    END = "end", "评价截止"


class CallbackOutcome(Named):
    """What came of a call to ask for a rating."""

    REACHED = "reached", "接通"
    NO_ANSWER = "no_answer", "无人接"
    DECLINED = "declined", "拒接"


@dataclass(frozen=True)
class Pace:
    """Days of silence after the SMS until the reminder, and after that until a person calls; 0: never."""

    remind_days: int
    call_days: int


@dataclass(frozen=True)
class Asked:
    """How far the asking is: `sent_at` and `reminded_at` when an SMS left, None before; `calls` are those made."""

    state: InvitationState
    expires_at: datetime
    is_by_sms: bool
    sent_at: datetime | None = None
    is_reminded: bool = False
    reminded_at: datetime | None = None
    calls: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Planned:
    """A step and when it was or will be done; `at` None: as soon as it can be."""

    step: Step
    at: datetime | None
    is_done: bool


def next_step(asked: Asked, pace: Pace) -> Planned | None:
    """What the system does next by itself, as long as the citizen is silent; None: nothing more before the end."""
    if asked.state is not InvitationState.INVITED or not asked.is_by_sms:
        return None
    if asked.sent_at is None:
        return Planned(Step.SMS, None, is_done=False)
    if pace.remind_days and not asked.is_reminded:
        return _in_time(Step.REMINDER, asked.sent_at + timedelta(days=pace.remind_days), asked)
    if asked.is_reminded and asked.reminded_at is None:
        return Planned(Step.REMINDER, None, is_done=False)
    if not pace.call_days:
        return None
    return _in_time(Step.CALL, (asked.reminded_at or asked.sent_at) + timedelta(days=pace.call_days), asked)


def plan(asked: Asked, pace: Pace) -> list[Planned]:
    """What was done, and while the question is open what will be, the end last."""
    steps = [Planned(Step.SMS, asked.sent_at, is_done=True)] if asked.sent_at else []
    steps += [Planned(Step.REMINDER, asked.reminded_at, is_done=True)] if asked.reminded_at else []
    steps += [Planned(Step.CALL, at, is_done=True) for at in counted_calls(asked.calls)]
    if asked.state not in UNANSWERED:
        return steps
    steps += _ahead(asked, pace)
    return [*steps, Planned(Step.END, asked.expires_at, is_done=False)]


def counted_calls(calls: Iterable[datetime]) -> list[datetime]:
    """Those that count as attempts of their own, oldest first."""
    counted: list[datetime] = []
    for at in sorted(calls):
        if not counted or at - counted[-1] >= CALLS_APART:
            counted.append(at)
    return counted


def _ahead(asked: Asked, pace: Pace) -> list[Planned]:
    """One step after the other, each as if the one before had brought nothing."""
    if asked.state is not InvitationState.INVITED:
        return [Planned(Step.CALL, None, is_done=False)]
    coming = next_step(asked, pace)
    if coming is None:
        return []
    if coming.step is not Step.REMINDER or coming.at is None or not pace.call_days:
        return [coming]
    call = _in_time(Step.CALL, coming.at + timedelta(days=pace.call_days), asked)
    return [coming, call] if call else [coming]


def _in_time(step: Step, at: datetime, asked: Asked) -> Planned | None:
    """None where the citizen would have too little time left to answer."""
    return Planned(step, at, is_done=False) if at < asked.expires_at - ANSWER_LEAST else None
