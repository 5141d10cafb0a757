"""Everything that changes invitations and ratings; each act leaves its line in the ledger."""

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
from evaluation.errors import AlreadyRated, InvitationExpired, InvitationNotFound, InvitationVoided
from evaluation.events import BadRating, InvitationSent, MailWriterInvited, RatingRecorded
from evaluation.ledger import append_entry, receipt_hash, salted_hash
from evaluation.model import Invitation, InvitationMessage, Rating, RatingWords
from evaluation.queries import counting_answer, first_answer
from evaluation.rules import (
    ANSWER_LEAST,
    REASONS,
    TAIL_TRIES,
    UNANSWERED,
    Channel,
    InvitationState,
    LedgerKind,
    Level,
    Reason,
    Subject,
    may_correct,
)
from evaluation.settings import EvaluationSettings
from sms.actions import queue_message, withdraw_message
from sms.office import SmsOffice
from sms.rules import MessageState
from sms.templates import RATING, Template
from tickets.kinds import Secrecy, Source
from tickets.model import Ticket

EXPIRE = "evaluation.expire_invitation"
#: a refusal may be thought over
_STILL_OPEN = UNANSWERED | {InvitationState.REFUSED}
_OVER = frozenset({InvitationState.ANSWERED, InvitationState.EXPIRED, InvitationState.VOIDED})
#: 10 letters of the code alphabet: about 50 bits, looked up by its owner only
RECEIPT_LENGTH = 10


@dataclass(frozen=True)
class Answer:
    """What somebody said, and by which way it came; `source` makes it count once however often it is told."""

    level: Level
    channel: Channel
    source: str
    words: str | None = None
    is_solved: bool | None = None


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
    if found := session.scalar(known):
        return found

    invitation = _new_invitation(session, ticket, office=office, settings=settings, now=now, choose=choose)
    _ask(session, invitation, ticket, office=office, now=now)
    append_entry(session, LedgerKind.INVITATION, _invitation_line(invitation, ticket), now=now)
    key = f"{EXPIRE}:{invitation.id}"
    enqueue(session, EXPIRE, due_at=invitation.expires_at, idempotency_key=key, now=now, invitation_id=invitation.id)
    announce(session, InvitationSent(invitation.id, ticket.id))
    if ticket.source is Source.EMAIL and ticket.secrecy is not Secrecy.SEALED:
        announce(session, MailWriterInvited(invitation.id, ticket.id))
    return invitation


def record_answer(session: Session, invitation_id: int, answer: Answer, *, now: datetime) -> Rating:
    """Keep an answer to an invitation: the first one, or within 24 hours of it a correction (the latest counts).

    Told twice, the first telling is returned.
    Raises InvitationNotFound, InvitationExpired, InvitationVoided, AlreadyRated.
    Announces RatingRecorded and, for the two bad levels, BadRating.
    """
    invitation = locked_invitation(session, invitation_id)
    if told := session.scalar(select(Rating).filter_by(source=answer.source)):
        return told
    first = first_answer(session, invitation_id)
    if first is None:
        _check_open(invitation, now)
    elif not may_correct(first.recorded_at, now):
        raise AlreadyRated(invitation_id=invitation_id)

    before = counting_answer(session, invitation_id)
    if before is not None:
        before.is_current = False
        session.flush()
    rating = _new_rating(session, answer, invitation=invitation, corrects_id=before.id if before else None, now=now)
    invitation.state = InvitationState.ANSWERED
    invitation.reason = None
    invitation.closed_at = invitation.closed_at or now
    _stop_asking(session, invitation, now=now)
    _announce_rating(session, rating, invitation)
    return rating


def record_agent_rating(
    session: Session, call_id: int, level: Level, *, person_id: int | None, now: datetime
) -> Rating:
    """The key pressed after a call: it rates the agent and nothing else (一次一评).  Told twice, kept once."""
    answer = Answer(level, Channel.KEY, source=f"key:call:{call_id}")
    if told := session.scalar(select(Rating).filter_by(source=answer.source)):
        return told
    rating = _new_rating(session, answer, call_id=call_id, person_id=person_id, now=now)
    _announce_rating(session, rating)
    return rating


def refuse_invitation(session: Session, invitation_id: int, *, channel: Channel, now: datetime) -> None:
    """The citizen does not want to rate (TD, or said so): a refusal, never silence.  An answer given stays."""
    invitation = locked_invitation(session, invitation_id)
    if invitation.state not in _STILL_OPEN or invitation.state is InvitationState.REFUSED:
        return
    invitation.state = InvitationState.REFUSED
    invitation.closed_at = now
    _stop_asking(session, invitation, now=now)
    append_entry(session, LedgerKind.REFUSAL, {"invitation": invitation.id, "channel": channel}, now=now)


def expire_invitation(session: Session, invitation_id: int, *, now: datetime) -> None:
    """The window is over without an answer: 未评价, which is not 满意."""
    invitation = locked_invitation(session, invitation_id)
    if now < invitation.expires_at or invitation.state in _OVER:
        return
    body = {"invitation": invitation.id, "was": invitation.state, "reason": invitation.reason}
    append_entry(session, LedgerKind.EXPIRY, body, now=now)
    _stop_asking(session, invitation, now=now)
    if invitation.state is not InvitationState.REFUSED:
        invitation.state = InvitationState.EXPIRED
        invitation.closed_at = now


def void_invitations(session: Session, ticket_id: int, *, rework_no: int, now: datetime) -> None:
    """The answers before rework `rework_no` are being done again: nobody is asked about them any more.

    Answers and refusals that were given stay.  A voided question is neither an answer nor silence.
    """
    earlier = select(Invitation.id).where(
        Invitation.ticket_id == ticket_id, Invitation.rework_no < rework_no, Invitation.state.in_(UNANSWERED)
    )
    for invitation_id in session.scalars(earlier.order_by(Invitation.rework_no)).all():
        invitation = locked_invitation(session, invitation_id)
        if invitation.state not in UNANSWERED:
            continue
        body = {"invitation": invitation.id, "was": invitation.state, "reason": Reason.REWORKED}
        append_entry(session, LedgerKind.VOIDING, body, now=now)
        invitation.state = InvitationState.VOIDED
        invitation.reason = Reason.REWORKED
        invitation.closed_at = now
        _stop_asking(session, invitation, now=now)


def hand_to_person(session: Session, invitation_id: int, reason: Reason) -> None:
    """SMS did not carry this question: 人工回访, with the reason."""
    invitation = locked_invitation(session, invitation_id)
    if invitation.state is InvitationState.INVITED:
        failed = reason is Reason.DELIVERY_FAILED
        invitation.state = InvitationState.UNDELIVERED if failed else InvitationState.TO_CALL
        invitation.reason = reason


def note_delivered(session: Session, invitation_id: int, *, now: datetime) -> None:
    invitation = locked_invitation(session, invitation_id)
    invitation.delivered_at = invitation.delivered_at or now


def open_by_code(session: Session, code: str, phone_tail: str, *, phone_key: bytes) -> int | None:
    """The invitation that a code and the phone's tail open, or None; the fifth wrong tail closes the code.

    A write, and it does not raise: what was counted must be committed.
    """
    found = select(Invitation).filter_by(code=code).with_for_update()
    invitation = session.scalar(found)
    if invitation is None or invitation.wrong_tails >= TAIL_TRIES:
        return None
    if not secrets.compare_digest(invitation.tail_hash, phone_hash(phone_tail, phone_key)):
        invitation.wrong_tails += 1
        return None
    return invitation.id


def send_about(
    session: Session, invitation: Invitation, template: Template, *, office: SmsOffice, now: datetime, **values: str
) -> None:
    """A second message about an invitation (not understood, read back, already rated); today or not at all."""
    ticket = session.get_one(Ticket, invitation.ticket_id)
    if ticket.phone:
        filled = {"ticket": ticket.number[-4:], **values}
        message = queue_message(session, ticket.phone, template, filled, office=office, now=now, may_wait=False)
        session.add(InvitationMessage(message_id=message.id, invitation_id=invitation.id))


def locked_invitation(session: Session, invitation_id: int) -> Invitation:
    """Raises InvitationNotFound."""
    query = select(Invitation).filter_by(id=invitation_id).with_for_update().execution_options(populate_existing=True)
    invitation = session.scalar(query)
    if invitation is None:
        raise InvitationNotFound(invitation_id=invitation_id)
    return invitation


def _stop_asking(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """However it was answered or ended: no SMS about it leaves from now on, and the phone is free for the next."""
    asked = select(InvitationMessage.message_id).filter_by(invitation_id=invitation.id)
    for message_id in session.scalars(asked).all():
        withdraw_message(session, message_id, now=now)


def _check_open(invitation: Invitation, now: datetime) -> None:
    """What came in before the end counts, however late it is worked on.  Raises InvitationVoided, InvitationExpired."""
    came_before = invitation.closed_at is not None and now < invitation.closed_at
    is_open = invitation.state in _STILL_OPEN or came_before
    if invitation.state is InvitationState.VOIDED and not is_open:
        raise InvitationVoided(invitation_id=invitation.id)
    if not is_open or now >= invitation.expires_at:
        raise InvitationExpired(invitation_id=invitation.id)


def _new_invitation(
    session: Session,
    ticket: Ticket,
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
        subject=Subject.HANDLING,
        ticket_id=ticket.id,
        rework_no=ticket.rework_no,
        unit_id=ticket.unit_id,
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


def _ask(session: Session, invitation: Invitation, ticket: Ticket, *, office: SmsOffice, now: datetime) -> None:
    """By SMS, or by a person where no SMS may go."""
    if ticket.secrecy is Secrecy.SEALED or not ticket.phone:
        invitation.state = InvitationState.TO_CALL
        invitation.reason = Reason.SEALED if ticket.phone else Reason.NO_PHONE
        return
    values = {"ticket": ticket.number[-4:], "code": invitation.code}
    not_after = invitation.expires_at - ANSWER_LEAST
    message = queue_message(session, ticket.phone, RATING, values, office=office, now=now, not_after=not_after)
    session.add(InvitationMessage(message_id=message.id, invitation_id=invitation.id))
    if message.state is MessageState.NOT_SENT and message.reason:
        invitation.state = InvitationState.TO_CALL
        invitation.reason = REASONS[message.reason]


def _new_rating(
    session: Session,
    answer: Answer,
    *,
    invitation: Invitation | None = None,
    call_id: int | None = None,
    person_id: int | None = None,
    corrects_id: int | None = None,
    now: datetime,
) -> Rating:
    rating = Rating(
        subject=invitation.subject if invitation else Subject.AGENT,
        invitation_id=invitation.id if invitation else None,
        ticket_id=invitation.ticket_id if invitation else None,
        unit_id=invitation.unit_id if invitation else None,
        call_id=call_id,
        person_id=person_id,
        channel=answer.channel,
        level=int(answer.level),
        is_solved=answer.is_solved,
        source=answer.source,
        corrects_id=corrects_id,
        is_current=True,
        receipt=draw_code(secrets.choice) + draw_code(secrets.choice)[: RECEIPT_LENGTH - 6],
        recorded_at=now,
    )
    session.add(rating)
    session.flush()
    salt = secrets.token_bytes(16)
    kind = LedgerKind.CORRECTION if corrects_id else LedgerKind.ANSWER
    line = append_entry(session, kind, _rating_line(rating, answer.words, salt), now=now)
    session.add(RatingWords(rating_id=rating.id, entry_id=line.id, words=answer.words, salt=salt))
    return rating


def _announce_rating(session: Session, rating: Rating, invitation: Invitation | None = None) -> None:
    rework_no = invitation.rework_no if invitation else None
    announce(session, RatingRecorded(rating.id, rating.ticket_id, rating.call_id, rating.level, rework_no))
    if rating.ticket_id is not None and not Level(rating.level).is_satisfied:
        announce(session, BadRating(rating.id, rating.ticket_id, rating.level))


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


def _rating_line(rating: Rating, words: str | None, salt: bytes) -> dict[str, Any]:
    return {
        "rating": rating.id,
        "invitation": rating.invitation_id,
        "call": rating.call_id,
        "person": rating.person_id,
        "subject": rating.subject,
        "unit": rating.unit_id,
        "level": rating.level,
        "solved": rating.is_solved,
        "channel": rating.channel,
        "corrects": rating.corrects_id,
        "words": salted_hash(salt, words) if words else None,
        "receipt": receipt_hash(rating.receipt),
    }
