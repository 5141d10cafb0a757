"""Every write of what is sent back to whoever wrote: planned with its cause, handed over once, its fate noted."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.events import announce
from core.jobs import enqueue
from staff.rules import SYSTEM
from tickets.actions.writing import locked_ticket, write_history
from tickets.mail.errors import AnswerNotFailed, MailAnswerNotFound
from tickets.mail.events import MailChanged
from tickets.mail.letters import letter_of
from tickets.mail.model import Mail, MailAnswer
from tickets.mail.queries import correspondent_of
from tickets.mail.rules import AnswerKind, AnswerState, is_address, is_robot
from tickets.mail.settings import MailOffice, MailSettings
from tickets.model import Ticket
from tickets.queries.citizen import citizen_page

DAY = timedelta(days=1)
UNDELIVERED = "mail_undelivered"
FAILED = (AnswerState.REFUSED, AnswerState.UNSURE, AnswerState.BOUNCED)


def plan_answer(
    session: Session, mail: Mail, kind: AnswerKind, *, key: str, limits: MailSettings, now: datetime
) -> None:
    """To whoever wrote, once under its key; never to a program, and no more in a day than the limit."""
    if not is_address(mail.sender) or is_robot(mail.sender) or mail.sender == limits.address.lower():
        return
    if session.scalar(select(MailAnswer.id).where(MailAnswer.key == key)) is not None:
        return
    today = (
        select(func.count())
        .select_from(MailAnswer)
        .join(Mail, Mail.id == MailAnswer.mail_id)
        .where(Mail.sender == mail.sender, MailAnswer.made_at > now - DAY)
    )
    if (session.scalar(today) or 0) >= limits.answers_per_sender:
        return
    answer = MailAnswer(key=key, mail_id=mail.id, ticket_id=mail.ticket_id, kind=kind, made_at=now)
    session.add(answer)
    session.flush()
    _enqueue(session, answer, now=now)


def _enqueue(session: Session, answer: MailAnswer, *, now: datetime) -> None:
    enqueue(
        session,
        "tickets.send_mail_answer",
        now=now,
        idempotency_key=f"mail answer {answer.id} {answer.attempt}",
        answer_id=answer.id,
        attempt=answer.attempt,
    )


def tell_progress(session: Session, ticket_id: int, *, version: int, office: MailOffice, now: datetime) -> None:
    """The ticket has gone on: its correspondent is told of this version, once."""
    mail = correspondent_of(session, ticket_id)
    if mail is not None:
        key = f"progress {ticket_id} {version}"
        plan_answer(session, mail, AnswerKind.PROGRESS, key=key, limits=office.settings, now=now)


def hand_over(
    session: Session, answer_id: int, *, attempt: int, office: MailOffice, now: datetime
) -> EmailMessage | None:
    """Claim an answer and write it as its ticket stands now; None when there is nothing to send any more.

    One that is found claimed was cut short between claim and outcome: it may be there, so a person decides.
    """
    answer = session.get_one(MailAnswer, answer_id, with_for_update=True, populate_existing=True)
    if answer.attempt != attempt:
        return None
    if answer.state is AnswerState.HANDED:
        _fail(session, answer, AnswerState.UNSURE, "提交时中断", now=now)
        return None
    if answer.state is not AnswerState.WAITING:
        return None
    rating_address = _rating_address(session, answer, office, now)
    if answer.kind is AnswerKind.RATING and not rating_address:
        answer.state = AnswerState.MOOT
        return None
    answer.state, answer.handed_at = AnswerState.HANDED, now
    mail = session.get_one(Mail, answer.mail_id)
    page = citizen_page(session, answer.ticket_id) if answer.ticket_id is not None else None
    return letter_of(answer, mail, page, rating_address, office=office, now=now)


def _rating_address(session: Session, answer: MailAnswer, office: MailOffice, now: datetime) -> str:
    """Empty for every other kind of mail, and where nothing is asked any more."""
    if answer.kind is not AnswerKind.RATING or answer.ticket_id is None:
        return ""
    return office.rating_address(session, answer.ticket_id, now)


def take_back(session: Session, answer_id: int) -> None:
    """It certainly was not taken: the job tries again."""
    answer = session.get_one(MailAnswer, answer_id, with_for_update=True, populate_existing=True)
    if answer.state is AnswerState.HANDED:
        answer.state = AnswerState.WAITING


def note_sent(session: Session, answer_id: int) -> None:
    answer = session.get_one(MailAnswer, answer_id, with_for_update=True, populate_existing=True)
    if answer.state is AnswerState.HANDED:
        answer.state = AnswerState.SENT
        announce(session, MailChanged(answer.mail_id))


def note_failed(session: Session, answer_id: int, state: AnswerState, *, reason: str, now: datetime) -> None:
    """Refused, unsure or come back."""
    answer = session.get_one(MailAnswer, answer_id, with_for_update=True, populate_existing=True)
    if answer.state in {AnswerState.HANDED, AnswerState.SENT}:
        _fail(session, answer, state, reason, now=now)


def _fail(session: Session, answer: MailAnswer, state: AnswerState, reason: str, *, now: datetime) -> None:
    """With a line in the ticket's history: somebody may have to telephone."""
    answer.state, answer.failure = state, reason[:200]
    announce(session, MailChanged(answer.mail_id))
    if answer.ticket_id is None:
        return
    ticket: Ticket = locked_ticket(session, answer.ticket_id, SYSTEM)
    ticket.version += 1
    ticket.changed_at = now
    told = {"kind": answer.kind.name_zh, "state": state.name_zh}
    write_history(
        session, ticket, UNDELIVERED, before=ticket.state, by=SYSTEM, now=now, reason=answer.failure,
        particulars=told, is_internal=True,
    )  # fmt: skip


def resend_answer(session: Session, answer_id: int, *, now: datetime) -> MailAnswer:
    """A person decides that it should go once more.  Raises MailAnswerNotFound, AnswerNotFailed."""
    answer = session.get(MailAnswer, answer_id, with_for_update=True, populate_existing=True)
    if answer is None:
        raise MailAnswerNotFound(answer_id=answer_id)
    if answer.state not in FAILED:
        raise AnswerNotFailed(state=answer.state.name_zh)
    answer.state, answer.attempt, answer.failure = AnswerState.WAITING, answer.attempt + 1, ""
    _enqueue(session, answer, now=now)
    announce(session, MailChanged(answer.mail_id))
    return answer
