"""Which tickets a person may see, and finding one of them."""

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, joinedload

from staff.model import Unit
from staff.rules import Actor, Role
from tickets.errors import TicketNotFound
from tickets.model import Holding, Ticket

PRESENTED = (joinedload(Ticket.topic), joinedload(Ticket.place), joinedload(Ticket.unit))


def sees_own_unit_only(by: Actor) -> bool:
    """The hotline's people see every ticket; somebody who is only a unit's officer, or nothing at all, does not."""
    return not by.roles - {Role.UNIT_OFFICER}


def visible_to(by: Actor) -> ColumnElement[bool]:
    """For a unit's officer: what the unit, or one below it, holds or held."""
    if not sees_own_unit_only(by):
        return true()
    own = select(Unit.path).where(Unit.id == by.unit_id).scalar_subquery()
    held = select(Holding.ticket_id).join(Unit, Unit.id == Holding.unit_id)
    return Ticket.id.in_(held.where(Unit.path.startswith(own)))


def ticket_by_number(session: Session, number: str, by: Actor) -> Ticket:
    """With topic, place and unit.  Raises TicketNotFound, also for one that `by` may not see."""
    found = select(Ticket).where(Ticket.number == number, visible_to(by)).options(*PRESENTED)
    ticket = session.scalar(found)
    if ticket is None:
        raise TicketNotFound(ticket=number)
    return ticket
