"""What a person decides of a mail that was held, and what is forgotten of the rest."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import Actor
from tickets.actions.notes import supplement_ticket
from tickets.actions.registration import register_ticket
from tickets.errors import TicketNotFound
from tickets.forms import TEXT_LEAST
from tickets.kinds import Source
from tickets.mail.errors import MailHandled, MailNotFound, MailTooShort
from tickets.mail.events import MailChanged
from tickets.mail.model import Mail
from tickets.mail.rules import AnswerKind, MailOutcome, MailRead, form_of, is_enough, matter_of
from tickets.mail.taking import ADDED_MOST, Desk, answer_mail, end_mail
from tickets.model import Ticket
from tickets.photos.model import Photo
from tickets.queries.placing import placed
from tickets.rules import TABLE, Action

#: words of mails that became no ticket
KEPT = timedelta(days=30)


def locked_mail(session: Session, mail_id: int) -> Mail:
    """One that waits for a person.  Raises MailNotFound, MailHandled."""
    mail = session.get(Mail, mail_id, with_for_update=True, populate_existing=True)
    if mail is None:
        raise MailNotFound(mail_id=mail_id)
    if mail.outcome is not MailOutcome.HELD:
        raise MailHandled(outcome=mail.outcome.name_zh)
    return mail


def register_held(session: Session, mail_id: int, *, by: Actor, desk: Desk) -> Mail:
    """A person found a matter in it.  Raises MailNotFound, MailHandled, MailTooShort.  Announces TicketRegistered."""
    mail = locked_mail(session, mail_id)
    read = _read_again(mail)
    if not is_enough(matter_of(read)):
        raise MailTooShort(least=TEXT_LEAST)
    form = placed(session, form_of(read))
    ticket = register_ticket(session, form, source=Source.EMAIL, by=by, office=desk.office, now=desk.now)
    ticket.caller_name = form.caller_name
    mail.ticket_id = ticket.id
    _move_photos(session, mail, ticket)
    end_mail(mail, MailOutcome.TICKET, desk)
    mail.handled_by = by.label
    answer_mail(session, mail, AnswerKind.RECEIPT, desk)
    announce(session, MailChanged(mail.id))
    return mail


def add_held(session: Session, mail_id: int, number: str, *, by: Actor, desk: Desk) -> Mail:
    """It belongs to a ticket.  Raises MailNotFound, MailHandled, TicketNotFound, MoveRefused."""
    mail = locked_mail(session, mail_id)
    ticket = session.scalar(select(Ticket).where(Ticket.number == number))
    if ticket is None or (ticket.state, Action.SUPPLEMENT) not in TABLE:
        raise TicketNotFound(ticket=number)
    read = _read_again(mail)
    supplement_ticket(session, ticket.id, text=f"来信：{matter_of(read)}"[:ADDED_MOST], by=by, now=desk.now)
    mail.ticket_id = ticket.id
    _move_photos(session, mail, ticket)
    end_mail(mail, MailOutcome.SUPPLEMENT, desk)
    mail.handled_by = by.label
    answer_mail(session, mail, AnswerKind.ADDED, desk)
    announce(session, MailChanged(mail.id))
    return mail


def dismiss_held(session: Session, mail_id: int, *, reason: str, by: Actor, now: datetime) -> Mail:
    """No matter of ours: nobody is answered.  Raises MailNotFound, MailHandled."""
    mail = locked_mail(session, mail_id)
    mail.outcome, mail.handled_at, mail.handled_by = MailOutcome.DISMISSED, now, by.label
    mail.handled_reason = reason
    announce(session, MailChanged(mail.id))
    return mail


def _read_again(mail: Mail) -> MailRead:
    return MailRead(
        message_id="", sender=mail.sender, sender_name=mail.sender_name, subject=mail.subject, text=mail.text,
        whole=mail.text,
    )  # fmt: skip


def _move_photos(session: Session, mail: Mail, ticket: Ticket) -> None:
    session.execute(update(Photo).where(Photo.mail_id == mail.id).values(ticket_id=ticket.id))


def forget_mails(session: Session, *, now: datetime) -> None:
    """Words of mails that became no ticket are nobody's after a while; photos of those go with them."""
    before = now - KEPT
    over = (Mail.taken_at < before, Mail.outcome.not_in((MailOutcome.HELD, MailOutcome.TICKET)))
    ids = select(Mail.id).where(*over)
    session.execute(delete(Photo).where(Photo.mail_id.in_(ids), Photo.ticket_id.is_(None)))
    session.execute(update(Mail).where(*over, Mail.ticket_id.is_(None)).values(text="", subject="", sender_name=""))
