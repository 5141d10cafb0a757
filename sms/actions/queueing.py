"""Messages before a provider has them: queued, and taken back when their question is over."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.events import announce
from core.masking import plain_number
from core.secrets import phone_hash
from sms.actions.turns import close_request, drop_message, enqueue_send, locked_message, never_sent
from sms.events import SmsChanged
from sms.model import Message
from sms.office import SmsOffice
from sms.rules import MessageState, NotSent
from sms.templates import Template, parts, render


def queue_message(
    session: Session,
    phone: str,
    template: Template,
    values: dict[str, str],
    *,
    office: SmsOffice,
    now: datetime,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    may_wait: bool = True,
) -> Message:
    """A message that will be sent once, as soon as it may be; from `not_after` on not at all.

    `may_wait` False: rather not at all than on another day.  One that can never be sent is kept with its reason.
    Raises TemplateBreaksRule.  Announces SmsChanged, or SmsFailed for one that will not be sent.
    """
    text = render(template, office.sender_of(template), values)
    message = Message(
        phone=plain_number(phone),
        phone_hash=phone_hash(phone, office.phone_key),
        variables=values,
        **_of_template(template, text),
        may_wait=may_wait,
        state=MessageState.WAITING,
        created_at=now,
        not_before=not_before or now,
        not_after=not_after,
    )
    session.add(message)
    session.flush()
    if reason := never_sent(session, message):
        drop_message(session, message, reason, now=now)
    else:
        enqueue_send(session, message, at=message.not_before, now=now)
        announce(session, SmsChanged(message.id))
    return message


def _of_template(template: Template, text: str) -> dict[str, Any]:
    """What a message takes from its template."""
    return {
        "template": template.name,
        "text": text,
        "parts": parts(text),
        "expects_reply": template.expects_reply,
        "is_for_staff": template.is_for_staff,
        "is_asked_for": template.is_asked_for,
    }


def withdraw_message(session: Session, message_id: int, *, now: datetime) -> None:
    """Its question is over: if it waits it is not sent any more, if it has left the phone is free for the next.

    A late reply still belongs to it.  Announces SmsFailed or SmsChanged.
    """
    message = locked_message(session, message_id)
    if message.state is MessageState.WAITING:
        drop_message(session, message, NotSent.WITHDRAWN, now=now)
        return
    if message.state in {MessageState.HANDING, MessageState.UNKNOWN}:
        message.not_after = now  # should the provider not have it, it comes back
    if message.open_phone is not None:
        close_request(session, message, now=now)
        announce(session, SmsChanged(message.id))
