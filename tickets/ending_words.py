"""What a citizen is told when a matter ends without a unit's answer: the same words by SMS, page and telephone."""

from dataclasses import dataclass
from datetime import date

from core.calendar import day_words
from sms.templates import REJECTED, TERMINATED, TRANSFERRED, Template, fits
from tickets.kinds import TerminationReason
from tickets.model import Ending
from tickets.rules import Action

#: only a person can say it: what the citizen is told is the answer to an earlier ticket
_REPEATED = "您的工单{ticket}与此前的诉求重复且没有新情况,不再派办;{channel}"


@dataclass(frozen=True)
class Spoken:
    """The sentence without a signature, and the SMS that says it; None: no SMS can."""

    sentence: str
    template: Template | None
    values: dict[str, str]


def spoken_of(number: str, ended: Ending, *, until: date | None) -> Spoken:
    """Why it ended, and where to turn, or `until` when to object."""
    ticket, channel = number[-4:], ended.channel
    reason = ended.reason.name_zh if ended.reason else ""
    if ended.action is Action.TRANSFER:
        return _said(TRANSFERRED, ticket=ticket, channel=channel)
    if is_repeat(ended):
        return Spoken(_REPEATED.format(ticket=ticket, channel=channel), None, {})
    if ended.action is Action.REJECT:
        return _said(REJECTED, ticket=ticket, reason=reason, channel=channel)
    return _said(TERMINATED, ticket=ticket, reason=reason, until=day_words(until) if until else "")


def is_repeat(ended: Ending) -> bool:
    """告知结果，不再派: whoever asks again is told what came of it before."""
    return ended.action is Action.REJECT and ended.reason is TerminationReason.REPEAT


def end_sentence(number: str, reason: TerminationReason, until: date) -> str:
    """Of a termination."""
    return spoken_of(number, Ending(action=Action.TERMINATE, reason=reason, channel=""), until=until).sentence


def _said(template: Template, **values: str) -> Spoken:
    """A house whose name is too long for the carrier, or an address, can still be named on the phone."""
    return Spoken(template.text.format(**values), template if fits(template, values) else None, values)
