"""Everything that is read about invitations and ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from core.calendar import moment_words
from evaluation.errors import InvitationNotFound
from evaluation.model import CallbackAttempt, Invitation, InvitationMessage, Rating, RatingReason, RatingWords
from evaluation.plan import Asked
from evaluation.rules import (
    ASKED_ABOUT,
    ASKED_WORDS,
    CALLED_STATES,
    UNANSWERED,
    BadReason,
    InvitationState,
    Reason,
    Subject,
)
from sms.model import Message
from sms.rules import MessageState
from sms.templates import RATING, RATING_DIRECT, RATING_REMINDER, RATING_REPAIR, RATING_WHY
from staff.rules import Actor
from tickets.model import Ticket
from tickets.queries.access import PRESENTED, not_kept_from

#: the question about a unit's audited answer
ABOUT_HANDLING = Invitation.subject == Subject.HANDLING
#: about any answer, a unit's or the hotline's own; not the second one about its repair
ABOUT_ANSWER = Invitation.subject != Subject.REPAIR


def invitation(session: Session, invitation_id: int) -> Invitation:
    """Raises InvitationNotFound."""
    found = session.get(Invitation, invitation_id)
    if found is None:
        raise InvitationNotFound(invitation_id=invitation_id)
    return found


def invitation_of_message(session: Session, message_id: int) -> int | None:
    """The invitation an SMS asked for, or None if it asked for something else."""
    return session.scalar(select(InvitationMessage.invitation_id).filter_by(message_id=message_id))


def was_asked_why(session: Session, invitation_id: int) -> bool:
    """Whether the question why a rating was bad has left, or is about to."""
    asked = select(InvitationMessage.message_id).join(Message, Message.id == InvitationMessage.message_id)
    why = asked.where(InvitationMessage.invitation_id == invitation_id, Message.template == RATING_WHY.name)
    return session.scalar(why.where(Message.state != MessageState.NOT_SENT).limit(1)) is not None


def was_asked_by_sms(session: Session, invitation_id: int) -> bool:
    """Whether an SMS with the question has left."""
    asked = select(InvitationMessage.message_id).join(Message, Message.id == InvitationMessage.message_id)
    left = asked.where(InvitationMessage.invitation_id == invitation_id, Message.expects_reply)
    return session.scalar(left.where(Message.submitted_at.is_not(None)).limit(1)) is not None


def invitations_of(session: Session, ticket_id: int) -> Sequence[Invitation]:
    """A ticket's questions about its answers, oldest first."""
    asked = select(Invitation).where(Invitation.ticket_id == ticket_id, ABOUT_ANSWER)
    return session.scalars(asked.order_by(Invitation.id)).all()


def second_questions_of(session: Session, ticket_id: int) -> Sequence[Invitation]:
    """Those about repairs of a ticket, oldest first."""
    asked = select(Invitation).where(Invitation.ticket_id == ticket_id, ~ABOUT_ANSWER)
    return session.scalars(asked.order_by(Invitation.id)).all()


@dataclass(frozen=True)
class Asking:
    """What the citizen reads of being asked for a rating, empty while nobody has asked; and whether the code opens."""

    words: str = ""
    is_open: bool = False


def asking(session: Session, ticket_id: int, *, now: datetime) -> Asking:
    """The newest one."""
    of_answers = select(Invitation).where(Invitation.ticket_id == ticket_id, ABOUT_ANSWER)
    asked = session.scalar(of_answers.order_by(Invitation.id.desc()).limit(1))
    if asked is None:
        return Asking()
    state = asked.state
    if state in UNANSWERED and asked.expires_at <= now:
        state = InvitationState.EXPIRED
    words = ASKED_WORDS.get(state, "").format(
        until=moment_words(asked.expires_at), what=ASKED_ABOUT.get(asked.subject, "")
    )
    is_silent = state is InvitationState.TO_CALL and asked.reason is Reason.SILENT
    return Asking(words, state is InvitationState.INVITED or is_silent)


def asked_so_far(session: Session, found: Invitation) -> Asked:
    """What was done until now to ask about one answer."""
    firsts = RATING.name, RATING_DIRECT.name, RATING_REPAIR.name
    sent = select(Message).join(InvitationMessage, InvitationMessage.message_id == Message.id)
    of_it = sent.where(
        InvitationMessage.invitation_id == found.id, Message.template.in_((*firsts, RATING_REMINDER.name))
    )
    by_name = {message.template: message for message in session.scalars(of_it)}
    first = next((by_name[name] for name in firsts if name in by_name), None)
    reminder = by_name.get(RATING_REMINDER.name)
    return Asked(
        found.state,
        found.expires_at,
        is_by_sms=first is not None,
        sent_at=first.handed_at if first else None,
        is_reminded=reminder is not None,
        reminded_at=reminder.handed_at if reminder else None,
        calls=tuple(attempt.at for attempt in attempts_of(session, found.id)),
    )


def attempts_of(session: Session, invitation_id: int) -> Sequence[CallbackAttempt]:
    """The calls made to ask for a rating, oldest first."""
    made = select(CallbackAttempt).filter_by(invitation_id=invitation_id)
    return session.scalars(made.order_by(CallbackAttempt.at, CallbackAttempt.id)).all()


def messages_of(session: Session, ticket_id: int) -> Sequence[Message]:
    """Every SMS that asked for a rating of this ticket, oldest first; its text and code are the citizen's."""
    asked = select(InvitationMessage.message_id).join(Invitation).where(Invitation.ticket_id == ticket_id)
    return session.scalars(select(Message).where(Message.id.in_(asked)).order_by(Message.id)).all()


def ratings_of(session: Session, ticket_id: int) -> Sequence[Rating]:
    """A ticket's ratings with their corrections, oldest first."""
    return session.scalars(select(Rating).filter_by(ticket_id=ticket_id).order_by(Rating.id)).all()


def first_answer(session: Session, invitation_id: int) -> Rating | None:
    return session.scalar(select(Rating).filter_by(invitation_id=invitation_id).order_by(Rating.id).limit(1))


def counting_answer(session: Session, invitation_id: int) -> Rating | None:
    """The rating that counts: the latest within the correction window."""
    return session.scalar(select(Rating).filter_by(invitation_id=invitation_id, is_current=True))


def rating(session: Session, rating_id: int) -> Rating:
    return session.get_one(Rating, rating_id)


def words_of(session: Session, rating_id: int) -> str | None:
    return session.scalar(select(RatingWords.words).filter_by(rating_id=rating_id))


def reasons_of(session: Session, rating_ids: Sequence[int]) -> dict[int, list[BadReason]]:
    """Why these were bad, in the order of the list of reasons; a rating without any is left out."""
    rows = session.scalars(select(RatingReason).where(RatingReason.rating_id.in_(rating_ids))).all()
    found: dict[int, list[BadReason]] = {}
    for row in sorted(rows, key=lambda row: list(BadReason).index(row.reason)):
        found.setdefault(row.rating_id, []).append(row.reason)
    return found


def owed_calls(session: Session, *, by: Actor, limit: int = 50) -> list[tuple[Invitation, Ticket]]:
    """Invitations that SMS could not carry, with their tickets, oldest first: a person asks instead.

    And those after whose rating the citizen has written something that is none, unless it is done again.
    """
    owed = select(Invitation, Ticket).join(Ticket, Ticket.id == Invitation.ticket_id).options(*PRESENTED)
    is_of_present = or_(
        and_(Invitation.subject != Subject.DIRECT, Invitation.rework_no == Ticket.rework_no),
        and_(Invitation.subject == Subject.DIRECT, Invitation.invited_at >= Ticket.answered_at),
        Invitation.rework_no < 0,
    )
    said_after = Invitation.said_after_at.is_not(None) & is_of_present
    waits = or_(Invitation.state.in_(CALLED_STATES), said_after)
    query = owed.where(waits, not_kept_from(by)).order_by(Invitation.invited_at, Invitation.id)
    return [(invited, ticket) for invited, ticket in session.execute(query.limit(limit))]
