"""A ticket follows the catalogue's line for its topic in its place: class of limits, and how urgent it is at least.

Whoever changes topic or place asks for the line again, and counts the clocks anew where that changed anything.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.rules import SYSTEM
from tickets.actions.writing import write_history
from tickets.catalogue import catalogue_line_for, class_and_urgency
from tickets.kinds import Urgency
from tickets.model import CatalogueLine, Ticket

RAISED = "urgency_raised"


def least_words(urgency: Urgency) -> str:
    return f"派单目录规定此类诉求至少为{urgency.name_zh}"


def follow_line(session: Session, ticket: Ticket, line: CatalogueLine | None, *, now: datetime) -> bool:
    """Take on what the line says; whether the ticket's limits are others now.  `topic` is loaded."""
    before = ticket.limit_class, ticket.urgency
    ticket.limit_class, ticket.urgency = class_and_urgency(line, ticket.topic, ticket.urgency)
    if ticket.urgency is not before[1]:
        tell_raised(session, ticket, now=now)
    return (ticket.limit_class, ticket.urgency) != before


def tell_raised(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """One line of the history: it was not a person who made it urgent."""
    ticket.version += 1
    ticket.changed_at = now
    reason = least_words(ticket.urgency)
    write_history(session, ticket, RAISED, before=ticket.state, by=SYSTEM, now=now, reason=reason)


def refuse_below_line(session: Session, ticket: Ticket, urgency: Urgency, *, now: datetime) -> None:
    """Nobody makes a ticket less urgent than its line says.  Raises Invalid."""
    line = catalogue_line_for(session, ticket.topic_id, ticket.place, now=now)
    least = class_and_urgency(line, ticket.topic, urgency)[1]
    if least is not urgency:
        raise Invalid([(("body", "urgency"), "urgency_below_catalogue", least_words(least))])
