"""How a question ends without an answer, and who takes it over."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from evaluation.errors import InvitationNotFound
from evaluation.events import SecondQuestionOver
from evaluation.ledger import append_entry
from evaluation.model import Invitation, InvitationMessage
from evaluation.queries import ABOUT_HANDLING
from evaluation.rules import (
    CALLED_STATES,
    UNANSWERED,
    Channel,
    InvitationState,
    LedgerKind,
    Reason,
    Subject,
)
from sms.actions.queueing import withdraw_message

#: a refusal may be thought over
STILL_OPEN = UNANSWERED | {InvitationState.REFUSED}
_OVER = frozenset({InvitationState.ANSWERED, InvitationState.EXPIRED, InvitationState.VOIDED})


def refuse_invitation(session: Session, invitation_id: int, *, channel: Channel, now: datetime) -> None:
    """The citizen does not want to rate (TD, or said so): a refusal, never silence.  An answer given stays.

    Announces SecondQuestionOver of one about a repair.
    """
    invitation = locked_invitation(session, invitation_id)
    if invitation.state not in STILL_OPEN or invitation.state is InvitationState.REFUSED:
        return
    invitation.state = InvitationState.REFUSED
    invitation.closed_at = now
    stop_asking(session, invitation, now=now)
    append_entry(session, LedgerKind.REFUSAL, {"invitation": invitation.id, "channel": channel}, now=now)
    _announce_second(session, invitation)


def expire_invitation(session: Session, invitation_id: int, *, now: datetime) -> None:
    """The window is over without an answer: 未评价, which is not 满意.  Announces SecondQuestionOver of a repair."""
    invitation = locked_invitation(session, invitation_id)
    if now < invitation.expires_at or invitation.state in _OVER:
        return
    body = {"invitation": invitation.id, "was": invitation.state, "reason": invitation.reason}
    append_entry(session, LedgerKind.EXPIRY, body, now=now)
    stop_asking(session, invitation, now=now)
    if invitation.state is not InvitationState.REFUSED:
        invitation.state = InvitationState.EXPIRED
        invitation.closed_at = now
        _announce_second(session, invitation)


def _announce_second(session: Session, invitation: Invitation) -> None:
    if invitation.subject is Subject.REPAIR:
        announce(session, SecondQuestionOver(invitation.id, invitation.ticket_id))


def void_invitations(session: Session, ticket_id: int, *, rework_no: int, now: datetime) -> None:
    """The answers before rework `rework_no` are being done again: nobody is asked about them any more.

    Answers and refusals that were given stay.  A voided question is neither an answer nor silence.
    """
    earlier = select(Invitation.id).where(
        Invitation.ticket_id == ticket_id,
        Invitation.rework_no < rework_no,
        Invitation.state.in_(UNANSWERED),
        ABOUT_HANDLING,
    )
    for invitation_id in session.scalars(earlier.order_by(Invitation.rework_no)).all():
        invitation = locked_invitation(session, invitation_id)
        if invitation.state not in UNANSWERED:
            continue
        void_invitation(session, invitation, Reason.REWORKED, now=now)


def void_invitation(session: Session, invitation: Invitation, reason: Reason, *, now: datetime) -> None:
    """Of one that is locked and unanswered: the question has lost its sense."""
    body = {"invitation": invitation.id, "was": invitation.state, "reason": reason}
    append_entry(session, LedgerKind.VOIDING, body, now=now)
    invitation.state, invitation.reason, invitation.closed_at = InvitationState.VOIDED, reason, now
    stop_asking(session, invitation, now=now)


def hand_to_person(session: Session, invitation_id: int, reason: Reason) -> None:
    """SMS did not carry this question: 人工回访, with the reason."""
    invitation = locked_invitation(session, invitation_id)
    if invitation.state is InvitationState.INVITED:
        failed = reason is Reason.DELIVERY_FAILED
        invitation.state = InvitationState.UNDELIVERED if failed else InvitationState.TO_CALL
        invitation.reason = reason


def is_with_person(invitation: Invitation) -> bool:
    """Whether the plan has given the question to a person, or had when calling ended early."""
    return invitation.state in CALLED_STATES or invitation.reason is Reason.CALLS_MADE


def note_delivered(session: Session, invitation_id: int, *, now: datetime) -> None:
    invitation = locked_invitation(session, invitation_id)
    invitation.delivered_at = invitation.delivered_at or now


def locked_invitation(session: Session, invitation_id: int) -> Invitation:
    """Raises InvitationNotFound."""
    query = select(Invitation).filter_by(id=invitation_id).with_for_update().execution_options(populate_existing=True)
    invitation = session.scalar(query)
    if invitation is None:
        raise InvitationNotFound(invitation_id=invitation_id)
    return invitation


def stop_asking(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """However it was answered or ended: no SMS about it leaves from now on, and the phone is free for the next."""
    asked = select(InvitationMessage.message_id).filter_by(invitation_id=invitation.id)
    for message_id in session.scalars(asked).all():
        withdraw_message(session, message_id, now=now)
