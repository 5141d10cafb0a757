"""The line of the catalogue says how long a ticket may take and how urgent it is at least, however it gets there."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from tests.tickets.making import OFFICE, City
from tickets.actions.automatic import dispatch_automatically
from tickets.actions.catalogue import add_catalogue_line
from tickets.actions.correcting import correct_ticket
from tickets.actions.dispatching import confer, dispatch_ticket
from tickets.actions.due_times import compute_clocks
from tickets.actions.ruling import rule
from tickets.catalogue import catalogue_line_for
from tickets.clocks import moment_zh
from tickets.errors import RepeatWithoutFact
from tickets.kinds import TicketType, Urgency
from tickets.model import HistoryLine, Holding, Ticket
from tickets.profiles import load_clocks
from tickets.queries.desk import promise_for
from tickets.queries.dispatching import dispatch_cards

#: from 2026-10-13: 疑难 15 working days, 投诉 7
COMPLEX, ORDINARY = "11-03 24:00", "10-22 24:00"


@pytest.fixture
def city(session: Session) -> City:
    city = City(session)
    add_catalogue_line(
        session, topic_id=city.road_topic.id, unit_id=city.roads.id, basis="目录 4.1", limit_class="complex"
    )
    return city


def make_urgent_line(city: City) -> None:
    add_catalogue_line(
        city.session,
        topic_id=city.road_topic.id,
        place_id=city.chaoyang.id,
        unit_id=city.roads.id,
        urgency=Urgency.URGENT,
    )


def dues(ticket: Ticket) -> tuple[str, str]:
    assert ticket.citizen_due_at is not None
    assert ticket.unit_due_at is not None
    return moment_zh(ticket.citizen_due_at), moment_zh(ticket.unit_due_at)


def still_the_same_when_computed_again(session: Session, ticket: Ticket) -> bool:
    before = dues(ticket)
    compute_clocks(session, ticket, load_clocks(session, OFFICE.profile))
    return dues(ticket) == before


def by_hand(city: City, ticket: Ticket, now: datetime) -> None:
    dispatch_ticket(
        city.session,
        ticket.id,
        unit_id=city.roads.id,
        topic_id=city.road_topic.id,
        by=city.dispatcher,
        office=OFFICE,
        now=now,
    )


def by_itself(city: City, ticket: Ticket, now: datetime) -> None:
    ticket.topic, ticket.topic_id = city.road_topic, city.road_topic.id
    line = catalogue_line_for(city.session, ticket.topic_id, ticket.place, now=now)
    assert line is not None
    dispatch_automatically(city.session, ticket, line=line, reason="自动派单", model_name="m", office=OFFICE, now=now)


def by_ruling(city: City, ticket: Ticket, now: datetime) -> None:
    version = ticket.version
    correct_ticket(
        city.session,
        ticket.id,
        {"topic_id": city.road_topic.id},
        version=version,
        by=city.agent,
        office=OFFICE,
        now=now,
    )
    confer(city.session, ticket.id, by=city.dispatcher, now=now, reason="目录未列明")
    rule(city.session, ticket.id, unit_id=city.roads.id, by=city.supervisor, office=OFFICE, now=now, reason="由其承办")


WAYS = pytest.mark.parametrize("send", [by_hand, by_itself, by_ruling])


@WAYS
def test_both_clocks_have_the_class_of_the_line_however_the_ticket_is_sent(
    session: Session, city: City, now: datetime, send: object
) -> None:
    ticket = city.listed(now, type=TicketType.COMPLAINT)

    send(city, ticket, now)  # type: ignore[operator]

    assert dues(ticket) == (COMPLEX, COMPLEX)
    assert still_the_same_when_computed_again(session, ticket)


def test_a_ticket_registered_under_a_topic_has_the_class_of_its_line_at_once(city: City, now: datetime) -> None:
    ticket = city.registered(now, type=TicketType.COMPLAINT, topic_id=city.road_topic.id)

    assert ticket.citizen_due_at is not None
    assert moment_zh(ticket.citizen_due_at) == COMPLEX


def test_a_topic_without_a_class_takes_the_class_of_the_line_before_away(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.listed(now, type=TicketType.COMPLAINT, topic_id=city.road_topic.id)

    dispatch_ticket(
        session,
        ticket.id,
        unit_id=city.heating.id,
        topic_id=city.topic.id,
        by=city.dispatcher,
        office=OFFICE,
        now=now,
    )

    assert dues(ticket) == (ORDINARY, ORDINARY)


def test_a_card_and_the_desk_say_the_date_that_sending_brings(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now, type=TicketType.COMPLAINT, topic_id=city.road_topic.id)

    (card,) = dispatch_cards(session, ticket.number, by=city.dispatcher, profile=OFFICE.profile, now=now).cards
    promise = promise_for(
        session,
        topic_id=city.road_topic.id,
        place_id=city.nanhu.id,
        type_=TicketType.COMPLAINT,
        urgency=Urgency.NORMAL,
        profile=OFFICE.profile,
        now=now,
    )

    assert card.due.at is not None
    assert promise.due.at is not None
    assert (moment_zh(card.due.at), moment_zh(promise.due.at)) == (COMPLEX, COMPLEX)


def test_a_line_makes_its_tickets_as_urgent_as_it_says(session: Session, city: City, now: datetime) -> None:
    make_urgent_line(city)

    ticket = city.registered(now, topic_id=city.road_topic.id)

    assert ticket.urgency is Urgency.URGENT
    assert ticket.citizen_due_at == now + timedelta(hours=24)
    line = session.scalars(select(HistoryLine).filter_by(ticket_id=ticket.id, action="urgency_raised")).one()
    assert line.reason == "派单目录规定此类诉求至少为紧急"


@WAYS
def test_a_ticket_becomes_as_urgent_as_its_line_says_when_it_is_sent(
    session: Session, city: City, now: datetime, send: object
) -> None:
    make_urgent_line(city)
    ticket = city.listed(now)

    send(city, ticket, now)  # type: ignore[operator]

    assert ticket.urgency is Urgency.URGENT
    holding = session.get_one(Holding, ticket.holding_id)
    assert holding.sign_due_at == now + timedelta(minutes=30)
    assert ticket.citizen_due_at == now + timedelta(hours=24)


def test_what_is_more_urgent_than_its_line_stays_so(city: City, now: datetime) -> None:
    make_urgent_line(city)

    assert city.registered(now, topic_id=city.road_topic.id, urgency=Urgency.CRITICAL).urgency is Urgency.CRITICAL


def test_nobody_makes_a_ticket_less_urgent_than_its_line_says(session: Session, city: City, now: datetime) -> None:
    make_urgent_line(city)
    ticket = city.registered(now, topic_id=city.road_topic.id)
    changes = {"urgency": Urgency.NORMAL}

    with pytest.raises(Invalid) as refused:
        correct_ticket(session, ticket.id, changes, version=ticket.version, by=city.agent, office=OFFICE, now=now)

    assert refused.value.faults == [(("body", "urgency"), "urgency_below_catalogue", "派单目录规定此类诉求至少为紧急")]


def test_a_corrected_place_brings_the_line_of_that_place(session: Session, city: City, now: datetime) -> None:
    make_urgent_line(city)
    elsewhere = {"place_id": None, "place_text": "全市", "no_place_reason": "市民不便透露"}
    ticket = city.registered(now, topic_id=city.road_topic.id, **elsewhere)
    before = ticket.urgency

    correct_ticket(
        session,
        ticket.id,
        {"place_id": city.nanhu.id},
        version=ticket.version,
        by=city.agent,
        office=OFFICE,
        now=now,
    )

    assert (before, ticket.urgency) == (Urgency.NORMAL, Urgency.URGENT)


def test_a_repeat_is_not_ruled_on_without_a_new_fact(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)
    ticket.repeat_of_id = city.answered(now).id
    confer(session, ticket.id, by=city.dispatcher, now=now, reason="又来一次")
    ruling = {"unit_id": city.heating.id, "by": city.supervisor, "office": OFFICE, "now": now, "reason": "由其承办"}

    with pytest.raises(RepeatWithoutFact):
        rule(session, ticket.id, **ruling)  # type: ignore[arg-type]

    assert rule(session, ticket.id, **ruling, new_fact="管道又破了").unit_id == city.heating.id  # type: ignore[arg-type]
