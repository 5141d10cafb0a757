"""Who gave what back to whom, and what nobody answers for."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.tickets.making import OFFICE, City
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import approve_return, return_ticket
from tickets.actions.recusing import recuse
from tickets.model import Recusal, Ticket
from tickets.queries.disputes import orphans, orphans_of, returned_between, tickets_returned

DAY = timedelta(days=1)


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def give_back(city: City, ticket: Ticket, now: datetime) -> None:
    return_ticket(city.session, ticket.id, city.return_form(), by=city.officer, now=now)
    approve_return(city.session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)


def send_to_roads(city: City, ticket: Ticket, now: datetime) -> None:
    dispatch_ticket(
        city.session, ticket.id, unit_id=city.roads.id, by=city.dispatcher, office=OFFICE, now=now, reason="改派"
    )


def test_each_pair_of_units_says_how_many_went_that_way(session: Session, city: City, now: datetime) -> None:
    for n in range(3):
        ticket = city.dispatched(now)
        give_back(city, ticket, now)
        if n < 2:
            send_to_roads(city, ticket, now)
    city.dispatched(now)

    found = returned_between(session, begins_at=now - DAY, ends_at=now + DAY)

    assert [(one.giver, one.taker, one.n) for one in found] == [("市供热公司", "市城管局", 2), ("市供热公司", None, 1)]


def test_behind_each_number_stand_its_tickets_and_none_that_is_kept_from_who_asks(
    session: Session, city: City, now: datetime
) -> None:
    went, waits, kept = (city.dispatched(now) for _ in range(3))
    for ticket in (went, waits, kept):
        give_back(city, ticket, now)
    send_to_roads(city, went, now)
    send_to_roads(city, kept, now)
    session.add(
        Recusal(
            ticket_id=kept.id,
            person_id=city.dispatcher.person_id or 0,
            reason="亲属",
            recused_at=now,
            recused_by="测试",
        )
    )
    session.flush()

    def behind(taker_id: int | None, days: int = 1) -> list[str]:
        stretch = {"begins_at": now - DAY, "ends_at": now + (days - 1) * DAY + timedelta(seconds=1)}
        found = tickets_returned(session, giver_id=city.heating.id, taker_id=taker_id, **stretch, by=city.dispatcher)
        return [ticket.number for ticket in found]

    assert behind(city.roads.id) == [went.number]
    assert behind(None) == [waits.number]
    assert behind(city.district.id) == behind(None, days=0) == []


def test_only_what_was_given_back_in_these_days_counts(session: Session, city: City, now: datetime) -> None:
    give_back(city, city.dispatched(now), now)

    assert returned_between(session, begins_at=now + DAY, ends_at=now + 2 * DAY) == []
    assert returned_between(session, begins_at=now - DAY, ends_at=now) == []


def test_unsure_and_twice_returned_tickets_are_grouped_by_topic_and_place(
    session: Session, city: City, now: datetime
) -> None:
    unsure = [city.listed(now + timedelta(minutes=n), topic_id=None) for n in range(2)]
    for ticket in unsure:
        ticket.is_uncertain = True
    often = city.listed(now)
    often.return_count = 2
    city.listed(now)
    session.flush()

    found = orphans(session, by=city.dispatcher)

    assert [(one.topic, one.place, one.n, one.returned) for one in found] == [
        (None, "朝阳区 › 南湖小区", 2, 0),
        ("城乡建设 › 供暖不热", "朝阳区 › 南湖小区", 1, 1),
    ]
    assert found[0].numbers == [ticket.number for ticket in unsure]


def test_behind_each_group_stand_all_its_tickets_and_none_that_is_kept_from_who_asks(
    session: Session, city: City, now: datetime
) -> None:
    unsure = [city.listed(now + timedelta(minutes=n)) for n in range(7)]
    nowhere = city.listed(now, topic_id=None, place_id=None, place_text="", no_place_reason="说不清")
    for ticket in (*unsure, nowhere):
        ticket.is_uncertain = True
    city.listed(now)
    session.flush()
    recuse(session, unsure[0].id, person_id=city.dispatcher.person_id or 0, reason="亲属", by=city.supervisor, now=now)

    groups = orphans(session, by=city.supervisor)
    behind = [
        [
            one.number
            for one in orphans_of(session, topic_id=group.topic_id, place_id=group.place_id, by=city.supervisor)
        ]
        for group in groups
    ]
    seen = orphans_of(session, topic_id=city.topic.id, place_id=city.nanhu.id, by=city.dispatcher)

    assert behind == [group.numbers for group in groups]
    assert behind == [[one.number for one in unsure], [nowhere.number]]
    assert [one.number for one in seen] == [one.number for one in unsure[1:]]


def test_what_has_been_sent_again_is_no_orphan(session: Session, city: City, now: datetime) -> None:
    ticket = city.dispatched(now)
    ticket.return_count = 2
    session.flush()

    assert orphans(session, by=city.dispatcher) == []
