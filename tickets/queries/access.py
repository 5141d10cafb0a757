"""Which tickets a person may see, and finding one of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, or_, select, text, true, union
from sqlalchemy.orm import Session, aliased, joinedload

from staff.model import Unit
from staff.queries import unit_by_id
from staff.rules import Actor, Role, UnitKind, is_within
from tickets.errors import TicketNotFound
from tickets.kinds import Secrecy
from tickets.model import HelperPart, Holding, InnerHolding, Recusal, Ticket

#: made once: an alias of a wide table costs more than running the query that names it
_ACCUSED = aliased(Ticket, name="accused")
#: what makes a ticket a unit's: held, sent down to it, helped with
_CONCERNED = (Holding, InnerHolding, HelperPart)
PRESENTED = (joinedload(Ticket.topic), joinedload(Ticket.place), joinedload(Ticket.unit))


def sees_own_unit_only(by: Actor) -> bool:
    """The hotline's people see every ticket; somebody who is only a unit's officer, or nothing at all, does not."""
    return not by.roles - {Role.UNIT_OFFICER}


def visible_to(by: Actor) -> ColumnElement[bool]:
    """A unit's officer sees what the unit, or one below it, holds or held, was sent down, or helps with.

    Nobody sees what is kept from them.
    """
    if not sees_own_unit_only(by):
        return not_kept_from(by)
    return Ticket.id.in_(shown_to_unit(by))


def shown_to_unit(by: Actor) -> Select[int]:
    """The ids of what visible_to shows somebody of a unit.

    One list, along which tickets are read: of three alternatives each ticket would have to be asked.  What is kept back
    is left out of that list: said of the tickets, PostgreSQL would read a million of them to spare some.
    """
    units = _own_and_below(by)
    concerned = union(*(select(model.ticket_id).where(model.unit_id.in_(units)) for model in _CONCERNED)).subquery(
        "concerned"
    )
    ticket_id = concerned.c.ticket_id
    return select(ticket_id.label("id")).where(not_kept_from(by, ticket_id))


def shown_in_order(by: Actor, unit_id: int, *, below: int | None, at_most: int) -> CompoundSelect[int]:
    """The ids of what a unit with none below it is shown, newest first and below `below`, at most so many.

    What it held stands in that order in an index, so that a thousand of them cost the same however many there are.
    Each arm ends there by itself: PostgreSQL merges arms upwards, and would read all of them to turn the order round.
    """
    arms = []
    for model in _CONCERNED:
        found = select(model.ticket_id.label("id")).where(model.unit_id == unit_id)
        if below is not None:
            found = found.where(model.ticket_id < below)
        newest = found.where(not_kept_from(by, model.ticket_id)).order_by(model.ticket_id.desc()).limit(at_most)
        arms.append(select(newest.subquery().c.id))
    return union(*arms).order_by(text("id DESC")).limit(at_most)


def one_visible_to(by: Actor) -> ColumnElement[bool]:
    """visible_to for a ticket that is found by something else: asked of it alone, however many the unit may see."""
    if not sees_own_unit_only(by):
        return not_kept_from(by)
    units = _own_and_below(by)
    concerned = (exists().where(model.ticket_id == Ticket.id, model.unit_id.in_(units)) for model in _CONCERNED)
    return and_(or_(*concerned), not_kept_from(by))


def asked_of_each(by: Actor, unit_ids: Sequence[int]) -> ColumnElement[bool]:
    """visible_to for somebody of these units as a question to one ticket after the other, for who may see very many.

    As scalar subqueries: of EXISTS PostgreSQL would make a list of all that any unit ever held.  The sum keeps SQLite
    from looking up every unit instead of the ticket's own few rows.
    """
    concerned = (
        select(model.ticket_id)
        .where(model.ticket_id == Ticket.id, (model.unit_id + 0).in_(unit_ids))
        .limit(1)
        .scalar_subquery()
        .is_not(None)
        for model in _CONCERNED
    )
    return and_(or_(*concerned), not_kept_from(by))


def _own_and_below(by: Actor) -> Select[int]:
    own = select(Unit.path).where(Unit.id == by.unit_id).scalar_subquery()
    return select(Unit.id).where(Unit.path.startswith(own))


def not_kept_from(by: Actor, ticket_id: Any = Ticket.id) -> ColumnElement[bool]:
    """回避 and 保密: neither what this person stepped aside from, nor a secret ticket that accuses the own unit.

    Nor one that accuses a unit above it, whatever else the person may do here.  The hotline's own people are asked to
    step aside by name, since somebody of them has to work on what accuses the hotline.
    """
    if by.person_id is None:
        return true()
    recused = ticket_id.not_in(select(Recusal.ticket_id).where(Recusal.person_id == by.person_id))
    own = select(Unit.path).where(Unit.id == by.unit_id, Unit.kind != UnitKind.HOTLINE).scalar_subquery()
    own_and_above = select(Unit.id).where(own.startswith(Unit.path))
    accusing = select(_ACCUSED.id).where(_ACCUSED.accused_unit_id.in_(own_and_above), _ACCUSED.secrecy != Secrecy.NONE)
    return and_(recused, ticket_id.not_in(accusing))


def is_accused(session: Session, ticket: Ticket, unit: Unit) -> bool:
    """Whether a secret ticket, or one that is merged under it, accuses this unit, or one above it."""
    accused = set(_accused_by_children(session, ticket)) if ticket.child_count else set()
    if ticket.secrecy is not Secrecy.NONE and ticket.accused_unit_id is not None:
        accused.add(unit_by_id(session, ticket.accused_unit_id).path)
    return any(is_within(unit.path, path) for path in accused)


def _accused_by_children(session: Session, ticket: Ticket) -> Sequence[str]:
    """Paths of the units."""
    children = (Ticket.parent_id == ticket.id, Ticket.secrecy != Secrecy.NONE)
    return session.scalars(select(Unit.path).join(Ticket, Ticket.accused_unit_id == Unit.id).where(*children)).all()


def ticket_by_number(session: Session, number: str, by: Actor) -> Ticket:
    """With topic, place and unit.  Raises TicketNotFound, also for one that `by` may not see."""
    found = select(Ticket).where(Ticket.number == number, one_visible_to(by)).options(*PRESENTED)
    ticket = session.scalar(found)
    if ticket is None:
        raise TicketNotFound(ticket=number)
    return ticket
