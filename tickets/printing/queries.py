"""What a print needs besides the ticket's page."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from staff.model import Unit
from staff.rules import Actor, UnitKind
from tickets.model import Oversight, Ticket
from tickets.printing.errors import PaperNotFound
from tickets.queries.access import ticket_by_number


@dataclass(frozen=True)
class Issued:
    """A paper with its unit, the ticket it is about, and in whose name it was issued."""

    paper: Oversight
    ticket: Ticket
    office: str


def office_name(session: Session) -> str:
    """The hotline's own full name, which stands over everything that it prints."""
    return (
        session.scalar(select(Unit.name).where(Unit.kind == UnitKind.HOTLINE).order_by(Unit.id)) or "政务服务便民热线"
    )


def issued_paper(session: Session, number: str, paper_id: int, *, by: Actor) -> Issued:
    """Raises TicketNotFound, PaperNotFound."""
    ticket = ticket_by_number(session, number, by)
    found = select(Oversight).where(Oversight.id == paper_id, Oversight.ticket_id == ticket.id)
    paper = session.scalar(found.options(joinedload(Oversight.unit)))
    if paper is None:
        raise PaperNotFound(paper_id=paper_id)
    return Issued(paper, ticket, office_name(session))
