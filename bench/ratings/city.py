"""The city whose citizens rate: units as a tree, topics, people at telephones, windows of two halls."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.city import PHONE_KEY
from evaluation.counters.model import CounterWindow
from staff.actions import add_person, add_unit
from staff.rules import SYSTEM, Role, UnitKind
from tickets.actions.catalogue import add_place, add_topic
from tickets.actions.registration import register_ticket
from tickets.forms import TicketForm
from tickets.kinds import Source, TicketType
from tickets.model import Holding
from tickets.platforms.actions import add_platform
from tickets.settings import TicketOffice

DISTRICTS, STREETS, DEPARTMENTS = 12, 15, 60
CHAPTERS, TOPICS = 12, 20
AGENTS, WINDOWS = 150, 120


@dataclass(frozen=True)
class RatedCity:
    """Ids of whom and what its rows may name; `districts` hold their streets, which `units` has among the others."""

    districts: list[int]
    units: list[int]
    topics: list[int]
    agents: list[int]
    platforms: list[int]
    windows: list[int]

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


def found_rated_city(session: Session, *, now: datetime) -> RatedCity:
    """With one ticket, the model of the others."""
    districts, units = _units(session)
    topics = _topics(session)
    agents = [_agent(session, units[0], n) for n in range(AGENTS)]
    platforms = [
        add_platform(session, code=f"hall{n}", name=f"政务大厅{n}", write_back_url="", now=now).id for n in (1, 2)
    ]
    windows = _windows(session, platforms, units, now)
    place = add_place(session, code="P1", name="朝阳区").id
    form = TicketForm(
        text="南湖小区三号楼暖气不热。",
        topic_id=topics[0],
        place_id=place,
        type=TicketType.HELP,
        phone="13812345678",
    )
    register_ticket(session, form, source=Source.PHONE, by=SYSTEM, office=TicketOffice(phone_key=PHONE_KEY), now=now)
    ticket_id, unit_id = 1, units[0]
    session.add(Holding(ticket_id=ticket_id, unit_id=unit_id, rework_no=0, dispatched_at=now, dispatched_by="系统"))
    session.flush()
    assert session.scalar(select(Holding.id)) == 1  # what every made-up reply says it was written under
    return RatedCity(districts, units, topics, agents, platforms, windows)


def _units(session: Session) -> tuple[list[int], list[int]]:
    districts, units = [], []
    for n in range(DISTRICTS):
        district = add_unit(session, code=f"d{n}", name=f"{n + 1}区", kind=UnitKind.DISTRICT).id
        districts.append(district)
        units += [
            add_unit(
                session, code=f"d{n}s{s}", name=f"{n + 1}区{s + 1}街道", kind=UnitKind.STREET, parent_id=district
            ).id
            for s in range(STREETS)
        ]
    units += [
        add_unit(session, code=f"b{n}", name=f"市级部门{n + 1}", kind=UnitKind.CITY_DEPARTMENT).id
        for n in range(DEPARTMENTS)
    ]
    return districts, [*districts, *units]


def _topics(session: Session) -> list[int]:
    topics: list[int] = []
    for n in range(CHAPTERS):
        chapter = add_topic(session, code=f"T{n}", name=f"类别{n + 1}").id
        topics += [
            add_topic(session, code=f"T{n}.{t}", name=f"事项{t + 1}", parent_id=chapter).id for t in range(TOPICS)
        ]
    return topics


def _agent(session: Session, unit_id: int, n: int) -> int:
    return add_person(
        session, unit_id=unit_id, account=f"a{n}", name=f"话务员{n + 1}", staff_number=f"A{n:03}", roles=[Role.AGENT]
    ).id


def _windows(session: Session, platforms: list[int], units: list[int], now: datetime) -> list[int]:
    """The n-th of all is of platform n % 2 and of the n-th unit from the end."""
    made = [
        CounterWindow(
            platform_id=platforms[n % 2],
            unit_id=units[-1 - n % DEPARTMENTS],
            number=f"{n:03}",
            name=f"{n} 号",
            added_at=now,
        )
        for n in range(WINDOWS)
    ]
    session.add_all(made)
    session.flush()
    return [window.id for window in made]
