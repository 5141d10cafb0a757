"""What bears an answer out: the unit's call to the citizen, or its visit; most units did what they say, not all."""

from datetime import timedelta
from random import Random

from app.demo.bridging import call_citizen, ended_at
from app.demo.stage import Story
from app.demo.world import World
from staff.rules import Actor
from tickets.actions.visiting import record_visit
from tickets.actions.writing import holding_of
from tickets.forms import VisitForm
from tickets.kinds import ContactMade
from tickets.model import Place, Ticket
from tickets.rules import State

BORNE_OUT = 0.8
_AFTERWARDS = timedelta(minutes=3)


def bear_out(world: World, ticket_id: int, contact: ContactMade, officer: Actor) -> Story:
    """Before the answer is written; by chance of its own, so that the rest of the past stays as it is."""
    chance = Random(ticket_id)
    ticket = world.ticket(ticket_id)
    if ticket.state is not State.IN_PROGRESS or chance.random() > BORNE_OUT:
        return
    if contact is ContactMade.CALL and ticket.phone:
        yield from _called(world, ticket, officer, chance)
    elif contact is ContactMade.VISIT:
        _visited(world, ticket, officer, chance)


def _called(world: World, ticket: Ticket, officer: Actor, chance: Random) -> Story:
    """One in eight citizens does not pick up."""
    asked_at, picks_up = world.now, chance.random() > 1 / 8
    talk_s = chance.randint(40, 320) if picks_up else None
    yield ended_at(asked_at, talk_s)
    call_citizen(world, ticket, officer, asked_at=asked_at, talk_s=talk_s)
    yield world.now + _AFTERWARDS


def _visited(world: World, ticket: Ticket, officer: Actor, chance: Random) -> None:
    """One house in six is empty."""
    holding = holding_of(world.session, ticket)
    if holding is None:
        return
    place = world.session.get(Place, ticket.place_id) if ticket.place_id is not None else None
    is_empty = chance.random() < 1 / 6
    form = VisitForm(
        visitors=f"{officer.name}、{world.city.words['surnames'].split()[ticket.id % 20]}师傅",
        visited_at=max(holding.dispatched_at, world.now - timedelta(minutes=chance.randint(30, 150))),
        place=place.name if place is not None else ticket.place_text or "现场",
        met="" if is_empty else chance.choice(("诉求人本人", "诉求人家属", "物业负责人")),
        is_nobody_there=is_empty,
    )
    record_visit(world.session, ticket.id, form, by=officer, now=world.now)
