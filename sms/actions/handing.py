"""The hand-over itself: claimed before the provider hears of it, taken back when it was not reached."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.events import announce
from core.jobs import enqueue
from sms.actions.choosing import add_hand_over, allowed_providers, chosen_provider, note_hand_over
from sms.actions.settling import mark_unknown
from sms.actions.turns import drop_message, enqueue_send, locked_message, never_sent
from sms.events import SmsChanged
from sms.model import Message
from sms.office import SmsOffice
from sms.providers.provider import Outgoing
from sms.queries import outgoing_of
from sms.rules import (
    HandOverState,
    MessageState,
    NotSent,
    Settled,
    day_began_at,
    may_be_sent_at,
    next_day_at,
)
from sms.settings import ProviderName

EXPIRE = "sms.expire_message"
#: how often a message that waits for another answer of the same phone looks again by itself
RECHECK = timedelta(hours=1)
#: and one whose template no provider may send: so often, and at most so long, then a person takes over
APPROVAL_RECHECK, APPROVAL_WAIT = timedelta(minutes=15), timedelta(hours=24)

#: of those that wait for one phone; it never has so many
_LOOKED_AT = 20


def hand_over(
    session: Session,
    message_id: int,
    *,
    attempt: int | None,
    office: SmsOffice,
    now: datetime,
    tried: Collection[ProviderName] = (),
) -> Outgoing | None:
    """Claim a message for the first provider that is up and not in `tried`, before that hears of it.

    None: it has left, waits, will not be sent, or is the business of a newer job than that of `attempt` (None: a job
    that an older release wrote).  A message found half handed over becomes UNKNOWN and is asked about.
    Raises NoProviderUp.
    """
    message = locked_message(session, message_id)
    if attempt is not None and attempt != message.attempt:
        return None
    if message.state is MessageState.HANDING:
        mark_unknown(session, message_id, office=office, now=now)
    if message.state is not MessageState.WAITING:
        return None
    allowed = allowed_providers(session, message, office=office)
    match _hindrance(session, message, office, now) or _unapproved(message, allowed, now):
        case NotSent() as reason:
            drop_message(session, message, reason, now=now)
            return None
        case datetime() as later:
            enqueue_send(session, message, at=later, now=now)
            return None
    among = [name for name in allowed if name not in tried]
    provider = chosen_provider(session, message, among=among, office=office, now=now)
    return _claimed(session, message, provider, office, now)


def _claimed(session: Session, message: Message, provider: ProviderName, office: SmsOffice, now: datetime) -> Outgoing:
    message.provider = provider
    message.state = MessageState.HANDING
    message.handed_at = now
    message.asked = 0
    if message.expects_reply:
        _open_request(session, message, until=now + timedelta(hours=office.settings.open_hours), now=now)
    n = add_hand_over(session, message, provider, office=office, now=now)
    session.flush()
    return outgoing_of(message, provider, n, now)


def _open_request(session: Session, message: Message, *, until: datetime, now: datetime) -> None:
    message.open_phone, message.open_until = message.phone_hash, until
    key = f"{EXPIRE}:{message.id}:{until.isoformat()}"  # a message taken back opens anew later
    enqueue(session, EXPIRE, due_at=until, idempotency_key=key, now=now, message_id=message.id)


def take_back(
    session: Session, message_id: int, state: HandOverState, *, error_code: str | None = None, now: datetime
) -> None:
    """The provider was not reached, or turned it away: the message certainly did not leave and waits again."""
    message = locked_message(session, message_id)
    if message.state is MessageState.HANDING:
        note_hand_over(session, message_id, state, error_code=error_code, now=now)
        _wait_again(message)


def note_not_taken(session: Session, message_id: int, *, now: datetime, settled: Settled = Settled.ASKED) -> None:
    """The provider has proved that a message of unknown outcome did not leave: it is sent as if for the first time."""
    message = locked_message(session, message_id)
    if message.state is MessageState.UNKNOWN:
        note_hand_over(session, message_id, HandOverState.NOT_TAKEN, settled=settled, now=now)
        _wait_again(message)
        enqueue_send(session, message, at=now, now=now)
        announce(session, SmsChanged(message.id))


def _wait_again(message: Message) -> None:
    message.state = MessageState.WAITING
    message.handed_at = message.open_phone = message.open_until = message.provider = None


def _hindrance(session: Session, message: Message, office: SmsOffice, now: datetime) -> NotSent | datetime | None:
    """Why a message may not go now: never, with the reason; or not before a moment.  None: it may."""
    rules = office.settings
    if reason := never_sent(session, message):
        return reason
    if message.not_after is not None and now >= message.not_after:
        return NotSent.TOO_LATE
    if message.is_for_staff or message.is_asked_for:
        return None
    allowed = may_be_sent_at(max(now, message.not_before), rules.quiet_from, rules.quiet_until)
    if allowed > now:
        return allowed if message.may_wait or allowed == message.not_before else NotSent.QUIET_HOURS
    if message.expects_reply and _is_taken(session, message, office, now):
        return now + RECHECK
    if _sent_today(session, message, now) < rules.per_day:
        return None
    return next_day_at(now, rules.quiet_until) if message.may_wait else NotSent.DAILY_LIMIT


def _unapproved(message: Message, allowed: Collection[ProviderName], now: datetime) -> NotSent | datetime | None:
    """What a message does that no provider of the site may send: it waits a day, if it may, for an approval."""
    if allowed:
        return None
    ends_at = message.not_before + APPROVAL_WAIT
    is_patient = message.may_wait and not message.is_for_staff and not message.is_asked_for
    return min(now + APPROVAL_RECHECK, ends_at) if is_patient and now < ends_at else NotSent.NOT_APPROVED


def _is_taken(session: Session, message: Message, office: SmsOffice, now: datetime) -> bool:
    """Whether another request is open with this phone, or an older one that may be sent stands in the queue before."""
    taken = select(Message.id).where(Message.open_phone == message.phone_hash, Message.id != message.id)
    older = select(Message).where(
        Message.phone_hash == message.phone_hash,
        Message.state == MessageState.WAITING,
        Message.expects_reply,
        Message.not_before <= now,
        Message.id < message.id,
    )
    if session.scalar(taken.limit(1)) is not None:
        return True
    before = session.scalars(older.order_by(Message.id).limit(_LOOKED_AT)).all()
    return any(allowed_providers(session, one, office=office) for one in before)


def _sent_today(session: Session, message: Message, now: datetime) -> int:
    sent = select(func.count()).where(
        Message.phone_hash == message.phone_hash,
        Message.handed_at >= day_began_at(now),
        Message.is_for_staff.is_(False),
        Message.is_asked_for.is_(False),
    )
    return session.scalar(sent) or 0
