"""The dispatch list: least time left first, of equal limits the more urgent; so are its pages and 取下一件."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.tickets.making import City
from tickets.actions.claims import take_next
from tickets.errors import BadCursor
from tickets.kinds import Urgency
from tickets.model import Ticket
from tickets.queries.dispatching import dispatch_list

NORMAL, URGENT, CRITICAL = Urgency


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def waiting(session: Session, city: City, now: datetime, *kinds: tuple[Urgency, float | None]) -> list[Ticket]:
    """Waiting tickets of these urgencies, each with so many hours left; None: past the calendar."""
    tickets = []
    for urgency, hours in kinds:
        ticket = city.listed(now, urgency=urgency)
        ticket.step_due_at = None if hours is None else now + timedelta(hours=hours)
        tickets.append(ticket)
    session.flush()
    return tickets


def read(session: Session, city: City, now: datetime, *, limit: int) -> list[str]:
    """Every page, one after the other."""
    seen: list[str] = []
    after: str | None = None
    while True:
        page = dispatch_list(session, by=city.dispatcher, now=now, after=after, limit=limit)
        seen += [row.ticket.number for row in page.rows]
        if page.next is None:
            return seen
        after = page.next


@pytest.mark.parametrize("limit", [1, 2, 3, 25])
def test_of_equal_limits_the_more_urgent_comes_first_on_every_page(
    session: Session, city: City, now: datetime, limit: int
) -> None:
    kinds = (
        (NORMAL, 4), (CRITICAL, 4), (URGENT, 4), (CRITICAL, 4), (NORMAL, 1), (CRITICAL, 8), (NORMAL, None),
        (URGENT, None), (CRITICAL, None),
    )  # fmt: skip
    a, b, c, d, first, last, past, past_urgent, past_critical = waiting(session, city, now, *kinds)

    seen = read(session, city, now, limit=limit)

    ordered = [first, b, d, c, a, last, past_critical, past_urgent, past]
    assert seen == [ticket.number for ticket in ordered]


def test_the_next_one_is_the_first_of_the_list(session: Session, city: City, now: datetime) -> None:
    waiting(session, city, now, (NORMAL, 4), (CRITICAL, 4), (URGENT, 2), (URGENT, 4), (NORMAL, None))
    listed = read(session, city, now, limit=25)

    taken = [take_next(session, by=city.dispatcher, now=now) for _ in range(5)]

    assert [ticket.number for ticket in taken if ticket is not None] == listed


@pytest.mark.parametrize("cursor", ["~1~x", "~1~2~3", "x~1~0", "~0~0"])
def test_a_cursor_that_we_did_not_give_out_is_refused(session: Session, city: City, now: datetime, cursor: str) -> None:
    with pytest.raises(BadCursor):
        dispatch_list(session, by=city.dispatcher, now=now, after=cursor)
