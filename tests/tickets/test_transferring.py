"""转出: another house takes a matter over, and who acknowledged that stands in the history."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from tests.tickets.making import OFFICE, City
from tickets.actions.side_paths import Course, acknowledge_transfer, transfer_ticket
from tickets.model import HistoryLine, Ticket
from tickets.rules import Action, State


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def transferred(city: City, now: datetime) -> Ticket:
    course = Course(city.dispatcher, OFFICE, now)
    return transfer_ticket(city.session, city.listed(now).id, to="邻市热线", accepted_by="", course=course)


def test_who_acknowledged_a_transfer_stands_in_the_history(session: Session, city: City, now: datetime) -> None:
    ticket = transferred(city, now)
    later = Course(city.dispatcher, OFFICE, now + timedelta(hours=2))

    acknowledge_transfer(session, ticket.id, accepted_by="转办函〔2026〕18号", note="已当面交接", course=later)

    last = session.scalars(select(HistoryLine).where(HistoryLine.action == Action.ACKNOWLEDGE)).one()
    assert (last.reason, last.particulars) == ("已当面交接", {"accepted_by": "转办函〔2026〕18号"})
    assert (ticket.state, ticket.archived_at) == (State.ARCHIVED, later.now)


@pytest.mark.parametrize("nobody", ["", " \u3000", "\u200b"])
def test_a_transfer_is_not_acknowledged_by_nobody(session: Session, city: City, now: datetime, nobody: str) -> None:
    ticket = transferred(city, now)

    with pytest.raises(Invalid) as refused:
        acknowledge_transfer(session, ticket.id, accepted_by=nobody, course=Course(city.dispatcher, OFFICE, now))

    assert [(field, code) for field, code, _ in refused.value.faults] == [
        (("body", "accepted_by"), "accepted_by_missing")
    ]
    assert ticket.state is State.TRANSFERRED
