"""What is looked for in the unit's inbox and on the dispatch list: words, numbers and facts, within the tab or chip."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from nlp.search_words import sought_words, words_of
from nlp.tokenizer import open_tokenizer
from staff.rules import Actor
from tests.tickets.making import OFFICE, TEXT, City
from tests.tickets.test_list_plans import copy_for, is_sqlite, plans_asked
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.indexing import index_ticket
from tickets.actions.recusing import recuse
from tickets.actions.sending_down import Down, send_down
from tickets.errors import BadCursor
from tickets.kinds import Secrecy, TicketType, Urgency
from tickets.model import Ticket
from tickets.queries.dispatching import Chip, dispatch_list
from tickets.queries.inbox import Figure, Tab, figure_list, inbox_head, inbox_list
from tickets.queries.lists import Filters
from tickets.queries.paging import Listed
from tickets.queries.search import text_to_index

TOKENIZER = open_tokenizer(words=["南湖小区"])
PIT = {"title": "路面塌陷", "text": "人民广场东侧路面塌陷，有一个大坑。", "place_text": "人民广场", "place_id": None}


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def indexed(session: Session, ticket: Ticket) -> Ticket:
    session.flush()
    index_ticket(session, ticket.id, words_of(text_to_index(session, ticket.id), TOKENIZER), key=OFFICE.phone_key)
    return ticket


def wish(text: str = "", **facts: Any) -> Filters:
    return Filters(text=text, words=sought_words(text, TOKENIZER), **facts)


def page(city: City, tab: Tab, filters: Filters, now: datetime, *, by: Actor | None = None, **how: Any) -> Listed:
    return inbox_list(
        city.session,
        unit_id=city.heating.id,
        by=by or city.officer,
        tab=tab,
        now=now,
        filters=filters,
        phone_key=OFFICE.phone_key,
        **how,
    ).listed


def found(city: City, tab: Tab, filters: Filters, now: datetime, **how: Any) -> list[Ticket]:
    return list(page(city, tab, filters, now, **how).tickets)


def test_words_and_numbers_find_within_the_tab_and_the_head_counts_on_as_before(
    session: Session, city: City, now: datetime
) -> None:
    cold = indexed(session, city.signed(now))
    pit = indexed(session, city.signed(now, **PIT, phone="13900005678"))
    unsigned = indexed(session, city.dispatched(now, phone="13800000001"))

    for text in ("暖气不热", "不热 南湖小区", cold.number, cold.number[-6:], "13812345678", "１３８ 1234 5678"):
        assert found(city, Tab.IN_PROGRESS, wish(text), now) == [cold], text
    assert found(city, Tab.IN_PROGRESS, wish("塌陷"), now) == [pit]
    assert set(found(city, Tab.IN_PROGRESS, wish("5678"), now)) == {cold, pit}
    assert found(city, Tab.TO_SIGN, wish("暖气"), now) == [unsigned]
    assert found(city, Tab.TO_SIGN, wish("塌陷"), now) == []
    assert found(city, Tab.DONE, wish("暖气"), now) == []
    assert page(city, Tab.IN_PROGRESS, wish("暖气"), now).n == 1
    head = inbox_head(session, unit_id=city.heating.id, by=city.officer, now=now)
    assert (head.tabs[Tab.IN_PROGRESS], head.tabs[Tab.TO_SIGN]) == (2, 1)


def test_what_holds_neither_words_nor_digits_finds_nothing(session: Session, city: City, now: datetime) -> None:
    indexed(session, city.signed(now))

    assert page(city, Tab.IN_PROGRESS, wish("，。！"), now).n == 0
    assert found(city, Tab.IN_PROGRESS, wish(), now) != []


def test_facts_narrow_a_tab_alone_and_together(session: Session, city: City, now: datetime) -> None:
    cold = indexed(session, city.signed(now))
    pit = indexed(session, city.signed(now, **PIT, type=TicketType.COMPLAINT, urgency=Urgency.URGENT))
    pit.topic_id = city.road_topic.id
    session.flush()

    assert found(city, Tab.IN_PROGRESS, wish(types=[TicketType.COMPLAINT]), now) == [pit]
    assert found(city, Tab.IN_PROGRESS, wish(urgencies=[Urgency.NORMAL]), now) == [cold]
    assert found(city, Tab.IN_PROGRESS, wish(topic_id=city.road_topic.id), now) == [pit]
    assert set(found(city, Tab.IN_PROGRESS, wish(topic_id=city.topic.parent_id), now)) == {cold, pit}
    assert found(city, Tab.IN_PROGRESS, wish("暖气", urgencies=[Urgency.URGENT]), now) == []
    assert found(city, Tab.IN_PROGRESS, wish("塌陷", urgencies=[Urgency.URGENT]), now) == [pit]


def test_a_unit_finds_no_caller_who_asked_for_secrecy_no_hidden_word_and_nothing_that_is_kept_from_it(
    session: Session, city: City, now: datetime
) -> None:
    words = {"text": "我叫欧阳翠，" + TEXT, "caller_name": "欧阳翠"}
    secret = indexed(session, city.signed(now, **words, secrecy=Secrecy.FROM_ACCUSED))
    sealed = indexed(session, city.signed(now, secrecy=Secrecy.SEALED))
    open_one = indexed(session, city.signed(now, phone="13900000002"))

    for text in ("13812345678", "5678", "欧阳翠"):
        assert found(city, Tab.IN_PROGRESS, wish(text), now) == [], text
    assert set(found(city, Tab.IN_PROGRESS, wish("暖气"), now)) == {secret, open_one}
    assert found(city, Tab.IN_PROGRESS, wish(sealed.number), now) == [sealed]
    recuse(session, open_one.id, person_id=city.officer.person_id or 0, reason="亲属", by=city.officer, now=now)
    session.flush()
    assert found(city, Tab.IN_PROGRESS, wish("暖气"), now) == [secret]
    assert found(city, Tab.IN_PROGRESS, wish(open_one.number), now) == []


def test_the_cursor_goes_on_within_what_is_looked_for(session: Session, city: City, now: datetime) -> None:
    cold = [indexed(session, city.signed(now + timedelta(hours=hour))) for hour in range(5)]
    for hour in range(3):
        indexed(session, city.signed(now + timedelta(hours=hour), **PIT))

    shown: list[Ticket] = []
    after = None
    while len(shown) < 10:
        listed = page(city, Tab.IN_PROGRESS, wish("暖气"), now, after=after, limit=2)
        assert (listed.n, listed.is_more) == (5, False)
        shown += listed.tickets
        if (after := listed.next) is None:
            break

    assert shown == cold
    with pytest.raises(BadCursor):
        page(city, Tab.IN_PROGRESS, wish("暖气"), now, after="nonsense")


def test_a_figure_of_the_head_is_searched_as_well(session: Session, city: City, now: datetime) -> None:
    cold, pit = indexed(session, city.signed(now)), indexed(session, city.signed(now, **PIT))
    cold.unit_due_at = pit.unit_due_at = now - timedelta(hours=1)
    session.flush()

    def overdue(filters: Filters) -> list[Ticket]:
        units = [city.heating.id]
        found = figure_list(
            session, Figure.OVERDUE, units=units, by=city.officer, now=now, filters=filters, phone_key=OFFICE.phone_key
        )
        return list(found.listed.tickets)

    assert overdue(wish()) == [cold, pit]
    assert overdue(wish("塌陷")) == [pit]
    assert overdue(wish(pit.number[-6:], urgencies=[Urgency.CRITICAL])) == []


def test_a_district_finds_what_a_unit_below_it_works_on(session: Session, city: City, now: datetime) -> None:
    def sent_to(unit_id: int) -> Ticket:
        ticket = city.listed(now)
        dispatch_ticket(
            session, ticket.id, unit_id=city.district.id, by=city.dispatcher, office=OFFICE, now=now, reason="属地"
        )
        sign_ticket(session, ticket.id, by=city.district_officer, now=now)
        send_down(session, ticket.id, Down(unit_id), by=city.district_officer, now=now)
        return ticket

    with_street, with_community = sent_to(city.street.id), sent_to(city.community.id)

    def below(unit_id: int | None) -> set[Ticket]:
        listed = inbox_list(
            session,
            unit_id=city.district.id,
            by=city.district_officer,
            tab=Tab.BELOW,
            now=now,
            filters=wish(working_unit_id=unit_id),
        ).listed
        return set(listed.tickets)

    assert below(None) == below(city.street.id) == {with_street, with_community}
    assert below(city.community.id) == {with_community}
    assert below(city.roads.id) == set()


def test_of_thousands_that_a_unit_has_answered_words_are_not_looked_for_one_by_one(
    session: Session, city: City, now: datetime
) -> None:
    done = indexed(session, city.answered(now))
    copy_for(session, done, 2_000)

    def asked() -> Listed:
        return page(city, Tab.DONE, wish("暖气"), now)

    assert (list(asked().tickets), asked().n) == ([done], 1)
    if is_sqlite(session):
        searching = [plan for plan in plans_asked(session, asked) if "ticket_words" in plan]
        assert searching
        assert not [plan for plan in searching if re.search(r"SCAN tickets\b", plan)]


@pytest.fixture
def looked_for(session: Session, city: City, now: datetime) -> Callable[..., list[Ticket]]:
    def rows(chip: Chip | None, filters: Filters, **how: Any) -> list[Ticket]:
        listed = dispatch_list(
            session, by=city.dispatcher, now=now, chip=chip, filters=filters, phone_key=OFFICE.phone_key, **how
        )
        return [row.ticket for row in listed.rows]

    return rows


def test_the_dispatch_list_is_searched_within_its_chip(
    session: Session, city: City, now: datetime, looked_for: Callable[..., list[Ticket]]
) -> None:
    cold = indexed(session, city.listed(now, secrecy=Secrecy.FROM_ACCUSED))
    pit = indexed(session, city.listed(now, **PIT, urgency=Urgency.CRITICAL, phone="13900000002"))
    indexed(session, city.registered(now, phone="13900000003"))

    assert looked_for(None, wish("暖气")) == [cold]
    assert looked_for(None, wish("13812345678")) == [cold]
    assert looked_for(Chip.CRITICAL, wish("塌陷")) == [pit]
    assert looked_for(Chip.CRITICAL, wish("暖气")) == []
    assert looked_for(None, wish(urgencies=[Urgency.CRITICAL])) == [pit]


def test_what_is_found_on_the_dispatch_list_stands_most_pressing_first_page_by_page(
    session: Session, city: City, now: datetime
) -> None:
    urgencies = [Urgency.NORMAL, Urgency.CRITICAL, Urgency.URGENT]
    tickets = [indexed(session, city.listed(now, urgency=one)) for one in urgencies]
    indexed(session, city.listed(now, **PIT))
    for ticket in tickets:
        ticket.step_due_at = now + timedelta(hours=1)
    session.flush()

    shown: list[Ticket] = []
    after = None
    for _ in tickets:
        listed = dispatch_list(
            session,
            by=city.dispatcher,
            now=now,
            filters=wish("暖气"),
            phone_key=OFFICE.phone_key,
            after=after,
            limit=1,
        )
        shown += [row.ticket for row in listed.rows]
        after = listed.next

    assert after is None
    assert shown == [tickets[1], tickets[2], tickets[0]]
