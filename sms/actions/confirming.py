"""What a person found out about a message of unknown outcome, once the provider cannot say."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.events import announce
from sms.actions.choosing import note_hand_over
from sms.actions.settling import fail_message
from sms.actions.turns import locked_message
from sms.errors import OutcomeKnown
from sms.events import SmsChanged
from sms.model import Message
from sms.rules import HandOverState, MessageState, Settled
from staff.rules import Actor

#: the reason with which a message fails that a person found not to have left
NOT_SENT_AFTER_ALL = "not_sent"


def confirm_sent(session: Session, message_id: int, *, by: Actor, reason: str, now: datetime) -> Message:
    """It has left: an answer may come.  Raises MessageNotFound, OutcomeKnown.  Announces SmsChanged."""
    message = _unknown_message(session, message_id)
    _settle(session, message, HandOverState.ACCEPTED, by=by, reason=reason, now=now)
    message.state = MessageState.SUBMITTED
    message.submitted_at = now
    announce(session, SmsChanged(message.id))
    return message


def confirm_not_sent(session: Session, message_id: int, *, by: Actor, reason: str, now: datetime) -> Message:
    """It has not left, and no SMS is sent in its place, as people err: whoever wanted it said takes another channel.

    Raises MessageNotFound, OutcomeKnown.  Announces SmsFailed.
    """
    message = _unknown_message(session, message_id)
    _settle(session, message, HandOverState.NOT_TAKEN, by=by, reason=reason, now=now)
    fail_message(session, message, NOT_SENT_AFTER_ALL, now)
    return message


def _unknown_message(session: Session, message_id: int) -> Message:
    message = locked_message(session, message_id)
    if message.state is not MessageState.UNKNOWN:
        raise OutcomeKnown(message_id=message_id)
    return message


def _settle(session: Session, message: Message, state: HandOverState, *, by: Actor, reason: str, now: datetime) -> None:
    handed = note_hand_over(session, message.id, state, settled=Settled.PERSON, now=now)
    if handed is not None:
        handed.settled_by = by.label
        handed.settled_reason = reason
