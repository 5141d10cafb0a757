"""Tickets are found by words, places, numbers and ends of numbers, newest first; sealed ones never by words."""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, insert, select, text
from sqlalchemy.orm import Session

import tickets.jobs  # noqa: F401  so that job rows find their functions
from app.reactions import REACTIONS
from core import migrate
from core.clock import SystemClock
from core.computer import Computer
from core.database import Database
from core.jobs.runner import drain
from nlp.search_words import sought_words, words_of
from nlp.tokenizer import open_tokenizer
from staff.rules import SYSTEM, Actor
from tests.api.test_access import SetClock
from tests.tickets.making import OFFICE, City
from tickets.actions.correcting import correct_ticket
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.indexing import write_words
from tickets.actions.merging import merge_ticket, split_ticket
from tickets.actions.notes import supplement_ticket
from tickets.kinds import Secrecy, TicketType
from tickets.model import Ticket
from tickets.queries.lists import Filters, list_tickets
from tickets.queries.paging import Listed, Sort
from tickets.queries.search import ByDigits, ByWords, Limits, Wish
from tickets.search import BLOCK_SIZE, Sought, index_words
from tickets.settings import TicketOffice

#: the revision before the search index
BEFORE = "0014"
TOKENIZER = open_tokenizer(words=["南湖小区"])


class Office:
    """A city whose jobs run, and somebody who looks for tickets."""

    def __init__(self, database: Database, clock: SetClock, computer: Computer) -> None:
        self.database, self.clock, self.now = database, clock, clock.moment
        self.city: City = database.write(City)
        self._services = {Computer: computer, TicketOffice: OFFICE}

    def registered(self, **changes: object) -> str:
        number: str = self.database.write(
            lambda session: City.session_of(session, self.city).registered(self.now, **changes).number
        )
        self.work()
        return number

    def work(self) -> None:
        drain(self.database, self._services)

    def listed(self, wish: str, *, by: Actor | None = None, **how: object) -> Listed:
        filters = Filters(text=wish, words=sought_words(wish, TOKENIZER))
        listed: Listed = self.database.read(
            list_tickets, filters, by=by or self.city.agent, phone_key=OFFICE.phone_key, now=self.now, **how
        )
        return listed

    def found(self, wish: str, *, by: Actor | None = None, **how: object) -> list[str]:
        return [ticket.number for ticket in self.listed(wish, by=by, **how).tickets]

    def doing(self, act: Callable[..., object], number: str, *args: Any, **how: Any) -> None:
        self.database.write(act, number, *args, by=self.city.agent, now=self.now, **how)
        self.work()


@pytest.fixture
def office(open_database: Callable[..., Database], computer: Computer, now: datetime) -> Office:
    clock = SetClock(now)
    return Office(open_database(reactions=REACTIONS, clock=clock), clock, computer)


def test_a_ticket_is_found_by_its_words_in_any_order_and_by_its_place(office: Office) -> None:
    cold = office.registered()
    pit = office.registered(
        title="路面塌陷", text="人民广场东侧路面塌陷，有一个大坑，车辆无法通行。", place_text="人民广场"
    )

    assert office.found("暖气不热") == [cold]
    assert office.found("不热 暖气") == [cold]
    assert office.found("南湖小区") == [pit, cold]  # the place of both
    assert office.found("南湖 暖气") == [cold]
    assert office.found("人民广场 塌陷") == [pit]
    assert office.found("暖气 塌陷") == []
    assert office.found("暖气", sort=Sort.DUE) == [cold]


def test_a_number_is_found_whole_by_its_beginning_and_by_its_end(office: Office) -> None:
    number = office.registered(phone="13812345678")

    for wish in (number, number[:6], number[:9], number[-3:], number[-4:], number[-6:], f"{number[:4]} {number[4:8]}"):
        assert office.found(wish) == [number], wish
    assert office.found("13812345678") == [number]
    assert office.found("１３８ 1234 5678") == [number]
    assert office.found("5678") == [number]
    assert office.found("1234") == []
    assert office.found("13812345679") == []


def test_a_sealed_ticket_is_found_by_its_number_but_never_by_words(office: Office) -> None:
    sealed = office.registered(secrecy=Secrecy.SEALED)
    opened = office.registered()
    office.doing(correct_ticket, opened, {"secrecy": Secrecy.SEALED}, version=version_of(office, opened), office=OFFICE)

    assert office.found("暖气") == []
    assert office.found("暖气", sort=Sort.DUE) == []
    assert office.found(sealed) == [sealed]
    assert [words for words in stored(office) if "暖气" in words] == []


def version_of(office: Office, number: str) -> int:
    version: int = office.database.read(
        lambda session: session.query(Ticket.version).filter(Ticket.number == number).scalar()
    )
    return version


def stored(office: Office) -> list[str]:
    rows: list[str] = office.database.read(
        lambda session: list(session.scalars(text("SELECT CAST(words AS text) FROM ticket_words")))
    )
    return rows


def test_what_is_corrected_or_added_is_found_and_what_it_said_before_is_not(office: Office) -> None:
    number = office.registered()
    office.doing(correct_ticket, number, {"title": "电梯困人"}, version=version_of(office, number), office=OFFICE)
    office.doing(supplement_ticket, number, text="楼道里还有积水")

    assert office.found("电梯") == [number]
    assert office.found("积水 电梯") == [number]


def test_a_parent_is_found_by_what_its_callers_said_and_after_a_split_only_the_child(office: Office) -> None:
    parent = office.registered()
    child = office.registered(title="楼道", text="我住在八号楼，电梯间漏水结冰，老人摔倒了。", phone="13912345678")
    secret = office.registered(text="举报锅炉工夜里偷排，请保密。", secrecy=Secrecy.FROM_ACCUSED)
    held_by_unit(office, parent)

    for number in (child, secret):
        office.database.write(merge_ticket, number, parent=parent, by=office.city.dispatcher, now=office.now)
    office.work()

    assert office.found("结冰", by=office.city.officer) == [parent]
    assert office.found("结冰") == [child, parent]
    assert office.found("偷排") == [secret]
    office.doing(supplement_ticket, child, text="刚才又有人滑倒骨折")
    assert office.found("骨折", by=office.city.officer) == [parent]

    office.database.write(
        split_ticket, child, by=office.city.dispatcher, office=OFFICE, now=office.now, reason="不是同一件事"
    )
    office.work()

    assert office.found("结冰") == [child]
    assert office.found("结冰", by=office.city.officer) == []
    assert office.found("暖气", by=office.city.officer) == [parent]


def held_by_unit(office: Office, number: str) -> None:
    """Whoever leads it searches among its own."""
    office.database.write(
        dispatch_ticket,
        number,
        unit_id=office.city.heating.id,
        by=office.city.dispatcher,
        office=OFFICE,
        now=office.now,
    )


def test_the_index_holds_no_personal_data(office: Office) -> None:
    office.registered(
        text="我叫张三，电话13812345678，身份证110101199003074872，车牌吉A12345，楼上漏水。", caller_name="张三丰"
    )

    held = " ".join(stored(office))

    assert "漏水" in held
    assert [part for part in ("1381234", "5678", "11010119", "4872", "A12345", "张三丰") if part in held] == []


def test_a_unit_finds_only_what_it_holds(office: Office) -> None:
    number = office.registered()

    assert office.found("暖气", by=office.city.supervisor) == [number]
    assert office.found("暖气", by=office.city.officer) == []


def test_pages_follow_each_other_through_all_blocks(office: Office) -> None:
    numbers = office.database.write(spread, office.city, office.now)

    seen: list[str] = []
    after: str | None = None
    while True:
        page = office.listed("暖气", after=after, limit=2)
        seen += [ticket.number for ticket in page.tickets]
        assert (page.n, page.is_more) == (len(numbers), False)
        if page.next is None:
            break
        after = page.next

    assert seen == numbers[::-1]


def spread(session: Session, city: City, now: datetime) -> list[str]:
    """Tickets in the first block, and far on: in the newest, next to it, and some blocks before."""
    found = []
    for block in (0, 0, 1, 30, 40, 44, 49, 50, 50):
        ticket = City.session_of(session, city).registered(now)
        session.flush()
        new_id = block * BLOCK_SIZE + ticket.id
        session.execute(text("DELETE FROM ticket_history WHERE ticket_id = :id"), {"id": ticket.id})
        session.execute(text("UPDATE tickets SET id = :new WHERE id = :id"), {"new": new_id, "id": ticket.id})
        words = index_words(["暖气"], ticket_id=new_id, number=ticket.number, phone="", key=OFFICE.phone_key)
        write_words(session, [{"id": new_id, "words": words}])
        found.append(ticket.number)
    return found


def test_more_than_a_thousand_are_said_to_be_more(office: Office) -> None:
    number = office.registered()
    office.database.write(multiplied, number, 1_000)

    page = office.listed("暖气", limit=1)

    assert (page.n, page.is_more) == (1_000, True)


def test_however_words_are_asked_for_the_same_tickets_are_found(office: Office) -> None:
    found = {office.registered(), office.registered()}
    office.registered(title="路面塌陷", text="人民广场东侧路面塌陷，有一个大坑。")
    office.registered(secrecy=Secrecy.SEALED)
    wish = ByWords(Sought((("暖气",), ("不热",))))

    for limits in itertools.starmap(Limits, itertools.product((0, 1, 9), (0, 9), (0, 9), (0, 9))):
        for is_narrow in (True, False):
            page, counting = office.database.read(narrowed, wish, limits, is_narrow=is_narrow)
            assert page == counting == found, limits
    assert office.database.read(numbers_where, office.database.read(wish.of_all)) == found


def test_digits_that_many_tickets_have_are_found_in_every_way(office: Office) -> None:
    found = {office.registered(phone="13812345678"), office.registered(phone="13912345678")}
    office.registered(phone="13800000000")
    wish = ByDigits("5678", OFFICE.phone_key)

    for named in (0, 1, 1_000):
        page, counting = office.database.read(narrowed, wish, Limits(named), is_narrow=True)
        assert page == counting == found


def narrowed(session: Session, wish: Wish, limits: Limits, *, is_narrow: bool) -> tuple[set[str], set[str]]:
    """What is found on pages, and what is counted."""
    chosen = wish.narrowed(session, [Ticket.type == TicketType.HELP], is_narrow=is_narrow, limits=limits)
    counted = set(session.scalars(chosen.counting))
    return numbers_where(session, chosen.page), numbers_where(session, Ticket.id.in_(counted))


def numbers_where(session: Session, condition: ColumnElement[bool]) -> set[str]:
    return set(session.scalars(select(Ticket.number).where(condition)))


def test_more_than_a_thousand_are_paged_by_words_and_by_digits(office: Office) -> None:
    number = office.registered()
    office.database.write(multiplied, number, 1_030)

    for wish, sort in itertools.product(("暖气", number[-4:]), Sort):
        page = office.listed(wish, sort=sort, limit=100)
        seen = [ticket.number for ticket in page.tickets]
        while page.next is not None:
            assert (page.n, page.is_more) == (1_000, True)
            page = office.listed(wish, sort=sort, limit=100, after=page.next)
            seen += [ticket.number for ticket in page.tickets]
        assert len(seen) == len(set(seen)) == 1_031


def multiplied(session: Session, number: str, times: int) -> None:
    """So many copies more of a ticket, each with the same words."""
    row = dict(session.execute(select(Ticket.__table__).where(Ticket.number == number)).mappings().one())
    copies = [row | {"id": row["id"] + n, "number": f"{n:012}"} for n in range(1, times + 1)]
    session.execute(insert(Ticket), copies)
    words = index_words(["暖气"], ticket_id=1, number=number, phone="", key=OFFICE.phone_key)
    write_words(session, [{"id": copy["id"], "words": words} for copy in copies])


def test_tickets_of_before_are_indexed_after_the_upgrade(office: Office) -> None:
    numbers = [office.registered(), office.registered()]

    migrate.downgrade(office.database.writing, BEFORE)
    migrate.upgrade(office.database.writing)
    office.clock.moment = SystemClock().now()  # the job is due from the upgrade on
    office.work()

    assert office.found("暖气") == numbers[::-1]


ODD = "\"'*()&|!:<>-^~{}\\ ANDORNT暖气热0123456789\0\ue001"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wish=st.one_of(st.text(max_size=60), st.text(alphabet=ODD, max_size=60)))
def test_whatever_is_typed_is_a_question_that_can_be_answered(session: Session, wish: str, now: datetime) -> None:
    filters = Filters(text=wish.strip(), words=sought_words(wish, TOKENIZER))

    for sort in Sort:
        listed = list_tickets(session, filters, by=SYSTEM, phone_key=b"k", now=now, sort=sort)
        assert listed.n == 0


@given(st.text(alphabet="暖气不热南湖小区三号楼ABab12，。😀 \n", max_size=200))
def test_every_word_that_is_looked_for_stands_in_the_index_of_its_own_text(said: str) -> None:
    assert set(sought_words(said, TOKENIZER)) <= set(words_of(said, TOKENIZER))
