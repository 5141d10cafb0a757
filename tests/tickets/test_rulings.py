"""A ruling decides one dispute, speaks to the next like it, and may become the rule."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from nlp.classifier import Suggestions
from staff.rules import SYSTEM, Actor
from tests.tickets.making import OFFICE, City
from tickets.actions.dispatching import confer, dispatch_ticket
from tickets.actions.handling import approve_return, return_ticket
from tickets.actions.ruling import put_into_catalogue, rule
from tickets.actions.suggesting import NO_MODEL, record_suggestion
from tickets.catalogue import catalogue_line_for
from tickets.errors import RoleRefused, RulingInCatalogue
from tickets.guard_errors import AlreadyRuled, ConferenceRequired
from tickets.kinds import Secrecy
from tickets.model import Ruling, Ticket
from tickets.queries.dispatching import dispatch_cards
from tickets.queries.rulings import rulings, rulings_for


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def ruled(session: Session, city: City, now: datetime) -> Ticket:
    """The heating company gave it back, and the roads bureau has it by ruling."""
    ticket = city.dispatched(now)
    return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)
    approve_return(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)
    confer(session, ticket.id, by=city.dispatcher, now=now, reason="职责存在争议")
    rule(session, ticket.id, unit_id=city.roads.id, by=city.supervisor, office=OFFICE, now=now, reason="按三定方案")
    session.flush()
    return ticket


def only(session: Session) -> Ruling:
    return rulings(session, by=SYSTEM)[0]


def test_a_ruling_keeps_who_had_refused_and_has_a_number(session: Session, city: City, now: datetime) -> None:
    ticket = ruled(session, city, now)

    found = only(session)

    assert (found.number, found.ticket_id, found.unit_id) == ("裁〔2026〕1号", ticket.id, city.roads.id)
    assert found.refused_by == [city.heating.id]


def test_who_lost_the_second_dispute_is_among_those_that_had_refused(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.dispatched(now)
    return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)
    approve_return(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)
    by = city.dispatcher
    dispatch_ticket(session, ticket.id, unit_id=city.roads.id, by=by, office=OFFICE, now=now, reason="改派")
    return_ticket(session, ticket.id, city.return_form(), by=city.roads_officer, now=now)
    with pytest.raises(ConferenceRequired):
        approve_return(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)
    confer(session, ticket.id, by=city.dispatcher, now=now, reason="两家都不认")

    rule(session, ticket.id, unit_id=city.district.id, by=city.supervisor, office=OFFICE, now=now, reason="属地兜底")
    session.flush()

    assert only(session).refused_by == sorted([city.heating.id, city.roads.id])


def test_what_was_ruled_is_not_returned_again(session: Session, city: City, now: datetime) -> None:
    ticket = ruled(session, city, now)

    with pytest.raises(AlreadyRuled):
        return_ticket(session, ticket.id, city.return_form(), by=city.roads_officer, now=now)


def test_the_next_ticket_like_it_shows_the_ruling_at_its_proposal(session: Session, city: City, now: datetime) -> None:
    ruled(session, city, now)
    fresh = city.listed(now)
    record_suggestion(session, fresh.id, Suggestions(NO_MODEL), office=OFFICE, now=now)
    session.flush()

    cards = dispatch_cards(session, fresh.number, by=city.dispatcher, profile=OFFICE.profile, now=now).cards

    assert [(card.unit.id, card.ruled_out, card.ruled_in) for card in cards] == [(city.heating.id, "裁〔2026〕1号", "")]


def test_a_ruling_of_another_place_says_nothing_here(session: Session, city: City, now: datetime) -> None:
    ruled(session, city, now)

    assert len(rulings_for(session, [city.topic.id], city.nanhu, by=city.officer)) == 1
    assert list(rulings_for(session, [city.topic.id], city.chaoyang, by=city.officer)) == []
    assert list(rulings_for(session, [city.road_topic.id], city.nanhu, by=city.officer)) == []


def test_a_ruling_becomes_the_line_of_its_place_once(session: Session, city: City, now: datetime) -> None:
    ruled(session, city, now)
    found = only(session)

    put_into_catalogue(session, found.id, whole_city=False, by=city.supervisor, now=now)
    session.flush()

    line = catalogue_line_for(session, city.topic.id, city.nanhu, now=now)
    elsewhere = catalogue_line_for(session, city.topic.id, None, now=now)
    assert line is not None
    assert elsewhere is not None
    assert (line.unit_id, line.basis) == (city.roads.id, "裁〔2026〕1号")
    assert elsewhere.unit_id == city.heating.id
    with pytest.raises(RulingInCatalogue):
        put_into_catalogue(session, found.id, whole_city=False, by=city.supervisor, now=now)


def test_for_the_whole_city_the_old_line_is_retired(session: Session, city: City, now: datetime) -> None:
    ruled(session, city, now)

    put_into_catalogue(session, only(session).id, whole_city=True, by=city.supervisor, now=now)
    session.flush()

    line = catalogue_line_for(session, city.topic.id, city.chaoyang, now=now)
    assert line is not None
    assert line.unit_id == city.roads.id


def test_only_a_supervisor_changes_the_catalogue_by_ruling(session: Session, city: City, now: datetime) -> None:
    ruled(session, city, now)

    with pytest.raises(RoleRefused):
        put_into_catalogue(session, only(session).id, whole_city=True, by=city.dispatcher, now=now)


def test_rulings_are_found_by_words_and_topic(session: Session, city: City, now: datetime) -> None:
    ruled(session, city, now)

    assert len(rulings(session, by=SYSTEM, text="三定")) == 1
    assert len(rulings(session, by=SYSTEM, topic_id=city.topic.parent_id)) == 1
    assert list(rulings(session, by=SYSTEM, text="没有的词")) == []


def test_a_ruling_on_a_matter_that_is_kept_from_a_person_is_no_precedent_for_them(
    session: Session, city: City, now: datetime
) -> None:
    ticket = ruled(session, city, now)
    ticket.secrecy, ticket.accused_unit_id = Secrecy.FROM_ACCUSED, city.heating.id

    def precedents(by: Actor) -> list[int]:
        found = rulings_for(session, [city.topic.id], city.nanhu, by=by)
        listed = rulings(session, by=by)
        assert list(found) == list(listed)
        return [one.ticket_id for one in found]

    assert precedents(city.officer) == []
    assert precedents(city.roads_officer) == precedents(city.supervisor) == [ticket.id]
