"""What has been decided of a ticket's class, and what waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from evaluation.classes.model import ClassDecision
from evaluation.classes.rules import CLAIMS
from evaluation.model import Invitation, Rating
from evaluation.queries import ABOUT_HANDLING
from staff.rules import Actor
from tickets.kinds import ReplyResult
from tickets.model import Reply, Ticket
from tickets.queries.access import PRESENTED, not_kept_from
from tickets.rules import State


@dataclass(frozen=True)
class Unclassed:
    """A ticket whose unit says that it could not be solved, and about which nobody has decided."""

    ticket: Ticket
    result: ReplyResult
    replied_at: datetime


def class_of(session: Session, ticket: Ticket) -> ClassDecision | None:
    """What stands about its present answer."""
    of_answer = {"ticket_id": ticket.id, "rework_no": ticket.rework_no, "is_current": True}
    return session.scalar(select(ClassDecision).filter_by(**of_answer))


def classes_of(session: Session, ticket_id: int) -> Sequence[ClassDecision]:
    """Every decision, oldest first."""
    return session.scalars(select(ClassDecision).filter_by(ticket_id=ticket_id).order_by(ClassDecision.id)).all()


def is_rated(session: Session, ticket: Ticket) -> bool:
    """Whether anything has been said of its present answer."""
    given = select(Rating.id).join(Invitation, Invitation.id == Rating.invitation_id)
    return session.scalar(given.where(*_of_answer(ticket.id, ticket.rework_no)).limit(1)) is not None


def first_rated_at(session: Session, ticket_id: int, rework_no: int) -> datetime | None:
    """Since when an answer of the ticket has been rated."""
    given = select(func.min(Rating.recorded_at)).join(Invitation, Invitation.id == Rating.invitation_id)
    return session.scalar(given.where(*_of_answer(ticket_id, rework_no)))


def _of_answer(ticket_id: int, rework_no: int) -> tuple[ColumnElement[bool], ...]:
    return Invitation.ticket_id == ticket_id, Invitation.rework_no == rework_no, ABOUT_HANDLING


def unclassed(session: Session, *, by: Actor, limit: int = 50) -> list[Unclassed]:
    """Answered and not yet closed, with a result that calls for a decision; the longest waiting first."""
    decided = exists().where(
        ClassDecision.ticket_id == Ticket.id, ClassDecision.rework_no == Ticket.rework_no, ClassDecision.is_current
    )
    newest = select(func.max(Reply.id)).where(Reply.ticket_id == Ticket.id).correlate(Ticket).scalar_subquery()
    query = (
        select(Ticket, Reply.result, Reply.replied_at)
        .join(Reply, Reply.id == newest)
        .where(Ticket.state.in_([State.REPLIED, State.TO_CALLBACK]), Reply.result.in_(CLAIMS), ~decided)
        .where(not_kept_from(by))
        .options(*PRESENTED)
        .order_by(Reply.replied_at, Ticket.id)
        .limit(limit)
    )
    return [Unclassed(*row) for row in session.execute(query)]
