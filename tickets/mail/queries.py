"""Everything that is read about mails."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tickets.kinds import Source
from tickets.mail.errors import MailNotFound
from tickets.mail.model import Mail, MailAnswer, MailboxState
from tickets.mail.rules import MailOutcome
from tickets.model import Ticket
from tickets.photos.model import Photo

PAGE = 50


@dataclass(frozen=True)
class MailRow:
    """A mail with what hangs on it."""

    mail: Mail
    ticket_number: str
    photos: int
    answers: Sequence[MailAnswer]


def list_mails(session: Session, outcomes: Sequence[MailOutcome], *, before: int | None = None) -> list[MailRow]:
    """Newest first, a page at a time; `before` is the last id that was shown."""
    wanted = select(Mail, Ticket.number).outerjoin(Ticket, Ticket.id == Mail.ticket_id)
    if outcomes:
        wanted = wanted.where(Mail.outcome.in_(outcomes))
    if before is not None:
        wanted = wanted.where(Mail.id < before)
    rows = session.execute(wanted.order_by(Mail.id.desc()).limit(PAGE)).all()
    ids = [mail.id for mail, _ in rows]
    answers, photos = _answers(session, ids), _photos(session, ids)
    return [MailRow(mail, number or "", photos.get(mail.id, 0), answers.get(mail.id, [])) for mail, number in rows]


def mail_by_id(session: Session, mail_id: int) -> MailRow:
    """Raises MailNotFound."""
    found = session.execute(
        select(Mail, Ticket.number).outerjoin(Ticket, Ticket.id == Mail.ticket_id).where(Mail.id == mail_id)
    ).first()
    if found is None:
        raise MailNotFound(mail_id=mail_id)
    mail, number = found
    photos, answers = _photos(session, [mail_id]), _answers(session, [mail_id])
    return MailRow(mail, number or "", photos.get(mail_id, 0), answers.get(mail_id, []))


def photos_of_mail(session: Session, mail_id: int) -> Sequence[int]:
    """Ids of those that stand on no ticket, oldest first."""
    found = select(Photo.id).where(Photo.mail_id == mail_id, Photo.ticket_id.is_(None))
    return session.scalars(found.order_by(Photo.id)).all()


def correspondent_of(session: Session, ticket_id: int) -> Mail | None:
    """The mail that a ticket was made of."""
    made = select(Mail).where(Mail.ticket_id == ticket_id, Mail.outcome == MailOutcome.TICKET)
    return session.scalar(made.order_by(Mail.id).limit(1))


def sender_of(session: Session, ticket: Ticket) -> str:
    """Who wrote the mail that a ticket was made of; empty for any other.  One statement, or none."""
    mail = correspondent_of(session, ticket.id) if ticket.source is Source.EMAIL else None
    return mail.sender if mail is not None else ""


def _answers(session: Session, mail_ids: Sequence[int]) -> dict[int, list[MailAnswer]]:
    found: dict[int, list[MailAnswer]] = {}
    for answer in session.scalars(select(MailAnswer).where(MailAnswer.mail_id.in_(mail_ids)).order_by(MailAnswer.id)):
        found.setdefault(answer.mail_id, []).append(answer)
    return found


def _photos(session: Session, mail_ids: Sequence[int]) -> dict[int, int]:
    counted = select(Photo.mail_id, func.count()).where(Photo.mail_id.in_(mail_ids)).group_by(Photo.mail_id)
    return {mail_id: n for mail_id, n in session.execute(counted).all() if mail_id is not None}


def count_held(session: Session) -> int:
    """How many mails wait for a person."""
    return session.scalar(select(func.count()).select_from(Mail).where(Mail.outcome == MailOutcome.HELD)) or 0


def mailbox_failures(session: Session) -> list[str]:
    """Why the last look into a mailbox failed; nothing where it went well."""
    failed = select(MailboxState.failure).where(MailboxState.failed_at.is_not(None))
    return list(session.scalars(failed.order_by(MailboxState.name)))
