"""Writing back to citizens who wrote by mail: what is told, and the handing over."""

import structlog

from core.errors import Unavailable
from core.jobs import Work, job
from tickets.mail import answers
from tickets.mail.rules import AnswerState
from tickets.mail.settings import MailOffice
from tickets.notices.carriers import CarrierNotReached, CarrierRefused, CarrierUnsure

log = structlog.get_logger(__name__)

#: a mail server may be away for a long weekend
OUTAGE_TRIES = 400


@job(retry=(Unavailable,))
def tell_by_mail(work: Work, *, ticket_id: int, version: int) -> None:
    """The ticket has gone on: plan the mail that says so."""
    office = work.service(MailOffice)
    work.finish(answers.tell_progress, ticket_id, version=version, office=office, now=work.now())


@job(retry=(Unavailable,), tries_most=OUTAGE_TRIES)
def send_mail_answer(work: Work, *, answer_id: int, attempt: int) -> None:
    """Hand an answer over once.  Killed in between, it is found half handed over and a person decides."""
    office = work.service(MailOffice)
    letter = work.note(answers.hand_over, answer_id, attempt=attempt, office=office, now=work.now())
    if letter is None:
        return
    try:
        office.post.hand_over(letter)
    except CarrierNotReached:
        work.note(answers.take_back, answer_id)
        raise
    except (CarrierRefused, CarrierUnsure) as error:
        state = AnswerState.REFUSED if isinstance(error, CarrierRefused) else AnswerState.UNSURE
        log.warning("mail answer not delivered", answer_id=answer_id, state=state.value)
        work.finish(answers.note_failed, answer_id, state, reason=str(error), now=work.now())
    else:
        work.finish(answers.note_sent, answer_id)
