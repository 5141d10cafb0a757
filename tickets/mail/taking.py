"""Taking a mail: in one transaction it becomes a ticket, an addition, or something that a person looks at, once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import CITIZEN, Actor
from tickets.actions.notes import supplement_ticket
from tickets.actions.registration import register_ticket
from tickets.forms import TEXT_MOST
from tickets.kinds import Source
from tickets.mail.answers import note_failed, plan_answer
from tickets.mail.events import MailChanged
from tickets.mail.model import Mail, MailAnswer, MailboxState
from tickets.mail.rules import (
    SUBJECT_MOST,
    AnswerKind,
    AnswerState,
    HeldReason,
    MailOutcome,
    MailRead,
    Mark,
    form_of,
    is_address,
    is_enough,
    matter_of,
    number_in,
)
from tickets.mail.settings import MailSettings
from tickets.model import Ticket
from tickets.photos.actions import new_photo, put_to_ticket
from tickets.photos.rules import Origin, fresh
from tickets.queries.placing import placed
from tickets.rules import OPEN_STATES, UNANSWERED_STATES
from tickets.settings import TicketOffice

DAY = timedelta(days=1)
#: of words that were added no more stands in the history
ADDED_MOST = 4_000


@dataclass(frozen=True)
class Fetched:
    """A mail as it lies in its mailbox."""

    mailbox: str
    key: str
    size_bytes: int
    is_too_large: bool = False


@dataclass(frozen=True)
class Desk:
    """What taking a mail needs besides it."""

    limits: MailSettings
    office: TicketOffice
    now: datetime


def is_taken(session: Session, mailbox: str, key: str) -> bool:
    return session.scalar(select(Mail.id).where(Mail.mailbox == mailbox, Mail.key == key)) is not None


def note_look(session: Session, name: str, *, now: datetime, failure: str = "") -> None:
    """How a look into the mailbox went."""
    state = _locked_state(session, name)
    if failure:
        state.failed_at, state.failure = now, failure[:200]
    else:
        state.looked_at, state.failed_at, state.failure = now, None, ""


def _locked_state(session: Session, name: str) -> MailboxState:
    """Its lock keeps two readers from taking one mail twice."""
    found = select(MailboxState).where(MailboxState.name == name).with_for_update()
    state = session.scalar(found.execution_options(populate_existing=True))
    if state is None:
        state = MailboxState(name=name, failure="")
        session.add(state)
        session.flush()
    return state


def take_mail(session: Session, fetched: Fetched, read: MailRead, desk: Desk) -> Mail:
    """Whatever comes becomes one row; read again, it is the same one.

    Announces MailChanged, TicketRegistered, TicketReworded.
    """
    _locked_state(session, fetched.mailbox)
    known = session.scalar(select(Mail).where(Mail.mailbox == fetched.mailbox, Mail.key == fetched.key))
    known = known or session.scalar(select(Mail).where(Mail.digest == _digest(read)).limit(1))
    if known is not None:
        return known
    mail = Mail(
        mailbox=fetched.mailbox,
        key=fetched.key,
        digest=_digest(read),
        words_digest=_hash(read.sender, matter_of(read)),
        sender=read.sender,
        sender_name=read.sender_name,
        subject=read.subject,
        text=read.whole,
        size_bytes=fetched.size_bytes,
        left_out=read.left_out,
        outcome=MailOutcome.HELD,
        taken_at=desk.now,
    )
    session.add(mail)
    session.flush()
    _decide(session, mail, read, desk, is_too_large=fetched.is_too_large)
    announce(session, MailChanged(mail.id))
    return mail


def _digest(read: MailRead) -> str:
    """A mail that is delivered twice, or whose mailbox was numbered anew, is the same mail."""
    return _hash(read.message_id, read.sender, read.subject, read.whole)


def _hash(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()


def _decide(session: Session, mail: Mail, read: MailRead, desk: Desk, *, is_too_large: bool) -> None:
    if _put_aside(session, mail, read, desk):
        return
    if is_too_large:
        end_mail(mail, MailOutcome.TOO_LARGE, desk)
        answer_mail(session, mail, AnswerKind.TOO_LARGE, desk)
        return
    ticket, is_own = _ticket_named(session, mail, read)
    if ticket is not None:
        _add_or_hold(session, mail, read, ticket, desk, is_own=is_own)
        return
    _new_matter(session, mail, read, desk)


def _put_aside(session: Session, mail: Mail, read: MailRead, desk: Desk) -> bool:
    """What no person wrote is never answered, or two programs would write to each other for ever."""
    if Mark.OWN in read.marks or mail.sender == desk.limits.address.lower():
        end_mail(mail, MailOutcome.OWN, desk)
    elif Mark.BOUNCE in read.marks:
        for answer_id in read.answer_ids:
            if session.get(MailAnswer, answer_id) is not None:
                note_failed(session, answer_id, AnswerState.BOUNCED, reason="邮件被退回", now=desk.now)
        end_mail(mail, MailOutcome.BOUNCE, desk)
    elif Mark.AUTOMATIC in read.marks:
        end_mail(mail, MailOutcome.AUTOMATIC, desk)
    elif Mark.SPAM in read.marks:
        _hold(session, mail, read, HeldReason.SPAM)
    elif not is_address(mail.sender):
        _hold(session, mail, read, HeldReason.NO_ADDRESS)
    else:
        return False
    return True


def _ticket_named(session: Session, mail: Mail, read: MailRead) -> tuple[Ticket | None, bool]:
    """By the answer that it replies to, or by the number in its subject; and whether it is surely the sender's."""
    for answer_id in read.answer_ids:
        answer = session.get(MailAnswer, answer_id)
        if answer is not None and answer.ticket_id is not None:
            return session.get(Ticket, answer.ticket_id), True
    number = number_in(read.subject)
    ticket = session.scalar(select(Ticket).where(Ticket.number == number)) if number else None
    if ticket is None:
        return None, False
    wrote = select(Mail.id).where(Mail.ticket_id == ticket.id, Mail.sender == mail.sender)
    return ticket, session.scalar(wrote.limit(1)) is not None


def _add_or_hold(session: Session, mail: Mail, read: MailRead, ticket: Ticket, desk: Desk, *, is_own: bool) -> None:
    mail.ticket_id = ticket.id
    if is_own and ticket.state in UNANSWERED_STATES and (read.text.strip() or read.pictures):
        _add(session, mail, read, ticket, desk, by=CITIZEN)
        return
    _hold(session, mail, read, HeldReason.OVER if is_own else HeldReason.OTHER_SENDER)
    answer_mail(session, mail, AnswerKind.HELD, desk)


def _add(session: Session, mail: Mail, read: MailRead, ticket: Ticket, desk: Desk, *, by: Actor) -> None:
    words = read.text.strip()[:ADDED_MOST] or f"（只有照片，{len(read.pictures)} 张）"
    supplement_ticket(session, ticket.id, text=words, by=by, now=desk.now)
    if read.pictures:
        put_to_ticket(session, ticket, fresh(read.pictures, ()), origin=Origin.EMAIL, by=by, now=desk.now)
    end_mail(mail, MailOutcome.SUPPLEMENT, desk)
    answer_mail(session, mail, AnswerKind.ADDED, desk)


def _new_matter(session: Session, mail: Mail, read: MailRead, desk: Desk) -> None:
    same = _same_before(session, mail)
    if same is not None:
        mail.ticket_id = same.ticket_id
        end_mail(mail, MailOutcome.SAME, desk)
        answer_mail(session, mail, AnswerKind.SAME, desk)
    elif Mark.UNREADABLE in read.marks:
        _hold(session, mail, read, HeldReason.UNREADABLE)
        answer_mail(session, mail, AnswerKind.HELD, desk)
    elif not is_enough(matter_of(read)) and not read.pictures:
        end_mail(mail, MailOutcome.EMPTY, desk)
        answer_mail(session, mail, AnswerKind.EMPTY, desk)
    elif _is_many(session, mail, desk):
        _hold(session, mail, read, HeldReason.MANY)
        answer_mail(session, mail, AnswerKind.HELD, desk)
    else:
        _register(session, mail, read, desk)


def _same_before(session: Session, mail: Mail) -> Mail | None:
    """The same words of the same sender, while their ticket is open."""
    before = (
        select(Mail)
        .join(Ticket, Ticket.id == Mail.ticket_id)
        .where(Mail.words_digest == mail.words_digest, Mail.id < mail.id, Ticket.state.in_(OPEN_STATES))
    )
    return session.scalar(before.order_by(Mail.id).limit(1))


def _is_many(session: Session, mail: Mail, desk: Desk) -> bool:
    taken = (Mail.sender == mail.sender, Mail.taken_at > desk.now - DAY, Mail.outcome == MailOutcome.TICKET)
    n = session.scalar(select(func.count()).select_from(Mail).where(*taken)) or 0
    return n >= desk.limits.per_sender


def _register(session: Session, mail: Mail, read: MailRead, desk: Desk) -> None:
    form = placed(session, form_of(read))
    if not is_enough(form.text):  # photos speak for themselves
        form = form.model_copy(update={"text": f"{form.text}（来信附照片 {len(read.pictures)} 张）".strip()})
    ticket = register_ticket(session, form, source=Source.EMAIL, by=CITIZEN, office=desk.office, now=desk.now)
    ticket.caller_name = form.caller_name
    if read.pictures:
        put_to_ticket(session, ticket, fresh(read.pictures, ()), origin=Origin.EMAIL, by=CITIZEN, now=desk.now)
    mail.ticket_id = ticket.id
    end_mail(mail, MailOutcome.TICKET, desk)
    answer_mail(session, mail, AnswerKind.RECEIPT, desk)


def _hold(session: Session, mail: Mail, read: MailRead, reason: HeldReason) -> None:
    """A person decides; photos wait with it."""
    mail.outcome, mail.held_reason = MailOutcome.HELD, reason
    for picture in fresh(read.pictures, ()):
        photo = new_photo(picture, origin=Origin.EMAIL, by=CITIZEN, now=mail.taken_at)
        photo.mail_id = mail.id
        session.add(photo)


def end_mail(mail: Mail, outcome: MailOutcome, desk: Desk) -> None:
    """The words stand on the ticket now, which is the one place for them; of one that was cut short all stay here."""
    mail.outcome, mail.handled_at = outcome, desk.now
    most = {MailOutcome.TICKET: TEXT_MOST - SUBJECT_MOST, MailOutcome.SUPPLEMENT: ADDED_MOST}.get(outcome, 0)
    if len(mail.text) <= most:
        mail.text = ""


def answer_mail(session: Session, mail: Mail, kind: AnswerKind, desk: Desk) -> None:
    plan_answer(session, mail, kind, key=f"mail {mail.id} {kind}", limits=desk.limits, now=desk.now)
