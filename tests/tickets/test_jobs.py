"""What happens behind a ticket's back, through the job rows that the running server writes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.computer import Computer, ComputingTooLong
from core.database import Database
from core.jobs.runner import drain
from nlp.serving import SHIPPED_MODEL, suggest
from tests.api.test_access import SetClock
from tests.tickets.making import OFFICE, TEXT, City
from tickets.actions.catalogue import add_catalogue_line, record_topic
from tickets.jobs import PATIENCE
from tickets.model import Suggestion, Ticket, Topic
from tickets.rules import State
from tickets.settings import TicketOffice


class BrokenComputer(Computer):
    """A classifier that never answers."""

    def run(self, function: Callable[..., Any], /, *args: Any, **limits: Any) -> Any:
        raise ComputingTooLong


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
def city(open_database: Callable[..., Database], clock: SetClock) -> tuple[Database, City]:
    database = open_database(reactions=REACTIONS, clock=clock)
    return database, database.write(City)


def register(session: Session, city: City, now: datetime, **changes: object) -> int:
    return City.session_of(session, city).registered(now, **changes).id


def teach(session: Session, city: City, now: datetime) -> None:
    """The city's topic is the one that the shipped model names, and it has a record that allows to send."""
    code = suggest(TEXT).ranked[0].code
    topic = session.get_one(Topic, city.topic.id)
    topic.code = code
    record_topic(session, topic_id=topic.id, model_name=SHIPPED_MODEL, n=400, wrong=2, threshold=0.3, now=now)
    add_catalogue_line(session, topic_id=topic.id, unit_id=city.heating.id, place_id=city.nanhu.id, basis="目录 3.2.1")


def ticket_of(session: Session, ticket_id: int) -> Ticket:
    return session.get_one(Ticket, ticket_id)


def test_a_registered_matter_is_classified_and_sent_by_itself(
    city: tuple[Database, City], computer: Computer, now: datetime
) -> None:
    database, town = city
    database.write(teach, town, now)
    ticket_id = database.write(register, town, now, topic_id=None)

    drain(database, {Computer: computer, TicketOffice: OFFICE})

    ticket = database.read(ticket_of, ticket_id)
    assert (ticket.state, ticket.unit_id, ticket.topic_id) == (State.DISPATCHED, town.heating.id, town.topic.id)


def test_without_a_record_it_waits_for_a_dispatcher(
    city: tuple[Database, City], computer: Computer, now: datetime
) -> None:
    database, town = city
    ticket_id = database.write(register, town, now)

    drain(database, {Computer: computer, TicketOffice: OFFICE})

    assert database.read(ticket_of, ticket_id).state is State.TO_DISPATCH


def test_a_classifier_that_fails_keeps_no_ticket_from_the_list(
    city: tuple[Database, City], clock: SetClock, now: datetime
) -> None:
    database, town = city
    ticket_id = database.write(register, town, now)
    services = {Computer: BrokenComputer(), TicketOffice: OFFICE}

    for _ in range(PATIENCE):
        drain(database, services)
        clock.moment += timedelta(minutes=5)

    assert database.read(ticket_of, ticket_id).state is State.TO_DISPATCH
    assert database.read(lambda session: session.scalars(select(Suggestion.reason)).one()) == "自动分类暂不可用"
