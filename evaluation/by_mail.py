"""Asking by mail whoever wrote by mail: the link to the rating page, beside the SMS or the person that asks."""

from datetime import datetime

from sqlalchemy.orm import Session

from evaluation.links import sign_link
from evaluation.queries import invitation, invitations_of
from evaluation.rules import UNANSWERED
from tickets.mail.answers import plan_answer
from tickets.mail.queries import correspondent_of
from tickets.mail.rules import AnswerKind
from tickets.mail.settings import MailOffice


def ask_by_mail(session: Session, invitation_id: int, *, mails: MailOffice, now: datetime) -> None:
    """Plan the mail with the link, once for each invitation.  Raises InvitationNotFound."""
    asked = invitation(session, invitation_id)
    mail = correspondent_of(session, asked.ticket_id)
    if mail is not None:
        plan_answer(session, mail, AnswerKind.RATING, key=f"rating {asked.id}", limits=mails.settings, now=now)


def rating_address(session: Session, ticket_id: int, now: datetime, *, base_url: str, key: bytes) -> str:
    """The page that asks about the answer that stands now; empty where nothing is asked any more."""
    asked = next(reversed(invitations_of(session, ticket_id)), None)
    if asked is None or asked.state not in UNANSWERED or now >= asked.expires_at:
        return ""
    return f"{base_url}/r/{sign_link(asked.id, expires_at=asked.expires_at, key=key)}"
