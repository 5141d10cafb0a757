"""The citizen's clock as pages show it: nothing runs on a matter in which nobody owes anything any more."""

from datetime import datetime

from sqlalchemy.orm import Session

from tests.api.wishes import one_in_each_state
from tests.tickets.making import City
from tickets.queries.access import ticket_by_number
from tickets.rules import State
from web.ticket_views import citizen_clock


def test_the_citizens_clock_stands_once_the_matter_is_answered_or_at_its_end(session: Session, now: datetime) -> None:
    city = City(session)
    made = one_in_each_state(session, city, now)

    clocks = {
        state: citizen_clock(ticket_by_number(session, number, city.supervisor)) for state, number in made.items()
    }

    assert {state for state, clock in clocks.items() if clock.stopped_at is not None} == {
        State.ANSWERED,
        State.REJECTED,
        State.TRANSFERRED,
        State.TERMINATED,
        State.WITHDRAWN,
        State.TO_CALLBACK,
        State.CLOSED,
        State.ARCHIVED,
    }
