"""Stories of work that is shared: asked for, sent down the tree, helped with, overseen."""

from datetime import timedelta

from sqlalchemy import select

from app.demo.stage import Story
from app.demo.world import World
from core.calendar import SHANGHAI, SHIPPED_CALENDAR, CalendarNotLoaded
from staff.model import Unit
from staff.rules import Role
from tickets.actions.completing import ask_completion
from tickets.actions.handling import sign_ticket
from tickets.actions.helping import ask_help
from tickets.actions.oversight import issue_paper
from tickets.actions.papers import Paper
from tickets.actions.requests import ask_for, grant_request
from tickets.actions.sending_down import Down, report_up, send_down
from tickets.actions.side_paths import Course
from tickets.extensions import term_of
from tickets.forms import RequestForm
from tickets.kinds import OversightKind, RequestKind, ToldBy
from tickets.model import Ticket
from tickets.profiles import load_clocks

#: who is asked to help; never who leads
_HELPERS = ("cgj", "zjj", "gaj")


def extension(world: World, ticket_id: int, *, is_granted: bool) -> Story:
    """The unit needs longer, has told the citizen, and asks in time; a supervisor decides or has not yet."""
    yield world.in_office(2, 9)
    ticket = world.ticket(ticket_id)
    term = term_of(ticket, load_clocks(world.session, world.office.profile))
    if term is None or ticket.unit_due_at is None or world.now >= ticket.unit_due_at:
        return
    try:
        until_on = SHIPPED_CALENDAR.add_working_days(term.last_day, min(2, max(1, term.most_extra())))
        term.extra_until(until_on)
    except CalendarNotLoaded:
        return
    told = world.now - timedelta(minutes=25)
    form = RequestForm(
        kind=RequestKind.EXTENSION,
        reason=world.say("notes", "extension"),
        until_on=until_on,
        told_by=ToldBy.CALL,
        told_note=f"{told.astimezone(SHANGHAI):%m-%d %H:%M} 电话告知，群众表示理解",
    )
    ask_for(world.session, ticket_id, form, by=world.officer_of(ticket), office=world.office, now=world.now)
    if is_granted:
        yield world.in_office(1, 5)
        course = Course(world.somebody(Role.SUPERVISOR), world.office, world.now)
        grant_request(world.session, ticket_id, note="情况属实，同意", course=course)


def parking_request(world: World, ticket_id: int) -> Story:
    """It cannot be solved now, says the unit, and waits for the supervisor."""
    yield world.in_office(3, 12)
    form = RequestForm(
        kind=RequestKind.PARKING,
        reason=world.say("notes", "parking"),
        plan=world.say("notes", "plans"),
        review_on=(world.now + timedelta(days=60)).date(),
    )
    by = world.officer_of(world.ticket(ticket_id))
    ask_for(world.session, ticket_id, form, by=by, office=world.office, now=world.now)


def lacking(world: World, ticket_id: int) -> Story:
    """The unit cannot find the place, and asks the hotline."""
    yield world.in_office(0.5, 3)
    by, missing = world.officer_of(world.ticket(ticket_id)), world.city.words["notes"]["missing"][0]
    ask_completion(world.session, ticket_id, missing=missing, by=by, now=world.now)


def sent_down(world: World, ticket_id: int, *, is_reported: bool) -> Story:
    """A district hands it to a street, which works on it or has reported."""
    yield world.in_office(0.5, 4)
    ticket = world.ticket(ticket_id)
    street = street_below(world, ticket)
    if street is None:
        return
    note = world.say("notes", "sent_down")
    by = world.officer_of(ticket)
    send_down(world.session, ticket_id, Down(street, note=note), by=by, now=world.now)
    if not is_reported:
        return
    yield world.in_office(0.5, 3)
    officer = world.founded.officer(street)
    sign_ticket(world.session, ticket_id, by=officer, now=world.now, handler=officer.name)
    yield world.in_office(2, 8)
    report_up(world.session, ticket_id, report=world.say("notes", "report"), by=officer, now=world.now)


def street_below(world: World, ticket: Ticket) -> int | None:
    """The first unit below the one that leads that has somebody to work on it."""
    below = select(Unit.id).where(Unit.parent_id == ticket.unit_id).order_by(Unit.id)
    staffed = {actor.unit_id for actor in world.founded.with_role(Role.UNIT_OFFICER)}
    return next((unit_id for unit_id in world.session.scalars(below) if unit_id in staffed), None)


def helped(world: World, ticket_id: int) -> Story:
    """A dispatcher gives another unit a part of its own."""
    yield world.in_office(0.5, 6)
    unit_id = world.ticket(ticket_id).unit_id
    helper = next(found for code in _HELPERS if (found := world.founded.units[code]) != unit_id)
    task = world.say("notes", "help")
    ask_help(world.session, ticket_id, unit_id=helper, task=task, by=world.somebody(Role.DISPATCHER), now=world.now)


def overseen(world: World, ticket_id: int) -> Story:
    """An order of the ladder, by hand, that the unit has not signed for."""
    yield world.in_office(20, 60)
    paper = Paper(OversightKind.ORDER, world.say("notes", "order"))
    issue_paper(world.session, ticket_id, paper, by=world.somebody(Role.ESCALATION), now=world.now)
