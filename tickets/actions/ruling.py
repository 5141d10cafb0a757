"""裁定: a dispute is decided once; the ruling is a precedent, and may become a line of the catalogue."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import Actor, Role
from tickets.actions.catalogue import LineWords, put_next_version
from tickets.actions.dispatching import hand_over_under, refuse_bare_repeat, unit_ids_tried
from tickets.actions.paper_numbers import take_paper_number
from tickets.actions.writing import TicketKey, allowed_move, locked_ticket, take
from tickets.catalogue import catalogue_line_for
from tickets.errors import RoleRefused, RulingInCatalogue, RulingNotFound, RulingWithoutTopic
from tickets.events import TicketDispatched
from tickets.model import CatalogueLine, Ruling, Ticket
from tickets.profiles import load_clocks
from tickets.rules import Action
from tickets.settings import TicketOffice


def rule(
    session: Session,
    key: TicketKey,
    *,
    unit_id: int,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    reason: str,
    new_fact: str = "",
) -> Ticket:
    """Fix the unit by ruling: it may not return the ticket, and the ruling goes into the library.

    Raises TicketNotFound, MoveRefused, RoleRefused, UnitNotFound, UnitCannotHold, UnitAccused, RepeatWithoutFact.
    Announces TicketDispatched.
    """
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.RULE, by, now=now)
    refuse_bare_repeat(session, ticket, new_fact)
    tried = sorted(unit_ids_tried(session, ticket.id) - {unit_id})
    line = catalogue_line_for(session, ticket.topic_id, ticket.place, now=now)
    hand_over_under(session, ticket, unit_id, line, by=by, clocks=load_clocks(session, office.profile), now=now)
    ticket.is_ruled = True
    ruling = _new_ruling(session, ticket, unit_id, refused_by=tried, reason=reason, by=by, now=now)
    particulars = {"unit_id": unit_id, "number": ruling.number} | ({"new_fact": new_fact} if new_fact else {})
    take(session, ticket, move, by=by, now=now, reason=reason, particulars=particulars)
    announce(session, TicketDispatched(ticket.id, unit_id))
    return ticket


def _new_ruling(
    session: Session, ticket: Ticket, unit_id: int, *, refused_by: list[int], reason: str, by: Actor, now: datetime
) -> Ruling:
    year, running = take_paper_number(session, "ruling", now)
    ruling = Ruling(
        year=year,
        running=running,
        ticket_id=ticket.id,
        topic_id=ticket.topic_id,
        place_id=ticket.place_id,
        unit_id=unit_id,
        refused_by=refused_by,
        reason=reason,
        ruled_at=now,
        ruled_by=by.label,
    )
    session.add(ruling)
    return ruling


def put_into_catalogue(
    session: Session, ruling_id: int, *, whole_city: bool, by: Actor, now: datetime
) -> CatalogueLine:
    """Make the ruling the rule: a line for its topic, in its place or in the whole city; the old line is retired.

    Raises RulingNotFound, RoleRefused, RulingWithoutTopic, RulingInCatalogue.
    """
    if not by.may_act_as((Role.SUPERVISOR,)):
        raise RoleRefused(action="将裁定列入派单目录")
    ruling = session.get(Ruling, ruling_id, with_for_update=True)
    if ruling is None:
        raise RulingNotFound(ruling_id=ruling_id)
    if ruling.topic_id is None:
        raise RulingWithoutTopic
    if ruling.catalogue_line_id is not None:
        raise RulingInCatalogue(number=ruling.number)
    place_id = None if whole_city else ruling.place_id
    words = LineWords(ruling.unit_id, basis=ruling.number)
    line = put_next_version(session, ruling.topic_id, place_id, words, began_at=now, changed_by=by.label)
    ruling.catalogue_line_id = line.id
    return line
