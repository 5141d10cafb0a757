"""What a citizen is told when a matter was terminated: the same words by SMS, on the status page and on the phone."""

from datetime import date

from core.calendar import day_words
from sms.templates import TERMINATED
from tickets.kinds import TerminationReason


def end_values(number: str, reason: TerminationReason, object_until: date) -> dict[str, str]:
    """What fills the template: the end of the number, why, and the last day to object."""
    return {"ticket": number[-4:], "reason": reason.name_zh, "until": day_words(object_until)}


def end_sentence(number: str, reason: TerminationReason, object_until: date) -> str:
    """The text of the SMS without its signature."""
    return TERMINATED.text.format(**end_values(number, reason, object_until))
