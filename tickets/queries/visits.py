"""Visits of a ticket, and how many photos each has."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from staff.rules import Actor
from tickets.errors import VisitNotFound
from tickets.model import Ticket, Visit
from tickets.queries.access import ticket_by_number


def visits_of_ticket(session: Session, number: str, *, by: Actor) -> Sequence[Visit]:
    """The newest first.  Raises TicketNotFound."""
    return visits_of(session, ticket_by_number(session, number, by))


def visits_of(session: Session, ticket: Ticket) -> Sequence[Visit]:
    """With their units, the newest first."""
    found = select(Visit).where(Visit.ticket_id == ticket.id).options(joinedload(Visit.unit))
    return session.scalars(found.order_by(Visit.visited_at.desc(), Visit.id.desc())).all()


def visit_of(session: Session, ticket: Ticket, visit_id: int) -> Visit:
    """Raises VisitNotFound."""
    visit = session.get(Visit, visit_id)
    if visit is None or visit.ticket_id != ticket.id:
        raise VisitNotFound(visit_id=visit_id)
    return visit
