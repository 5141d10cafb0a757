"""What becomes of a message that a provider has, or may have: answers, reports, silence, the end of its window."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.events import announce
from core.jobs import enqueue
from sms.actions.choosing import newest_hand_over, note_hand_over
from sms.actions.parts import note_parts, whole_delivery
from sms.actions.turns import close_request, locked_message
from sms.events import SmsChanged, SmsDelivered, SmsFailed, SmsUnsure
from sms.model import DeliveryReport, Message
from sms.office import SmsOffice
from sms.providers.provider import Accepted, Rejected
from sms.rules import OPEN, Delivery, HandOverState, MessageState, Settled, is_progress

ASK, CHECK = "sms.ask_about", "sms.check_delivery"
_STATE_OF = {
    Delivery.SENT: MessageState.SUBMITTED,
    Delivery.DELIVERED: MessageState.DELIVERED,
    Delivery.FAILED: MessageState.FAILED,
}


def record_outcome(
    session: Session,
    message_id: int,
    outcome: Accepted | Rejected,
    *,
    check_after: timedelta,
    now: datetime,
    settled: Settled = Settled.ASKED,
) -> None:
    """What the provider answered; `settled` says how it became known, if it was unknown.

    Reports that came before it count now.  Announces SmsChanged or SmsFailed.
    """
    message = locked_message(session, message_id)
    if isinstance(outcome, Rejected):
        note_hand_over(
            session, message_id, HandOverState.REJECTED, error_code=outcome.error_code, settled=settled, now=now
        )
        fail_message(session, message, outcome.error_code, now)
        return
    note_hand_over(session, message_id, HandOverState.ACCEPTED, settled=settled, now=now)
    message.provider_id = outcome.provider_id or message.provider_id
    if is_progress(message.state, MessageState.SUBMITTED):
        message.state = MessageState.SUBMITTED
    message.submitted_at = message.submitted_at or now
    note_parts(session, message, outcome)
    ids = [one for one in (outcome.provider_id, *outcome.parts) if one is not None]
    for report in session.scalars(_early_reports(message, ids)).all():
        report.message_id = message.id
        delivery = whole_delivery(session, message, report.delivery)
        apply_report(session, message, delivery, report.error_code, now=now)
    if message.state is MessageState.SUBMITTED:
        key = f"{CHECK}:{message.id}:0"
        enqueue(session, CHECK, due_at=now + check_after, idempotency_key=key, now=now, message_id=message.id, tries=0)
    announce(session, SmsChanged(message.id))


def mark_unknown(session: Session, message_id: int, *, office: SmsOffice, now: datetime) -> None:
    """Nobody knows whether it left: it is asked about, a report may settle it, and no provider gets it meanwhile."""
    message = locked_message(session, message_id)
    if message.state is not MessageState.HANDING:
        return
    message.state = MessageState.UNKNOWN
    note_hand_over(session, message_id, HandOverState.UNKNOWN, now=now)
    _ask_later(session, message, due=now + timedelta(seconds=office.settings.ask_after_s), now=now)
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
        announce(session, SmsUnsure(message.id, message.template))
    else:
        due = now + timedelta(seconds=office.settings.ask_after_s * 2**message.asked)
        _ask_later(session, message, due=due, now=now)


def _ask_later(session: Session, message: Message, *, due: datetime, now: datetime) -> None:
    """One job per question about one hand-over."""
    handed = newest_hand_over(session, message.id)
    key = f"{ASK}:{message.id}:{handed.n if handed else 0}:{message.asked}"
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


def apply_report(
    session: Session, message: Message, delivery: Delivery, error_code: str | None, *, now: datetime
) -> None:
    """Take a (locked) message as far as a report says, never back.  Announces SmsDelivered, SmsFailed, SmsChanged."""
    note_hand_over(session, message.id, HandOverState.ACCEPTED, now=now)
    if delivery is Delivery.FAILED:
        fail_message(session, message, error_code or "unknown", now)
        return
    state = _STATE_OF[delivery]
    message.submitted_at = message.submitted_at or now
    if delivery is Delivery.DELIVERED and message.delivered_at is None:
        message.delivered_at = now
        announce(session, SmsDelivered(message.id, message.template))
    if is_progress(message.state, state):
        message.state = state
        announce(session, SmsChanged(message.id))


def fail_message(session: Session, message: Message, error_code: str, now: datetime) -> None:
    if not is_progress(message.state, MessageState.FAILED):
        return
    message.state = MessageState.FAILED
    message.error_code = error_code
    message.failed_at = now
    close_request(session, message, now=now)
    announce(session, SmsFailed(message.id, message.template, error_code))


def _early_reports(message: Message, provider_ids: list[str]) -> Select[DeliveryReport]:
    return (
        select(DeliveryReport)
        .filter_by(provider=message.provider, message_id=None)
        .where(DeliveryReport.provider_id.in_(provider_ids))
        .order_by(DeliveryReport.id)
    )
