"""Closed matters whose citizens were asked, for tests of the audit."""

import itertools
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from evaluation.model import Invitation, InvitationMessage, Rating, UnaskedAnswer
from evaluation.rules import Channel, InvitationState, Reason, Subject
from indicators.periods import Period
from sms.model import Message
from sms.rules import MessageState
from tests.evaluation.city import make_ticket
from tickets.kinds import CloseReason
from tickets.model import Ticket
from tickets.rules import State

DAY = date(2026, 10, 13)
MONTH = Period(date(2026, 9, 26), date(2026, 10, 25))
_numbers = itertools.count(1)


def make_closed(session: Session, *, now: datetime, rework_no: int = 0, **matters: object) -> Ticket:
    """Answered two hours ago and closed."""
    ticket = make_ticket(session, now=now - timedelta(days=3), **matters)  # type: ignore[arg-type]
    ticket.state, ticket.rework_no = State.CLOSED, rework_no
    ticket.answered_at, ticket.closed_at = now - timedelta(hours=2), now
    ticket.close_reason = CloseReason.WINDOW_END
    session.flush()
    return ticket


def make_at_once(session: Session, *, now: datetime, answered_at: datetime | None = None) -> Ticket:
    """Answered by the hotline itself, two hours ago unless said otherwise."""
    ticket = make_closed(session, now=now)
    ticket.state, ticket.close_reason, ticket.unit_id = State.ANSWERED, None, None
    ticket.answered_at = answered_at or now - timedelta(hours=2)
    session.flush()
    return ticket


def make_unasked(session: Session, ticket: Ticket) -> None:
    """The city did not ask about direct answers when this was given."""
    session.add(UnaskedAnswer(ticket_id=ticket.id, answered_at=ticket.answered_at, noted_at=ticket.answered_at))
    session.flush()


def make_invitation(
    session: Session,
    ticket: Ticket,
    *,
    at: datetime,
    state: InvitationState = InvitationState.INVITED,
    reason: Reason | None = None,
    delivered_at: datetime | None = None,
    phone_hash: str = "",
    has_message: bool = True,
    subject: Subject = Subject.HANDLING,
    rework_no: int | None = None,
) -> Invitation:
    """Asked about the present answer; by SMS unless a reason speaks against it."""
    n = next(_numbers)
    invitation = Invitation(
        subject=subject,
        ticket_id=ticket.id,
        rework_no=ticket.rework_no if rework_no is None else rework_no,
        unit_id=ticket.unit_id,
        phone_hash=phone_hash,
        tail_hash="",
        code=f"C{n:06d}",
        state=state,
        reason=reason,
        invited_at=at,
        delivered_at=delivered_at,
        expires_at=at + timedelta(days=7),
    )
    session.add(invitation)
    session.flush()
    if has_message and reason is None:
        session.add(InvitationMessage(message_id=_message(session, at).id, invitation_id=invitation.id))
        session.flush()
    return invitation


def make_rating(
    session: Session, invitation: Invitation, *, at: datetime, level: int = 5, channel: Channel = Channel.SMS
) -> Rating:
    """What the citizen said."""
    n = next(_numbers)
    rating = Rating(
        subject=invitation.subject,
        invitation_id=invitation.id,
        ticket_id=invitation.ticket_id,
        unit_id=invitation.unit_id,
        channel=channel,
        level=level,
        source=f"made:{n}",
        is_current=True,
        receipt=f"M{n:07d}",
        recorded_at=at,
    )
    invitation.state = InvitationState.ANSWERED
    session.add(rating)
    session.flush()
    return rating


def make_rated(session: Session, *, now: datetime, level: int = 5) -> Rating:
    """A closed matter that was asked about, reached its citizen and was rated an hour later."""
    ticket = make_closed(session, now=now)
    asked = make_invitation(
        session, ticket, at=now - timedelta(hours=2), delivered_at=now - timedelta(hours=2) + timedelta(seconds=9)
    )
    return make_rating(session, asked, at=now - timedelta(hours=1), level=level)


def _message(session: Session, at: datetime) -> Message:
    message = Message(
        phone="13800001234",
        phone_hash="",
        template="rating",
        text="请评价",
        parts=1,
        expects_reply=True,
        may_wait=True,
        state=MessageState.SUBMITTED,
        created_at=at,
        not_before=at,
    )
    session.add(message)
    session.flush()
    return message
