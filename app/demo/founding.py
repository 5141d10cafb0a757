"""Founding the demo city: units, people, topics, places, catalogue and seats, through the domain's actions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.demo.city import City
from app.demo.numbers import officer_mobile
from app.demo.records import Record
from nlp.serving import SHIPPED_MODEL
from nlp.topics import TopicTree
from staff.actions import add_person, add_unit
from staff.queries import actor_by_id
from staff.rules import SYSTEM, Actor, Role
from telephony.rules import SeatKind
from telephony.seats import add_seat
from telephony.settings import TelephonySettings
from tickets.actions.catalogue import add_catalogue_line, add_place, add_topic, record_topic
from tickets.actions.legal_bases import make_legal_basis
from tickets.actions.wordings import set_guide
from tickets.kinds import Urgency

#: seats of the queue; the shipped exchange configuration makes telephones 8001 to 8040
SEATS = tuple(str(8001 + number) for number in range(12))


@dataclass
class Founded:
    """Ids by the codes of the city's files, and its people as actors."""

    units: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    unit_of_account: dict[str, str] = field(default_factory=dict)

    def with_role(self, role: Role) -> list[Actor]:
        """People of that role in the order of the file."""
        return [actor for actor in self.people.values() if role in actor.roles]

    def officer(self, unit_id: int) -> Actor:
        """The unit's own officer."""
        return next(actor for actor in self.with_role(Role.UNIT_OFFICER) if actor.unit_id == unit_id)


def found_city(session: Session, city: City, tree: TopicTree, *, password_hash: str) -> Founded:
    """Everybody and everything that is there before the first call."""
    founded = Founded()
    _add_units(session, city, founded)
    for line in city.people:
        person = add_person(
            session,
            unit_id=founded.units[line.unit],
            account=line.account,
            name=line.name,
            staff_number=line.staff_number,
            roles=line.roles,
            password_hash=password_hash,
        )
        if line.roles == (Role.UNIT_OFFICER,):
            person.mobile_phone = officer_mobile(len(founded.people))
        founded.people[line.account] = actor_by_id(session, person.id)
        founded.unit_of_account[line.account] = line.unit
    for place in city.places:
        parent_id = founded.places[place.parent] if place.parent else None
        founded.places[place.code] = add_place(session, code=place.code, name=place.name, parent_id=parent_id).id
    _add_topics(session, city, tree, founded)
    _add_catalogue(session, city, founded)
    return founded


def add_seats(session: Session, telephony: TelephonySettings, *, now: datetime) -> None:
    """Places that take calls, signed out."""
    for number in SEATS:
        add_seat(
            session,
            number=number,
            node=telephony.node,
            interface=f"PJSIP/{number}",
            kind=SeatKind.BROWSER,
            queue=telephony.queue,
            now=now,
        )


def record_topics(session: Session, founded: Founded, records: Mapping[str, Record], *, measured_at: datetime) -> None:
    """How the shipped model did on the demo city's past tickets, topic by topic."""
    for code, record in records.items():
        record_topic(
            session,
            topic_id=founded.topics[code],
            model_name=SHIPPED_MODEL,
            n=record.n,
            wrong=record.wrong,
            threshold=record.threshold,
            now=measured_at,
        )


def _add_units(session: Session, city: City, founded: Founded) -> None:
    for line in city.units:
        unit = add_unit(
            session,
            code=line.code,
            name=line.name,
            short_name=line.short_name,
            kind=line.kind,
            parent_id=founded.units[line.parent] if line.parent else None,
        )
        founded.units[line.code] = unit.id


def write_guides(session: Session, city: City, founded: Founded, *, now: datetime) -> None:
    """What agents ask and say of the commonest matters."""
    for line in city.guides:
        topic_id = founded.topics[line.topic]
        set_guide(session, topic_id, questions=line.questions, script=line.script, by=SYSTEM, now=now)


def list_bases(session: Session, city: City, founded: Founded, *, now: datetime) -> None:
    """The clauses that a unit may found a return on."""
    keeper = founded.with_role(Role.SUPERVISOR)[0]
    for form in city.bases:
        make_legal_basis(session, form, by=keeper, now=now)


def _add_topics(session: Session, city: City, tree: TopicTree, founded: Founded) -> None:
    limit_classes = {line.topic: line.limit_class for line in city.catalogue}
    for topic in tree.topics:
        parent_id = None
        for level, name in enumerate(topic.path, start=1):
            code = topic.code[: 2 * level]
            if code not in founded.topics:
                limit_class = limit_classes.get(code, "")
                added = add_topic(session, code=code, name=name, parent_id=parent_id, limit_class=limit_class)
                founded.topics[code] = added.id
            parent_id = founded.topics[code]


def _add_catalogue(session: Session, city: City, founded: Founded) -> None:
    for line in city.catalogue:
        urgency = Urgency.URGENT if line.topic in city.urgent_topics else None
        whole_city = [(None, line.unit)] if line.unit else []
        for place, unit in (*whole_city, *line.by_place.items()):
            add_catalogue_line(
                session,
                topic_id=founded.topics[line.topic],
                unit_id=founded.units[unit],
                place_id=founded.places[place] if place else None,
                urgency=urgency,
                basis=line.basis,
            )
