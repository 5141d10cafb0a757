"""Which question to the citizen belongs to a matter as it is counted: the one about its present answer."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from evaluation.model import Invitation
from evaluation.rules import Subject
from tickets.model import Ticket
from tickets.queries.direct import stands_at_once


def present_question(subject: Subject) -> Any:
    """The id of the last question about a ticket's present answer, of a unit or at once; null where nobody was asked.

    One about an earlier answer, or about the other kind of it, does not stand for it.
    """
    asked = aliased(Invitation)
    is_of_present = {
        Subject.HANDLING: asked.rework_no == Ticket.rework_no,
        Subject.DIRECT: asked.invited_at >= Ticket.answered_at,
    }
    of_ticket = asked.ticket_id == Ticket.id, asked.subject == subject, is_of_present[subject]
    return select(func.max(asked.id)).where(*of_ticket).correlate(Ticket).scalar_subquery()


def counted_question(rating: Any, subject: Subject) -> ColumnElement[int | None]:
    """The same of a ticket joined with the rating that counts; where it is not closed, and counts only because it was
    rated, the question that was answered.
    """
    is_closed = {Subject.HANDLING: Ticket.close_reason.is_not(None), Subject.DIRECT: stands_at_once()}
    question: ColumnElement[int | None] = case(
        (is_closed[subject], present_question(subject)), else_=rating.invitation_id
    )
    return question
