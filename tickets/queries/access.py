"""Which tickets a person may see, and finding one of them."""

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, joinedload

from staff.model import Unit
from staff.rules import Actor, Role
from tickets.errors import TicketNotFound
from tickets.model import HelperPart, Holding, InnerHolding, Ticket

PRESENTED = (joinedload(Ticket.topic), joinedload(Ticket.place), joinedload(Ticket.unit))


def sees_own_unit_only(by: Actor) -> bool:
    """The hotline's people see every ticket; somebody who is only a unit's officer, or nothing at all, does not."""
    return not by.roles - {Role.UNIT_OFFICER}


def visible_to(by: Actor) -> ColumnElement[bool]:
    """For a unit's officer: what the unit, or one below it, holds or held, was sent down, or helps with."""
    if not sees_own_unit_only(by):
        return true()
    own = select(Unit.path).where(Unit.id == by.unit_id).scalar_subquery()
    units = select(Unit.id).where(Unit.path.startswith(own))
    return or_(
        *(
            Ticket.id.in_(select(model.ticket_id).where(model.unit_id.in_(units)))
            for model in (Holding, InnerHolding, HelperPart)
        )
    )


def ticket_by_number(session: Session, number: str, by: Actor) -> Ticket:
    """With topic, place and unit.  Raises TicketNotFound, also for one that `by` may not see."""
    found = select(Ticket).where(Ticket.number == number, visible_to(by)).options(*PRESENTED)
    ticket = session.scalar(found)
    if ticket is None:
        raise TicketNotFound(ticket=number)
    return ticket
