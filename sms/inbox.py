"""Everything that comes in from outside: delivery reports and citizens' replies, each counted once."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.events import announce
from core.masking import mask_phone
from core.model import Model
from core.secrets import phone_hash
from core.typed import kept_text
from sms.actions.choosing import newest_hand_over
from sms.actions.handing import note_not_taken
from sms.actions.parts import note_part, whole_delivery
from sms.actions.settling import apply_report, record_outcome
from sms.actions.turns import close_request, locked_message
from sms.events import SmsChanged, SmsReplied
from sms.matching import REMEMBERED, named_request, reported_message, wait_for_answers
from sms.model import DeliveryReport, Message, OptOut, Reply
from sms.providers.provider import Inbound, LateAnswer, Report, TurnedAway
from sms.queries import wants_none
from sms.reasons import parse_why
from sms.replies import Outcome, parse_reply
from sms.rules import OPEN, UNDECIDED, MessageState, Settled, is_progress
from sms.templates import RATING_WHY


def record_report(session: Session, report: Report, *, now: datetime) -> bool:
    """Keep what a provider pushed; False if it was known.  Announces SmsDelivered, SmsFailed or SmsChanged."""
    found = reported_message(session, report, now=now)
    if found is None:
        wait_for_answers(session, report)
        found = reported_message(session, report, now=now)
    message = locked_message(session, found) if found is not None else None
    kept = DeliveryReport(
        provider=report.provider,
        provider_id=report.provider_id,
        delivery=report.delivery,
        error_code=report.error_code,
        message_id=message.id if message else None,
        received_at=now,
    )
    if not _added_once(session, kept):
        return False
    if message:
        _apply(session, message, report, now=now)
    return True


def _apply(session: Session, message: Message, report: Report, *, now: datetime) -> None:
    """A long message whose answer was lost learns the numbers of its parts from their reports."""
    if report.suffix and message.parts > 1:
        note_part(session, message, report.provider_id)
    message.provider_id = message.provider_id or report.provider_id
    delivery = whole_delivery(session, message, report.delivery)
    apply_report(session, message, delivery, report.error_code, now=now)


def record_late_answer(session: Session, late: LateAnswer, *, check_after: timedelta, now: datetime) -> None:
    """What a gateway answered after its sender had given up; only while nothing else has settled that hand-over.

    Announces what the same answer in time would have.
    """
    message = locked_message(session, late.message_id)
    handed = newest_hand_over(session, late.message_id)
    if handed is None or (handed.n, handed.provider) != (late.n, late.provider) or handed.state not in UNDECIDED:
        return
    if not isinstance(late.outcome, TurnedAway):
        record_outcome(session, message.id, late.outcome, check_after=check_after, settled=Settled.REPORTED, now=now)
    elif message.state is MessageState.UNKNOWN:
        note_not_taken(session, message.id, settled=Settled.REPORTED, now=now)


def record_reply(session: Session, inbound: Inbound, *, phone_key: bytes, now: datetime) -> Reply | None:
    """Keep what a citizen wrote and match it to the request of that phone; None if it was pushed before.

    A clear answer closes the request; an unclear one leaves it open.  TD is honoured whoever sends it.
    Announces SmsReplied when it belongs to a message.
    """
    hashed = phone_hash(inbound.phone, phone_key)
    text = kept_text(inbound.text)
    meaning = parse_reply(text)
    names_reasons = meaning.outcome is Outcome.UNCLEAR and bool(parse_why(text).letters)
    message = _asked_why(session, hashed, now) if names_reasons else None
    message = message or _asked_message(session, hashed, inbound.suffix, now)
    reply = Reply(
        message_id=message.id if message else None,
        phone_hash=hashed,
        masked_phone=mask_phone(inbound.phone),
        provider=inbound.provider,
        provider_id=inbound.provider_id,
        text=text,
        outcome=meaning.outcome,
        level=meaning.level,
        comment=meaning.comment,
        received_at=now,
    )
    if not _added_once(session, reply):
        return None
    if meaning.outcome is Outcome.REFUSED:
        _opt_out(session, reply, now)
    if message:
        _answer(session, message, meaning.outcome, now)
        announce(session, SmsReplied(message.id, reply.id))
    return reply


def _answer(session: Session, message: Message, outcome: Outcome, now: datetime) -> None:
    if outcome is Outcome.UNCLEAR:
        announce(session, SmsChanged(message.id))
        return
    if is_progress(message.state, MessageState.REPLIED):
        message.state = MessageState.REPLIED
        message.replied_at = now
    if message.open_phone:
        close_request(session, message, now=now)


def _opt_out(session: Session, reply: Reply, now: datetime) -> None:
    if not wants_none(session, reply.phone_hash):
        _added_once(session, OptOut(phone_hash=reply.phone_hash, reply_id=reply.id, opted_out_at=now))


def _asked_message(session: Session, hashed: str, suffix: str, now: datetime) -> Message | None:
    """The request that the suffix names, else the open one of this phone, else its last one that is over."""
    is_open = select(Message.id).where(Message.open_phone == hashed)
    closed = (
        select(Message.id)
        .where(
            Message.phone_hash == hashed,
            Message.expects_reply,
            Message.state.in_([*OPEN, MessageState.REPLIED, MessageState.EXPIRED]),
            Message.handed_at >= now - REMEMBERED,
        )
        .order_by(Message.handed_at.desc(), Message.id.desc())
        .limit(1)
    )
    named = named_request(session, hashed, suffix, now=now)
    found = named or session.scalar(is_open) or session.scalar(closed)
    return locked_message(session, found) if found is not None else None


def _asked_why(session: Session, hashed: str, now: datetime) -> Message | None:
    """The last question for reasons: its letters answer nothing else, whatever else is open with this phone."""
    asked = select(Message.id).where(
        Message.phone_hash == hashed,
        Message.template == RATING_WHY.name,
        Message.handed_at >= now - REMEMBERED,
        Message.state.in_([*OPEN, MessageState.REPLIED]),
    )
    found = session.scalar(asked.order_by(Message.handed_at.desc(), Message.id.desc()).limit(1))
    return locked_message(session, found) if found is not None else None


def _added_once(session: Session, row: Model) -> bool:
    """Whether `row` was new; a unique constraint decides, so that two pushes at once count once."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True
