"""Stories that go astray: returned, disputed, conferred about and ruled."""

from app.demo.cases import Case, Fate
from app.demo.stage import Story
from app.demo.world import World
from staff.rules import Role
from tickets.actions.dispatching import confer, dispatch_ticket
from tickets.actions.handling import approve_return, refuse_return, return_ticket
from tickets.actions.ruling import rule
from tickets.forms import ReturnForm
from tickets.model import Ticket
from tickets.queries.bases import bases_for


def ask_to_return(world: World, ticket: Ticket, *, proposed: int | None) -> None:
    officer = world.officer_of(ticket)
    offered = bases_for(world.session, ticket.number, by=officer, now=world.now)
    basis = offered[ticket.id % len(offered)]
    form = ReturnForm(
        basis=basis.kind, basis_id=basis.id, proposed_unit_id=proposed, explanation=world.say("notes", "returned")
    )
    return_ticket(world.session, ticket.id, form, by=officer, now=world.now)


def disputed(world: World, case: Case, ticket_id: int, other: int) -> Story:
    session, office, dispatcher = world.session, world.office, world.somebody(Role.DISPATCHER)
    if case.fate is Fate.RETURN_WAITS:
        return
    yield world.after_s(1800, 4 * 3600)
    session = world.session
    if case.fate is Fate.RETURN_REFUSED:
        refuse_return(session, ticket_id, by=dispatcher, now=world.now, reason=world.say("notes", "return_refused"))
    elif case.fate in {Fate.RETURNED, Fate.RETURNED_WAITS}:
        approve_return(session, ticket_id, by=dispatcher, office=office, now=world.now)
        if case.fate is Fate.RETURNED_WAITS:
            return
        yield world.after_s(300, 1500)
        dispatch_ticket(
            world.session,
            ticket_id,
            unit_id=other,
            by=dispatcher,
            office=office,
            now=world.now,
            reason="原单位退单成立，按属地改派",
        )
    else:
        confer(session, ticket_id, by=dispatcher, now=world.now, reason="职责存在争议，提交会商")
        if case.fate is Fate.RULED:
            yield world.in_office(4, 20)
            supervisor = world.somebody(Role.SUPERVISOR)
            reason = world.say("notes", "rulings")
            rule(world.session, ticket_id, unit_id=other, by=supervisor, office=office, now=world.now, reason=reason)


def other_unit(world: World, ticket: Ticket) -> int:
    """The district of the place, or the city's urban management when the district itself holds the ticket."""
    place = next(code for code, place_id in world.founded.places.items() if place_id == ticket.place_id)
    districts = {"P01": "baihua", "P02": "yunshan", "P03": "qingling", "P04": "woyuan"}
    district = world.founded.units[districts[place[:3]]]
    return district if district != ticket.unit_id else world.founded.units["cgj"]
