"""Live tickets and lists: a list is told that it has changed and asks again with its own filters."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.events import RatingRecorded
from staff.model import Person, Unit
from staff.rules import SYSTEM, Actor, Role
from tickets.events import TicketChanged, TicketClaimed, TicketClosed, TicketLeft
from tickets.model import Ticket
from tickets.queries.access import sees_own_unit_only, ticket_by_number
from tickets.rules import State
from web.api import Moment, View
from web.live import Topic

#: A list is told at most so often; what happens between is in the next telling.
LIST_GAP_S = 1.0
#: whoever walks through a list comes and goes; only where they stay is told
PRESENCE_GAP_S = 0.5


class TicketPulse(View):
    """Where a ticket stands; the page reads the rest when the version is not its own."""

    number: str
    version: int
    state: State


class ListPulse(View):
    """A list has changed, as of this moment."""

    changed_at: Moment


def read_ticket(session: Session, key: str, *, now: datetime) -> TicketPulse:
    """The row for everybody; who may watch was checked when they subscribed.  Raises TicketNotFound."""
    return TicketPulse.model_validate(ticket_by_number(session, key, SYSTEM))


def check_ticket(session: Session, actor: Actor, key: str) -> Ticket:
    """Raises TicketNotFound, also for a ticket that this person may not see."""
    return ticket_by_number(session, key, actor)


class PersonPresent(View):
    """Somebody who has this ticket open."""

    id: int
    name: str
    unit: str


class PresenceView(View):
    """Everybody who has it open now, whoever asks included."""

    people: list[PersonPresent]


def read_presence(session: Session, _key: str, *, present: Sequence[int], now: datetime) -> PresenceView:
    people = session.execute(
        select(Person.id, Person.name, Unit.short_name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_(present))
        .order_by(Person.id)
    )
    return PresenceView(people=[PersonPresent(id=id_, name=name, unit=unit) for id_, name, unit in people])


def read_list(_session: Session, _key: str, *, now: datetime) -> ListPulse:
    return ListPulse(changed_at=now)


def anybody(_actor: Actor, _key: str) -> bool:
    return True


def the_office(actor: Actor, _key: str) -> bool:
    """The hotline's own people; a unit's officer watches the unit."""
    return not sees_own_unit_only(actor)


def dispatchers(actor: Actor, _key: str) -> bool:
    return actor.may_act_as((Role.DISPATCHER, Role.SUPERVISOR, Role.SHIFT_LEADER))


def own_unit(actor: Actor, key: str) -> bool:
    return the_office(actor, key) or str(actor.unit_id) == key


def to_every_list(_event: object) -> str:
    return ""


TOPICS = (
    Topic("ticket", anybody, read_ticket, {TicketChanged: lambda event: event.number}, check=check_ticket),
    Topic("presence", anybody, read_presence, {}, check=check_ticket, is_attended=True, least_gap_s=PRESENCE_GAP_S),
    Topic("tickets", the_office, read_list, {TicketChanged: to_every_list}, least_gap_s=LIST_GAP_S),
    Topic(
        "dispatch",
        dispatchers,
        read_list,
        {TicketChanged: to_every_list, TicketClaimed: to_every_list},
        least_gap_s=LIST_GAP_S,
    ),
    Topic(
        "unit",
        own_unit,
        read_list,
        {
            TicketChanged: lambda event: None if event.unit_id is None else str(event.unit_id),
            TicketLeft: lambda event: str(event.unit_id),
        },
        least_gap_s=LIST_GAP_S,
    ),
    Topic(
        "satisfaction",
        the_office,
        read_list,
        {RatingRecorded: to_every_list, TicketClosed: to_every_list},
        least_gap_s=LIST_GAP_S,
    ),
)
