"""Which message a report or a reply belongs to; ids only, whoever changes the message locks it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from sms.model import Message, MessagePart
from sms.providers.provider import Report
from sms.rules import MessageState

#: a carrier tries a phone for two days at most
REPORTED_WITHIN = timedelta(days=3)
#: a reply to an answered request still belongs to it, so that it can be corrected or refused by name
REMEMBERED = timedelta(days=30)


def reported_message(session: Session, report: Report, *, now: datetime) -> int | None:
    """By the provider's id of it or of one of its parts, else by ours, else by phone and suffix."""
    theirs = {"provider": report.provider, "provider_id": report.provider_id}
    whole = select(Message.id).filter_by(**theirs).limit(1)
    part = select(MessagePart.message_id).filter_by(**theirs)
    if (found := session.scalar(whole) or session.scalar(part)) is not None:
        return found
    if report.message_id is not None:
        ours = select(Message.id).filter_by(id=report.message_id, provider=report.provider, provider_id=None)
        return session.scalar(ours)
    return _by_suffix(session, report, now)


def wait_for_answers(session: Session, report: Report) -> None:
    """Let whoever records the answer to a message of this phone commit first: then its numbers can be seen.

    Two transactions that do not see each other's rows would leave the report without its message.
    """
    if report.phone:
        under_way = select(Message.id).where(
            Message.provider == report.provider,
            Message.phone == report.phone,
            Message.state.in_([MessageState.HANDING, MessageState.UNKNOWN]),
        )
        session.scalars(under_way.with_for_update()).all()


def _by_suffix(session: Session, report: Report, now: datetime) -> int | None:
    """The answer to the hand-over was lost, but the report names the number of ours that the message came from."""
    if not (report.suffix and report.phone):
        return None
    query = select(Message.id).where(
        Message.provider == report.provider,
        Message.phone == report.phone,
        has_suffix(report.suffix),
        or_(Message.provider_id.is_(None), Message.parts > 1),
        Message.handed_at >= now - REPORTED_WITHIN,
    )
    return session.scalar(query.order_by(Message.handed_at.desc()).limit(1))


def named_request(session: Session, phone_hash: str, suffix: str, *, now: datetime) -> int | None:
    """The request of this phone that left from the number with this suffix; None where none did."""
    if not suffix:
        return None
    query = select(Message.id).where(
        Message.phone_hash == phone_hash,
        Message.expects_reply,
        has_suffix(suffix),
        Message.handed_at >= now - REMEMBERED,
    )
    return session.scalar(query.order_by(Message.handed_at.desc()).limit(1))


def has_suffix(suffix: str) -> ColumnElement[bool]:
    """See `suffix_of`."""
    is_it: ColumnElement[bool] = Message.id % 10 ** len(suffix) == int(suffix)
    return is_it
