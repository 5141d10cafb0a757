"""Every minute: rows that owe a record get one, and what is due leaves, each by a transaction before and after it."""

import structlog

from core.jobs import Work, job
from evaluation.submissions import actions
from evaluation.submissions.errors import ExchangeNotReached, ExchangeRefused, ExchangeUnsure
from evaluation.submissions.exchange import Envelope, Exchange
from evaluation.submissions.fields import Field
from evaluation.submissions.owed import read_owed
from evaluation.submissions.queries import fields_in_force
from evaluation.submissions.settings import SubmissionOffice

log = structlog.get_logger(__name__)
#: records that one run sends at most, and how many it looks up at once
_RUN_MOST, _AT_ONCE = 1_000, 50
#: so many in a row without an answer: the exchange is away, and the rest waits for the next run
_SILENT_MOST = 3


@job(order_key="submissions")
def carry_submissions(work: Work) -> None:
    """Fill the queue and empty it; the next time is planned first, whatever becomes of this one."""
    office = work.service(SubmissionOffice)
    if office.exchange is None:
        return
    work.note(actions.plan_submissions, now=work.now())
    _fill(work, office)
    _empty(work, office, office.exchange)


def _fill(work: Work, office: SubmissionOffice) -> None:
    """Until the tables are read to their ends; the first time, only where they end is noted."""
    while True:
        reading = work.database.read(read_owed)
        if reading is None:
            work.note(actions.begin_reading)
            return
        if not work.note(actions.queue_reading, reading, office=office, now=work.now()):
            return


def _empty(work: Work, office: SubmissionOffice, exchange: Exchange) -> None:
    fields, silent = work.database.read(fields_in_force), 0
    for _ in range(_RUN_MOST // _AT_ONCE):
        due = work.database.read(actions.due_submissions, now=work.now(), limit=_AT_ONCE)
        for submission_id in due:
            is_heard = _send(work, office, exchange, submission_id, fields)
            silent = 0 if is_heard else silent + 1
            if silent >= _SILENT_MOST:
                log.warning("exchange does not answer", tries=silent)
                return
        if not due:
            return


def _send(work: Work, office: SubmissionOffice, exchange: Exchange, submission_id: int, fields: list[Field]) -> bool:
    """Whether an answer came, or nothing had to leave."""
    envelope = work.note(actions.begin_sending, submission_id, office=office, fields=fields, now=work.now())
    return envelope is None or _carried(work, exchange, envelope)


def _carried(work: Work, exchange: Exchange, envelope: Envelope) -> bool:
    try:
        receipt = exchange.carry(envelope)
    except ExchangeRefused as error:
        why, words = error.values["why"], error.values["words"]
        log.warning("record refused by the exchange", number=envelope.number, why=why)
        work.note(actions.note_refused, envelope.number, why=why, words=words, now=work.now())
    except (ExchangeNotReached, ExchangeUnsure) as error:
        was_reached, reason = isinstance(error, ExchangeUnsure), error.values["reason"]
        work.note(actions.note_no_answer, envelope.number, was_reached=was_reached, reason=reason, now=work.now())
        return False
    else:
        work.note(actions.note_accepted, envelope.number, receipt, now=work.now())
    return True
