"""Sending, asking and expiring: each a provider call between two short transactions."""

from datetime import timedelta
from functools import partial
from typing import Literal

import structlog

from core.errors import Unavailable
from core.jobs import Work, job
from sms.actions.handing import hand_over, note_not_taken, take_back
from sms.actions.settling import expire_message as expire
from sms.actions.settling import mark_unknown, note_not_found, note_silence, record_outcome
from sms.inbox import record_report
from sms.office import SmsOffice
from sms.providers.provider import (
    Accepted,
    NotTaken,
    OutcomeUnknown,
    Outgoing,
    Provider,
    ProviderNotReached,
    Rejected,
    TurnedAway,
)
from sms.queries import handed_message, submitted_message
from sms.rules import HandOverState
from sms.settings import ProviderName

log = structlog.get_logger(__name__)

#: a provider may be away for a long weekend: at a quarter of an hour each, about four days
OUTAGE_TRIES = 400
_NoAnswer = Literal[HandOverState.NOT_REACHED, HandOverState.UNKNOWN]


@job(retry=(Unavailable,), tries_most=OUTAGE_TRIES)
def send_message(work: Work, *, message_id: int, attempt: int | None = None) -> None:
    """Hand a message to one provider after the other until one answers for it; all down, it is tried again later.

    Killed in between, it is found half handed over and asked about, never sent again.
    """
    office = work.service(SmsOffice)
    claim = partial(work.note, hand_over, message_id, attempt=attempt, office=office)
    tried: list[ProviderName] = []
    while outgoing := claim(tried=tried, now=work.now()):
        tried.append(outgoing.provider)
        provider = office.providers[outgoing.provider]
        outcome = _handed(provider, outgoing)
        match outcome:
            case Accepted() | Rejected():
                work.finish(record_outcome, message_id, outcome, check_after=provider.asked_after, now=work.now())
                return
            case TurnedAway(code):
                log.warning("sms turned away", message_id=message_id, provider=provider.name, code=code)
                work.note(take_back, message_id, HandOverState.TURNED_AWAY, error_code=code, now=work.now())
            case HandOverState.NOT_REACHED:
                work.note(take_back, message_id, HandOverState.NOT_REACHED, now=work.now())
            case HandOverState.UNKNOWN:
                work.finish(mark_unknown, message_id, office=office, now=work.now())
                return


def _handed(provider: Provider, outgoing: Outgoing) -> Accepted | Rejected | TurnedAway | _NoAnswer:
    try:
        return provider.send(outgoing)
    except ProviderNotReached:
        log.warning("sms provider not reached", message_id=outgoing.message_id, provider=provider.name)
        return HandOverState.NOT_REACHED
    except OutcomeUnknown:
        log.warning("sms outcome unknown", message_id=outgoing.message_id, provider=provider.name)
        return HandOverState.UNKNOWN


@job(retry=(Unavailable,), tries_most=OUTAGE_TRIES)
def ask_about(work: Work, *, message_id: int) -> None:
    """Ask the provider whether it has a message of unknown outcome."""
    office = work.service(SmsOffice)
    outgoing = work.database.read(handed_message, message_id)
    if outgoing is None:
        return
    provider = office.providers[outgoing.provider]
    found = provider.find(outgoing)
    if found is None:
        work.finish(note_not_found, message_id, office=office, now=work.now())
        return
    log.info("sms outcome found", message_id=message_id, is_taken=isinstance(found, Accepted))
    if isinstance(found, NotTaken):
        work.finish(note_not_taken, message_id, now=work.now())
    else:
        work.finish(record_outcome, message_id, found, check_after=provider.asked_after, now=work.now())


@job(retry=(Unavailable,), tries_most=OUTAGE_TRIES)
def check_delivery(work: Work, *, message_id: int, tries: int) -> None:
    """Ask what became of a message whose report did not come."""
    office = work.service(SmsOffice)
    submitted = work.database.read(submitted_message, message_id)
    if submitted is None:
        return
    outgoing, provider_id = submitted
    provider = office.providers[outgoing.provider]
    reports = provider.reports(outgoing, provider_id)
    for report in reports:
        work.note(record_report, report, now=work.now())
    later = provider.asked_after * 4 ** (tries + 1)
    work.finish(note_silence, message_id, tries=tries, again_after=min(later, timedelta(days=1)), now=work.now())


@job(retry=(Unavailable,))
def expire_message(work: Work, *, message_id: int) -> None:
    """Free the phone of a citizen who did not answer."""
    work.finish(expire, message_id, now=work.now())
