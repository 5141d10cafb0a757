"""加入此事: an agent registers one more caller of a known matter straight under its ticket."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from tests.tickets.making import OFFICE, City
from tickets.actions.courses import Destination, Way, register_and_go
from tickets.actions.registration import register_ticket
from tickets.actions.side_paths import Course
from tickets.errors import MergeRefused
from tickets.kinds import Source
from tickets.model import Ticket
from tickets.rules import State


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def join(session: Session, city: City, now: datetime, parent: str | None) -> Ticket:
    def register(session: Session) -> Ticket:
        form = city.form(phone="13912345678")
        return register_ticket(session, form, source=Source.PHONE, by=city.agent, office=OFFICE, now=now)

    way = Way(Destination.JOIN, parent=parent)
    return register_and_go(session, register, way, course=Course(city.agent, OFFICE, now))


def test_one_more_caller_joins_a_matter_that_a_unit_already_has(session: Session, city: City, now: datetime) -> None:
    parent = city.signed(now)

    joined = join(session, city, now, parent.number)

    assert (joined.state, joined.parent_id) == (State.MERGED, parent.id)
    assert (joined.caller_name, joined.citizen_due_at is not None) == ("张三", True)
    assert parent.child_count == 1


def test_a_matter_that_is_answered_meanwhile_takes_nobody_in_and_nothing_is_registered(
    session: Session, city: City, now: datetime
) -> None:
    parent = city.answered(now)
    before = session.scalars(select(Ticket.id)).all()

    with pytest.raises(MergeRefused), session.begin_nested():
        join(session, city, now, parent.number)

    assert session.scalars(select(Ticket.id)).all() == before


def test_joining_names_the_matter(session: Session, city: City, now: datetime) -> None:
    with pytest.raises(Invalid):
        join(session, city, now, None)
