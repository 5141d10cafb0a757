"""A message's turn: which job may send it, when its phone is free for the next, and what is never sent at all."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from core.jobs import enqueue
from core.masking import is_landline, is_mobile
from sms.errors import MessageNotFound
from sms.events import SmsFailed
from sms.model import Message
from sms.queries import wants_none
from sms.rules import MessageState, NotSent

SEND = "sms.send_message"


def locked_message(session: Session, message_id: int) -> Message:
    """The message, locked until the transaction ends.  Raises MessageNotFound."""
    query = select(Message).where(Message.id == message_id).with_for_update().execution_options(populate_existing=True)
    message = session.scalar(query)
    if message is None:
        raise MessageNotFound(message_id=message_id)
    return message


def enqueue_send(session: Session, message: Message, *, at: datetime, now: datetime) -> None:
    """One job per try of a (locked) waiting message; only the newest one sends, and `attempt` says which that is.

    No order key: an older job that waits until tomorrow would hold up a newer one that is due now.
    """
    message.attempt += 1
    key = f"{SEND}:{message.id}:{message.attempt}"
    enqueue(session, SEND, due_at=at, idempotency_key=key, now=now, message_id=message.id, attempt=message.attempt)


def close_request(session: Session, message: Message, *, now: datetime) -> None:
    """The phone is free again: the oldest message that waits for it gets its turn."""
    message.open_phone = None
    wake_next(session, message.phone_hash, now=now)


def wake_next(session: Session, phone_hash: str, *, now: datetime) -> None:
    """The oldest of each wording that waits for this phone: one of them may wait for its provider's approval."""
    session.flush()
    waiting = (
        select(Message)
        .where(Message.phone_hash == phone_hash, Message.state == MessageState.WAITING)
        .order_by(Message.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    following: dict[str, Message] = {}
    for message in session.scalars(waiting):
        following.setdefault(message.template, message)
    for message in following.values():
        enqueue_send(session, message, at=max(now, message.not_before), now=now)


def never_sent(session: Session, message: Message) -> NotSent | None:
    if is_landline(message.phone):
        return NotSent.LANDLINE
    if not is_mobile(message.phone):
        return NotSent.NO_MOBILE
    if wants_none(session, message.phone_hash):
        return NotSent.OPTED_OUT
    return None


def drop_message(session: Session, message: Message, reason: NotSent, *, now: datetime) -> None:
    message.state = MessageState.NOT_SENT
    message.reason = reason
    wake_next(session, message.phone_hash, now=now)
    announce(session, SmsFailed(message.id, message.template, reason))
