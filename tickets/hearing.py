"""How urgent the words of a matter make it look, where nobody on the telephone has heard them."""

from nlp.urgency import UrgencyLevel, UrgentKind, find_urgent_words, urgency_of
from tickets.forms import TicketForm
from tickets.kinds import Urgency

#: what rings a duty phone at night with nobody having read it; of 停水 or 上访 a dispatcher says how urgent it is
_DANGER = frozenset({UrgentKind.THREAT, UrgentKind.SAFETY})
_URGENCY = {
    UrgencyLevel.NORMAL: Urgency.NORMAL,
    UrgencyLevel.URGENT: Urgency.URGENT,
    UrgencyLevel.CRITICAL: Urgency.CRITICAL,
}


def heard(form: TicketForm) -> TicketForm:
    """At least as urgent as the danger it tells of; what another house calls more urgent stays so."""
    level = urgency_of(word for word in find_urgent_words(_said(form.title, form.text)) if word.kind in _DANGER)
    return form.model_copy(update={"urgency": max(form.urgency, _URGENCY[level], key=lambda one: one.degree)})


def urgent_words(text: str, *, title: str = "") -> list[str]:
    """Each word once, in the order of the text."""
    return list(dict.fromkeys(word.text for word in find_urgent_words(_said(title, text))))


def _said(title: str, text: str) -> str:
    return f"{title}\n{text}" if title else text
