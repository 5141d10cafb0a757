"""What every story needs at hand: the stage, the city's rows, chance, and the citizens."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from app.demo.city import City
from app.demo.founding import SEATS, Founded
from app.demo.hours import office_moment
from app.demo.numbers import landline, mobile
from app.demo.stage import Stage
from sms.office import SmsOffice
from staff.rules import Actor, Role
from telephony.settings import TelephonySettings
from tickets.catalogue import catalogue_line_for
from tickets.kinds import Salutation
from tickets.model import Place, Ticket
from tickets.settings import TicketOffice


@dataclass(frozen=True)
class Citizen:
    """Somebody who calls."""

    name: str
    salutation: Salutation
    phone: str


@dataclass
class World:
    """One per load.  `chance` is seeded: the same seed and start give the same past."""

    stage: Stage
    city: City
    founded: Founded
    chance: Random
    office: TicketOffice
    sms: SmsOffice
    telephony: TelephonySettings
    #: when the past is over and the demo begins
    ends_at: datetime
    citizens: Sequence[Citizen] = ()
    #: until when a seat is taken
    busy_until: dict[str, datetime] = field(default_factory=dict)
    calls_made: int = 0
    replies_sent: int = 0
    #: how many each unit has given
    answers: Counter[int | None] = field(default_factory=Counter)
    #: repairs up to this id have their story
    newest_repair: int = 0

    @property
    def now(self) -> datetime:
        """The simulated moment."""
        return self.stage.now()

    @property
    def session(self) -> Session:
        """The session of the present transaction."""
        return self.stage.session

    def ticket(self, ticket_id: int) -> Ticket:
        """As it stands now."""
        return self.session.get_one(Ticket, ticket_id)

    def unit_for(self, topic: str, place: str) -> int:
        """Whom the catalogue names for a topic in a place."""
        found = self.session.get_one(Place, self.founded.places[place])
        line = catalogue_line_for(self.session, self.founded.topics[topic], found, now=self.now)
        if line is None:
            raise ValueError(f"nobody answers for {topic} in {place}")
        return line.unit_id

    def officer_of(self, ticket: Ticket) -> Actor:
        """The officer of the unit that holds it."""
        if ticket.unit_id is None:
            raise ValueError("no unit holds the ticket")
        return self.founded.officer(ticket.unit_id)

    def somebody(self, role: Role) -> Actor:
        """One of those who hold a role."""
        return self.chance.choice(self.founded.with_role(role))

    def say(self, *path: str) -> str:
        """One of the sentences written for that occasion."""
        found: Any = self.city.words
        for name in path:
            found = found[name]
        sentence: str = self.chance.choice(found)
        return sentence

    def after_s(self, least: float, most: float) -> datetime:
        """A moment between so many seconds from now, more often soon than late."""
        return self.now + timedelta(seconds=least + (most - least) * self.chance.betavariate(1.3, 3.0))

    def in_office(self, least_h: float, most_h: float) -> datetime:
        """Between so many hours from now, within office hours."""
        return office_moment(self.after_s(least_h * 3600, most_h * 3600), self.chance)

    def free_seat(self, at: datetime) -> str:
        """The interface of a manned seat that has been free longest."""
        manned = [f"PJSIP/{number}" for number in SEATS[: len(agents_of(self.founded))]]
        return min(manned, key=lambda seat: (max(self.busy_until.get(seat, at), at), self.busy_until.get(seat, at)))


def agents_of(founded: Founded) -> list[Actor]:
    """Who sits at the first seats, in their order."""
    return [actor for actor in founded.with_role(Role.AGENT) if Role.SHIFT_LEADER not in actor.roles]


def make_citizens(city: City, chance: Random, *, n: int) -> list[Citizen]:
    """Made-up people with numbers that nobody has; one in twelve calls from a fixed line."""
    surnames, given = city.words["surnames"].split(), city.words["given"].split()
    return [
        Citizen(
            chance.choice(surnames) + chance.choice(given),
            chance.choice((Salutation.MR, Salutation.MS)),
            landline(number) if number % 12 == 5 else mobile(number),
        )
        for number in range(n)
    ]
