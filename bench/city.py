"""The city in which tickets are measured: topics, units, people, and one ticket as the model of the others."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from staff.actions import add_person, add_unit
from staff.model import Person
from staff.rules import SYSTEM, Role, UnitKind
from tickets.actions.catalogue import add_place, add_topic
from tickets.actions.registration import register_ticket
from tickets.forms import TicketForm
from tickets.kinds import Source, TicketType
from tickets.settings import TicketOffice

UNITS, TOPICS, PEOPLE = 60, 40, 30
#: by which telephone numbers are hashed here
PHONE_KEY = b"bench"


@dataclass(frozen=True)
class City:
    """Whom and what its tickets may name; the officer is one of the second unit."""

    units: list[int]
    topics: list[int]
    people: list[int]
    officer_id: int

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


def found_city(session: Session, *, now: datetime) -> City:
    """Without tickets but one."""
    top = add_topic(session, code="T1", name="城乡建设")
    topics = [add_topic(session, code=f"T1.{n}", name=f"事项{n}", parent_id=top.id).id for n in range(TOPICS)]
    units = [
        add_unit(session, code=f"u{n}", name=f"承办单位{n}", kind=UnitKind.CITY_DEPARTMENT).id for n in range(UNITS)
    ]
    place = add_place(session, code="P1", name="朝阳区").id
    agents = [_person(session, units[0], f"p{n}", Role.AGENT).id for n in range(PEOPLE)]
    officer = _person(session, units[1], "officer", Role.UNIT_OFFICER)
    form = TicketForm(
        text="南湖小区三号楼暖气不热，已经三天了。",
        topic_id=topics[0],
        place_id=place,
        type=TicketType.HELP,
        phone="13812345678",
    )
    office = TicketOffice(phone_key=PHONE_KEY)
    register_ticket(session, form, source=Source.PHONE, by=SYSTEM, office=office, now=now)
    return City(units, topics, agents, officer.id)


def _person(session: Session, unit_id: int, account: str, role: Role) -> Person:
    return add_person(
        session, unit_id=unit_id, account=account, name="测速", staff_number=account.upper(), roles=[role]
    )
