"""A write has its ticket to itself, as it stands when its turn comes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from bench.served import counted_sql
from core.database import Database
from tests.tickets.making import City
from tickets.actions.writing import locked_ticket
from tickets.model import Ticket

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def test_a_ticket_is_locked_and_read_with_topic_place_and_unit_in_two_statements(
    database: Database, now: datetime
) -> None:
    city: City = database.write(City)
    number = database.write(_dispatched, city, now)

    with counted_sql(database) as statements:
        named = database.write(lambda session: _names(locked_ticket(session, number, city.officer)))

    assert named == ("供暖不热", "南湖小区", "市供热公司")
    assert len(statements) == 2, statements


def _dispatched(session: Session, city: City, now: datetime) -> str:
    return City.session_of(session, city).dispatched(now).number


def _names(ticket: Ticket) -> tuple[str | None, ...]:
    return tuple(one.name if one is not None else None for one in (ticket.topic, ticket.place, ticket.unit))


def test_whoever_waited_for_a_ticket_sees_the_unit_that_it_went_to_meanwhile(database: Database, now: datetime) -> None:
    city: City = database.write(City)
    number = database.write(_dispatched, city, now)
    held = threading.Event()

    def move(session: Session) -> None:
        locked_ticket(session, number, city.dispatcher)
        held.set()
        while not database.settings.is_sqlite and not database.read(lambda reading: reading.scalar(WAITING)):
            continue  # SQLite's only writer begins the next write after this one
        session.execute(update(Ticket).where(Ticket.number == number).values(unit_id=city.roads.id))

    def look() -> tuple[str | None, ...]:
        held.wait()
        return database.write(lambda session: _names(locked_ticket(session, number, city.dispatcher)))

    with ThreadPoolExecutor(2) as threads:
        moving, looking = threads.submit(database.write, move), threads.submit(look)
        moving.result()

        assert looking.result()[-1] == "市城管局"
