"""Everything that changes a message before and after a provider has it: plain functions over a Session."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.events import announce
from core.jobs import enqueue
from core.masking import is_landline, is_mobile, plain_number
from core.secrets import phone_hash
from sms.errors import MessageNotFound
from sms.events import SmsChanged, SmsDelivered, SmsFailed, SmsUnsure
from sms.model import DeliveryReport, Message
from sms.office import SmsOffice
from sms.providers.provider import Accepted, Outgoing, Rejected
from sms.queries import wants_none
from sms.rules import (
    OPEN,
    Delivery,
    MessageState,
    NotSent,
    day_began_at,
    is_progress,
    may_be_sent_at,
    next_day_at,
)
from sms.templates import Template, parts, render

SEND, ASK, CHECK, EXPIRE = "sms.send_message", "sms.ask_about", "sms.check_delivery", "sms.expire_message"
#: how often a message that waits for another answer of the same phone looks again by itself
RECHECK = timedelta(hours=1)
_STATE_OF = {
    Delivery.SENT: MessageState.SUBMITTED,
    Delivery.DELIVERED: MessageState.DELIVERED,
    Delivery.FAILED: MessageState.FAILED,
}


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
        **_of_template(template, text),
        may_wait=may_wait,
        state=MessageState.WAITING,
        created_at=now,
        not_before=not_before or now,
        not_after=not_after,
    )
    session.add(message)
    session.flush()
    if reason := _never_sent(session, message):
        _drop(session, message, reason, now=now)
    else:
        _enqueue_send(session, message, at=message.not_before, now=now)
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


def hand_over(
    session: Session, message_id: int, *, attempt: int | None, office: SmsOffice, now: datetime
) -> Outgoing | None:
    """Claim a message for sending; committed before the provider hears of it, so that it can never leave twice.

    None: it has left, waits, will not be sent, or is the business of a newer job than that of `attempt` (None: a job
    that an older release wrote).  A message found half handed over becomes UNKNOWN and is asked about.
    """
    message = locked_message(session, message_id)
    if attempt is not None and attempt != message.attempt:
        return None
    if message.state is MessageState.HANDING:
        mark_unknown(session, message_id, office=office, now=now)
    if message.state is not MessageState.WAITING:
        return None
    match _hindrance(session, message, office, now):
        case NotSent() as reason:
            _drop(session, message, reason, now=now)
            return None
        case datetime() as later:
            _enqueue_send(session, message, at=later, now=now)
            return None

    message.state = MessageState.HANDING
    message.handed_at = now
    message.provider = office.settings.provider
    if message.expects_reply:
        message.open_phone = message.phone_hash
        message.open_until = now + timedelta(hours=office.settings.open_hours)
        key = f"{EXPIRE}:{message.id}:{message.open_until.isoformat()}"  # a message taken back opens anew later
        enqueue(session, EXPIRE, due_at=message.open_until, idempotency_key=key, now=now, message_id=message.id)
    session.flush()
    return Outgoing(message.id, message.phone, message.text, now)


def take_back(session: Session, message_id: int) -> None:
    """The provider was not reached: the message certainly did not leave and waits again."""
    message = locked_message(session, message_id)
    if message.state is MessageState.HANDING:
        message.state = MessageState.WAITING
        message.handed_at = message.open_phone = message.open_until = message.provider = None


def record_outcome(
    session: Session, message_id: int, outcome: Accepted | Rejected, *, check_after: timedelta, now: datetime
) -> None:
    """What the provider answered.  Announces SmsChanged or SmsFailed; reports that came before it count now."""
    message = locked_message(session, message_id)
    if isinstance(outcome, Rejected):
        _fail(session, message, outcome.error_code, now)
        return
    message.provider_id = outcome.provider_id
    if is_progress(message.state, MessageState.SUBMITTED):
        message.state = MessageState.SUBMITTED
    message.submitted_at = message.submitted_at or now
    for report in session.scalars(_early_reports(message)):
        report.message_id = message.id
        apply_report(session, message, report.delivery, report.error_code, now=now)
    if message.state is MessageState.SUBMITTED:
        key = f"{CHECK}:{message.id}:0"
        enqueue(session, CHECK, due_at=now + check_after, idempotency_key=key, now=now, message_id=message.id, tries=0)
    announce(session, SmsChanged(message.id))


def mark_unknown(session: Session, message_id: int, *, office: SmsOffice, now: datetime) -> None:
    """Nobody knows whether it left: it is asked about, a report may settle it, and it is never sent again."""
    message = locked_message(session, message_id)
    if message.state is not MessageState.HANDING:
        return
    message.state = MessageState.UNKNOWN
    due = now + timedelta(seconds=office.settings.ask_after_s)
    enqueue(session, ASK, due_at=due, idempotency_key=f"{ASK}:{message.id}:0", now=now, message_id=message.id)
    announce(session, SmsChanged(message.id))


def note_not_found(session: Session, message_id: int, *, office: SmsOffice, now: datetime) -> None:
    """The provider does not have it (yet); asked again some times, then a person sees it as 结果未知.

    Announces SmsUnsure when it is asked no more.
    """
    message = locked_message(session, message_id)
    message.asked += 1
    if message.state is not MessageState.UNKNOWN:
        return
    if message.asked >= office.settings.ask_times:
        announce(session, SmsUnsure(message.id))
    else:
        due = now + timedelta(seconds=office.settings.ask_after_s * 2**message.asked)
        key = f"{ASK}:{message.id}:{message.asked}"
        enqueue(session, ASK, due_at=due, idempotency_key=key, now=now, message_id=message.id)


def note_silence(session: Session, message_id: int, *, tries: int, again_after: timedelta, now: datetime) -> None:
    """Nothing final was heard yet: ask again later, with growing pauses, as long as the request is open."""
    message = locked_message(session, message_id)
    due = now + again_after
    if message.state is MessageState.SUBMITTED and due < (message.open_until or now + timedelta(days=2)):
        key = f"{CHECK}:{message.id}:{tries + 1}"
        enqueue(session, CHECK, due_at=due, idempotency_key=key, now=now, message_id=message.id, tries=tries + 1)


def expire_message(session: Session, message_id: int, *, now: datetime) -> None:
    """Nobody answered within the window: the phone is free for the next request."""
    message = locked_message(session, message_id)
    if message.open_phone is None or (message.open_until and now < message.open_until):
        return
    if message.state in OPEN and message.state is not MessageState.UNKNOWN:
        message.state = MessageState.EXPIRED
    close_request(session, message, now=now)
    announce(session, SmsChanged(message.id))


def withdraw_message(session: Session, message_id: int, *, now: datetime) -> None:
    """Its question is over: if it waits it is not sent any more, if it has left the phone is free for the next.

    A late reply still belongs to it.  Announces SmsFailed or SmsChanged.
    """
    message = locked_message(session, message_id)
    if message.state is MessageState.WAITING:
        _drop(session, message, NotSent.WITHDRAWN, now=now)
        return
    if message.state is MessageState.HANDING:
        message.not_after = now  # should the provider not be reached, it comes back
    if message.open_phone is not None:
        close_request(session, message, now=now)
        announce(session, SmsChanged(message.id))


def close_request(session: Session, message: Message, *, now: datetime) -> None:
    """The phone is free again: the oldest message that waits for it gets its turn."""
    message.open_phone = None
    _wake_next(session, message.phone_hash, now=now)


def locked_message(session: Session, message_id: int) -> Message:
    """The message, locked until the transaction ends.  Raises MessageNotFound."""
    query = select(Message).where(Message.id == message_id).with_for_update().execution_options(populate_existing=True)
    message = session.scalar(query)
    if message is None:
        raise MessageNotFound(message_id=message_id)
    return message


def apply_report(
    session: Session, message: Message, delivery: Delivery, error_code: str | None, *, now: datetime
) -> None:
    """Take a (locked) message as far as a report says, never back.  Announces SmsDelivered, SmsFailed, SmsChanged."""
    if delivery is Delivery.FAILED:
        _fail(session, message, error_code or "unknown", now)
        return
    state = _STATE_OF[delivery]
    message.submitted_at = message.submitted_at or now
    if delivery is Delivery.DELIVERED and message.delivered_at is None:
        message.delivered_at = now
        announce(session, SmsDelivered(message.id))
    if is_progress(message.state, state):
        message.state = state
        announce(session, SmsChanged(message.id))


def _wake_next(session: Session, phone_hash: str, *, now: datetime) -> None:
    session.flush()
    waiting = (
        select(Message)
        .where(Message.phone_hash == phone_hash, Message.state == MessageState.WAITING)
        .order_by(Message.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if following := session.scalar(waiting):
        _enqueue_send(session, following, at=max(now, following.not_before), now=now)


def _never_sent(session: Session, message: Message) -> NotSent | None:
    if is_landline(message.phone):
        return NotSent.LANDLINE
    if not is_mobile(message.phone):
        return NotSent.NO_MOBILE
    if wants_none(session, message.phone_hash):
        return NotSent.OPTED_OUT
    return None


def _hindrance(session: Session, message: Message, office: SmsOffice, now: datetime) -> NotSent | datetime | None:
    """Why a message may not go now: never, with the reason; or not before a moment.  None: it may."""
    rules = office.settings
    if reason := _never_sent(session, message):
        return reason
    if message.not_after is not None and now >= message.not_after:
        return NotSent.TOO_LATE
    if message.is_for_staff or message.is_asked_for:
        return None
    allowed = may_be_sent_at(max(now, message.not_before), rules.quiet_from, rules.quiet_until)
    if allowed > now:
        return allowed if message.may_wait or allowed == message.not_before else NotSent.QUIET_HOURS
    if message.expects_reply and _is_taken(session, message, now):
        return now + RECHECK
    if _sent_today(session, message, now) < rules.per_day:
        return None
    return next_day_at(now, rules.quiet_until) if message.may_wait else NotSent.DAILY_LIMIT


def _is_taken(session: Session, message: Message, now: datetime) -> bool:
    """Whether another request is open with this phone, or an older one stands in the queue before this."""
    taken = select(Message.id).where(Message.open_phone == message.phone_hash, Message.id != message.id)
    older = select(Message.id).where(
        Message.phone_hash == message.phone_hash,
        Message.state == MessageState.WAITING,
        Message.expects_reply,
        Message.not_before <= now,
        Message.id < message.id,
    )
    return session.scalar(taken.limit(1)) is not None or session.scalar(older.limit(1)) is not None


def _sent_today(session: Session, message: Message, now: datetime) -> int:
    sent = select(func.count()).where(
        Message.phone_hash == message.phone_hash,
        Message.handed_at >= day_began_at(now),
        Message.is_for_staff.is_(False),
        Message.is_asked_for.is_(False),
    )
    return session.scalar(sent) or 0


def _drop(session: Session, message: Message, reason: NotSent, *, now: datetime) -> None:
    message.state = MessageState.NOT_SENT
    message.reason = reason
    _wake_next(session, message.phone_hash, now=now)
    announce(session, SmsFailed(message.id, reason))


def _fail(session: Session, message: Message, error_code: str, now: datetime) -> None:
    if not is_progress(message.state, MessageState.FAILED):
        return
    message.state = MessageState.FAILED
    message.error_code = error_code
    message.failed_at = now
    close_request(session, message, now=now)
    announce(session, SmsFailed(message.id, error_code))


def _early_reports(message: Message) -> Select[DeliveryReport]:
    return (
        select(DeliveryReport)
        .filter_by(provider=message.provider, provider_id=message.provider_id, message_id=None)
        .order_by(DeliveryReport.id)
    )


def _enqueue_send(session: Session, message: Message, *, at: datetime, now: datetime) -> None:
    """One job per try of a (locked) waiting message; only the newest one sends, and `attempt` says which that is.

    No order key: an older job that waits until tomorrow would hold up a newer one that is due now.
    """
    message.attempt += 1
    key = f"{SEND}:{message.id}:{message.attempt}"
    enqueue(session, SEND, due_at=at, idempotency_key=key, now=now, message_id=message.id, attempt=message.attempt)
