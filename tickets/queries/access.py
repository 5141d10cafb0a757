"""Which tickets a person may see, and finding one of them."""

from sqlalchemy import ColumnElement, and_, select, true, union
from sqlalchemy.orm import Session, aliased, joinedload

from staff.model import Unit
from staff.queries import unit_by_id
from staff.rules import Actor, Role, is_within
from tickets.errors import TicketNotFound
from tickets.kinds import Secrecy
from tickets.model import HelperPart, Holding, InnerHolding, Recusal, Ticket

PRESENTED = (joinedload(Ticket.topic), joinedload(Ticket.place), joinedload(Ticket.unit))


def sees_own_unit_only(by: Actor) -> bool:
    """The hotline's people see every ticket; somebody who is only a unit's officer, or nothing at all, does not."""
    return not by.roles - {Role.UNIT_OFFICER}


def visible_to(by: Actor) -> ColumnElement[bool]:
    """Nobody sees what they stepped aside from.

    A unit's officer sees what the unit, or one below it, holds or held, was sent down, or helps with; but never a
    secret ticket that accuses the unit, or one above it.
    """
    if not sees_own_unit_only(by):
        return not_recused(by)
    own = select(Unit.path).where(Unit.id == by.unit_id).scalar_subquery()
    units = select(Unit.id).where(Unit.path.startswith(own))
    # one list of ids, along which the tickets are read; of three alternatives each ticket would have to be asked
    concerned = Ticket.id.in_(
        union(
            *(select(model.ticket_id).where(model.unit_id.in_(units)) for model in (Holding, InnerHolding, HelperPart))
        )
    )
    own_and_above = select(Unit.id).where(own.startswith(Unit.path))
    accused = aliased(Ticket, name="accused")
    accusing = select(accused.id).where(accused.accused_unit_id.in_(own_and_above), accused.secrecy != Secrecy.NONE)
    return and_(concerned, Ticket.id.not_in(accusing), not_recused(by))


def not_recused(by: Actor) -> ColumnElement[bool]:
    """回避: a ticket from which this person stepped aside is not there for them."""
    if by.person_id is None:
        return true()
    return Ticket.id.not_in(select(Recusal.ticket_id).where(Recusal.person_id == by.person_id))


def is_accused(session: Session, ticket: Ticket, unit: Unit) -> bool:
    """Whether a secret ticket accuses this unit, or one above it."""
    if ticket.secrecy is Secrecy.NONE or ticket.accused_unit_id is None:
        return False
    return is_within(unit.path, unit_by_id(session, ticket.accused_unit_id).path)


def ticket_by_number(session: Session, number: str, by: Actor) -> Ticket:
    """With topic, place and unit.  Raises TicketNotFound, also for one that `by` may not see."""
    found = select(Ticket).where(Ticket.number == number, visible_to(by)).options(*PRESENTED)
    ticket = session.scalar(found)
    if ticket is None:
        raise TicketNotFound(ticket=number)
    return ticket
