"""今日到期, 已超期 and 待签收: each figure of the inbox's head opens exactly the rows that it counts."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from staff.rules import Actor, Role
from tests.tickets.making import OFFICE, City
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import return_ticket, sign_ticket
from tickets.actions.recusing import recuse
from tickets.actions.sending_down import Down, send_down
from tickets.model import Ticket
from tickets.queries.inbox import Figure, day_end, figure_list, inbox_head


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def of_district(city: City, now: datetime, *, due_at: datetime | None) -> Ticket:
    """Signed by the district, due then."""
    ticket = city.listed(now)
    dispatch_ticket(
        city.session, ticket.id, unit_id=city.district.id, by=city.dispatcher, office=OFFICE, now=now, reason="属地"
    )
    sign_ticket(city.session, ticket.id, by=city.district_officer, now=now)
    ticket.unit_due_at = due_at
    return ticket


def counted(session: Session, units: Collection[int], by: Actor, now: datetime) -> dict[Figure, int]:
    head = inbox_head(session, unit_id=next(iter(units)), by=by, now=now, reach=units)
    return {Figure.TO_SIGN: head.to_sign, Figure.DUE_TODAY: head.due_today, Figure.OVERDUE: head.overdue}


def listed(session: Session, units: Collection[int], by: Actor, now: datetime) -> dict[Figure, list[Ticket]]:
    return {
        figure: list(figure_list(session, figure, units=units, by=by, now=now, limit=100).listed.tickets)
        for figure in Figure
    }


def agree(session: Session, units: Collection[int], by: Actor, now: datetime) -> dict[Figure, list[Ticket]]:
    """The rows behind each figure, as many as it counts."""
    session.flush()
    rows = listed(session, units, by, now)
    assert {figure: len(found) for figure, found in rows.items()} == counted(session, units, by, now)
    return rows


def test_due_today_is_up_to_24_00_and_overdue_begins_with_the_limit(
    session: Session, city: City, now: datetime
) -> None:
    late = of_district(city, now, due_at=now)
    soon = of_district(city, now, due_at=now + timedelta(seconds=1))
    at_midnight = of_district(city, now, due_at=day_end(now))
    of_district(city, now, due_at=day_end(now) + timedelta(seconds=1))
    of_district(city, now, due_at=None)

    rows = agree(session, [city.district.id], city.district_officer, now)

    assert rows[Figure.DUE_TODAY] == [soon, at_midnight]
    assert rows[Figure.OVERDUE] == [late]


def test_what_was_sent_down_or_is_asked_back_is_still_owed_and_what_is_not_signed_as_well(
    session: Session, city: City, now: datetime
) -> None:
    below = of_district(city, now, due_at=now + timedelta(hours=3))
    send_down(session, below.id, Down(city.street.id, note="请入户"), by=city.district_officer, now=now)
    returned = city.dispatched(now)
    return_ticket(session, returned.id, city.return_form(), by=city.officer, now=now)
    unsigned = city.dispatched(now)
    returned.unit_due_at = unsigned.unit_due_at = now - timedelta(hours=1)

    own = agree(session, [city.district.id], city.district_officer, now)
    assert (own[Figure.DUE_TODAY], own[Figure.TO_SIGN]) == ([below], [])
    whole = agree(session, [city.district.id, city.street.id], city.district_officer, now)
    assert (whole[Figure.DUE_TODAY], whole[Figure.TO_SIGN]) == ([below], [below])
    heating = agree(session, [city.heating.id], city.officer, now)
    assert heating[Figure.OVERDUE] == [returned, unsigned]
    assert heating[Figure.TO_SIGN] == [unsigned]


def test_what_somebody_stepped_aside_from_is_neither_counted_nor_listed(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)
    ticket.unit_due_at = now - timedelta(hours=1)
    colleague = city.person("heating-2", Role.UNIT_OFFICER, unit=city.heating)
    recuse(session, ticket.id, person_id=city.officer.person_id or 0, reason="亲属", by=city.officer, now=now)

    assert agree(session, [city.heating.id], colleague, now)[Figure.OVERDUE] == [ticket]
    assert agree(session, [city.heating.id], city.officer, now)[Figure.OVERDUE] == []
