"""Asking the citizen: one question for each audited answer, by SMS or by a person."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.codes import draw_code
from core.events import announce
from core.jobs import enqueue
from core.masking import tail
from core.secrets import phone_hash
from evaluation.actions.ending import hand_to_person, locked_invitation, stop_asking
from evaluation.events import InvitationSent, MailWriterInvited
from evaluation.ledger import append_entry
from evaluation.model import Invitation, InvitationMessage
from evaluation.plan import Pace, Step, next_step
from evaluation.queries import ABOUT_HANDLING, asked_so_far
from evaluation.rules import ANSWER_LEAST, REASONS, InvitationState, LedgerKind, Reason, Subject
from evaluation.settings import EvaluationSettings
from sms.actions.queueing import queue_message
from sms.model import Message
from sms.office import SmsOffice
from sms.rules import MessageState
from sms.templates import RATING, RATING_REMINDER, Template
from tickets.kinds import Secrecy, Source
from tickets.model import Ticket

EXPIRE = "evaluation.expire_invitation"
FOLLOW = "evaluation.follow_plan"
#: how often a plan whose SMS still waits for its turn is looked at
LOOK_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """What is asked: about which answer (`rework_no`) of which unit, in which words."""

    subject: Subject
    rework_no: int
    unit_id: int | None
    template: Template


def invite_citizen(
    session: Session,
    ticket_id: int,
    *,
    office: SmsOffice,
    settings: EvaluationSettings,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> Invitation:
    """Ask the citizen about the audited answer, once per answer; again for the same answer, the first is returned.

    By SMS where one can go; a sealed ticket, a missing phone or a landline goes to a person, with that reason.  Who
    wrote by mail gets the link by mail as well.
    Announces InvitationSent, MailWriterInvited.
    """
    ticket = session.get_one(Ticket, ticket_id, with_for_update=True)
    known = select(Invitation).filter_by(ticket_id=ticket_id, rework_no=ticket.rework_no)
    if found := session.scalar(known.where(ABOUT_HANDLING)):
        return found

    question = Question(Subject.HANDLING, ticket.rework_no, ticket.unit_id, RATING)
    invitation = put_question(session, ticket, question, office=office, settings=settings, now=now, choose=choose)
    tell_mail_writer(session, invitation, ticket)
    return invitation


def tell_mail_writer(session: Session, invitation: Invitation, ticket: Ticket) -> None:
    """Announces MailWriterInvited, where the matter came by mail and is not sealed."""
    if ticket.source is Source.EMAIL and ticket.secrecy is not Secrecy.SEALED:
        announce(session, MailWriterInvited(invitation.id, ticket.id))


def put_question(
    session: Session,
    ticket: Ticket,
    question: Question,
    *,
    office: SmsOffice,
    settings: EvaluationSettings,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> Invitation:
    """Ask it, by SMS or by a person, with its line in the ledger and its end.  Announces InvitationSent."""
    invitation = _new_invitation(session, ticket, question, office=office, settings=settings, now=now, choose=choose)
    _ask(session, invitation, ticket, question.template, office=office, now=now)
    append_entry(session, LedgerKind.INVITATION, _invitation_line(invitation, ticket), now=now)
    key = f"{EXPIRE}:{invitation.id}"
    enqueue(session, EXPIRE, due_at=invitation.expires_at, idempotency_key=key, now=now, invitation_id=invitation.id)
    if invitation.state is InvitationState.INVITED and settings.remind_days + settings.call_days:
        look_again(session, invitation, at=now + timedelta(days=settings.remind_days or settings.call_days), now=now)
    announce(session, InvitationSent(invitation.id, ticket.id))
    return invitation


def follow_plan(session: Session, invitation_id: int, *, office: SmsOffice, pace: Pace, now: datetime) -> None:
    """Do what the plan has next for a citizen who is silent, if it is due, and look again when the next step is.

    Nothing once it is answered, refused, void or with a person.  Raises InvitationNotFound.
    """
    invitation = locked_invitation(session, invitation_id)
    coming = next_step(asked_so_far(session, invitation), pace)
    if coming is None or now >= invitation.expires_at:
        return
    if coming.at is None:
        look_again(session, invitation, at=now + LOOK_AGAIN, now=now)
    elif now < coming.at:
        look_again(session, invitation, at=coming.at, now=now)
    elif coming.step is Step.REMINDER:
        _remind(session, invitation, office=office, now=now)
        look_again(session, invitation, at=now + timedelta(days=pace.call_days), now=now)
    else:
        hand_to_person(session, invitation_id, Reason.SILENT)


def look_again(session: Session, invitation: Invitation, *, at: datetime, now: datetime) -> None:
    key = f"{FOLLOW}:{invitation.id}:{at.isoformat()}"
    enqueue(session, FOLLOW, due_at=at, idempotency_key=key, now=now, invitation_id=invitation.id)


def _remind(session: Session, invitation: Invitation, *, office: SmsOffice, now: datetime) -> None:
    """The same question once more; the first SMS makes room, an answer to either is one to the question."""
    stop_asking(session, invitation, now=now)
    ticket = session.get_one(Ticket, invitation.ticket_id)
    _queue_question(session, invitation, ticket, RATING_REMINDER, office=office, now=now)


def send_about(
    session: Session, invitation: Invitation, template: Template, *, office: SmsOffice, now: datetime, **values: str
) -> None:
    """A second message about an invitation (not understood, read back, why, already rated); today or not at all."""
    ticket = session.get_one(Ticket, invitation.ticket_id)
    if ticket.phone:
        known = {"ticket": ticket.number[-4:], **values}
        filled = {name: known[name] for name in template.variables}
        message = queue_message(session, ticket.phone, template, filled, office=office, now=now, may_wait=False)
        session.add(InvitationMessage(message_id=message.id, invitation_id=invitation.id))


def _new_invitation(
    session: Session,
    ticket: Ticket,
    question: Question,
    *,
    office: SmsOffice,
    settings: EvaluationSettings,
    now: datetime,
    choose: Callable[[str], str],
) -> Invitation:
    code = draw_code(choose)
    while session.scalar(select(Invitation.id).filter_by(code=code)) is not None:
        code = draw_code(choose)
    invitation = Invitation(
        subject=question.subject,
        ticket_id=ticket.id,
        rework_no=question.rework_no,
        unit_id=question.unit_id,
        topic_id=ticket.topic_id,
        phone_hash=phone_hash(ticket.phone, office.phone_key),
        tail_hash=phone_hash(tail(ticket.phone), office.phone_key),
        code=code,
        state=InvitationState.INVITED,
        invited_at=now,
        expires_at=now + timedelta(days=settings.open_days),
    )
    session.add(invitation)
    session.flush()
    return invitation


def _ask(
    session: Session, invitation: Invitation, ticket: Ticket, template: Template, *, office: SmsOffice, now: datetime
) -> None:
    """By SMS, or by a person where no SMS may go."""
    if ticket.secrecy is Secrecy.SEALED or not ticket.phone:
        invitation.state = InvitationState.TO_CALL
        invitation.reason = Reason.SEALED if ticket.phone else Reason.NO_PHONE
        return
    message = _queue_question(session, invitation, ticket, template, office=office, now=now)
    if message.state is MessageState.NOT_SENT and message.reason:
        invitation.state = InvitationState.TO_CALL
        invitation.reason = REASONS[message.reason]


def _queue_question(
    session: Session, invitation: Invitation, ticket: Ticket, template: Template, *, office: SmsOffice, now: datetime
) -> Message:
    values = {"ticket": ticket.number[-4:], "code": invitation.code}
    not_after = invitation.expires_at - ANSWER_LEAST
    message = queue_message(session, ticket.phone, template, values, office=office, now=now, not_after=not_after)
    session.add(InvitationMessage(message_id=message.id, invitation_id=invitation.id))
    return message


def _invitation_line(invitation: Invitation, ticket: Ticket) -> dict[str, Any]:
    return {
        "invitation": invitation.id,
        "subject": invitation.subject,
        "ticket": ticket.number,
        "rework": invitation.rework_no,
        "unit": invitation.unit_id,
        "phone": invitation.phone_hash,
        "state": invitation.state,
        "reason": invitation.reason,
    }
