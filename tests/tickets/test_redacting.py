"""A dispatcher hides words of a ticket: the unit, its title and the search no longer know them; the trail does."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.errors import Invalid
from tests.tickets.making import OFFICE, City
from tickets.actions.redacting import give_out, redact_ticket
from tickets.errors import NumberStaysHidden, RoleRefused, TicketNotFound, VersionConflict
from tickets.kinds import Secrecy
from tickets.model import HistoryLine, Ticket
from tickets.queries.page import ticket_page
from tickets.queries.search import text_to_index
from tickets.redaction import HIDDEN, handling_text

SAID = "我叫张三，住3号楼2单元502室，电话19900000001，楼下小卖部天天放音响到半夜。"
SHOP = (SAID.index("楼下小卖部"), SAID.index("天天"))


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.fixture
def ticket(city: City, now: datetime) -> Ticket:
    return city.dispatched(now, text=SAID, title="张三反映楼下小卖部噪声", place_text="", place_id=city.nanhu.id)


def read(session: Session, city: City, ticket: Ticket, now: datetime) -> str:
    page = ticket_page(session, ticket.number, by=city.officer, profile=OFFICE.profile, now=now)
    return handling_text(ticket.text, page.boxes)


def redact(session: Session, city: City, ticket: Ticket, span: tuple[int, int], now: datetime, **how: Any) -> Ticket:
    how = {"is_hidden": True, "by": city.dispatcher, **how}
    return redact_ticket(session, ticket.number, begins=span[0], ends=span[1], now=now, **how)


def test_what_is_hidden_is_gone_for_the_unit_from_text_title_and_search(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    redact(session, city, ticket, SHOP, now)
    name = SAID.index("张三")
    redact(session, city, ticket, (name, name + 2), now)

    expected = f"我叫{HIDDEN}，住3号楼2单元502室，电话199****0001，{HIDDEN}天天放音响到半夜。"
    assert read(session, city, ticket, now) == expected
    assert ticket.title == f"{HIDDEN}反映{HIDDEN}噪声"
    assert "小卖部" not in text_to_index(session, ticket.id)
    assert "张三" not in text_to_index(session, ticket.id)
    assert ticket.text == SAID


def test_the_trail_says_that_words_were_hidden_but_not_which(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    redact(session, city, ticket, SHOP, now)
    line = session.scalars(select(HistoryLine).order_by(HistoryLine.id.desc())).first()
    assert line is not None
    assert (line.action, line.reason, line.is_internal) == ("redact", "隐去诉求中的 5 个字", True)
    assert line.particulars == {}


def test_half_a_phone_number_hides_the_whole_of_it(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    phone = SAID.index("199")
    redact(session, city, ticket, (phone + 5, phone + 13), now)
    assert read(session, city, ticket, now).count(HIDDEN) == 1
    assert "0001" not in read(session, city, ticket, now)


def test_a_mark_is_taken_back_but_a_number_is_shown_to_nobody_in_this_way(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    before = read(session, city, ticket, now)
    redact(session, city, ticket, SHOP, now)
    redact(session, city, ticket, SHOP, now, is_hidden=False)
    assert read(session, city, ticket, now) == before
    phone = SAID.index("199")
    with pytest.raises(NumberStaysHidden):
        redact(session, city, ticket, (phone, phone + 11), now, is_hidden=False)


def test_only_the_hotline_hides_and_only_what_is_there(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    with pytest.raises(RoleRefused):
        redact(session, city, ticket, SHOP, now, by=city.officer)
    with pytest.raises(Invalid) as beyond:
        redact(session, city, ticket, (0, len(SAID) + 1), now)
    assert [code for _, code, _ in beyond.value.faults] == ["beyond_text"]
    with pytest.raises(VersionConflict):
        redact(session, city, ticket, SHOP, now, version=ticket.version - 1)


def test_secrecy_hides_every_box_until_somebody_shows_one(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    ticket.secrecy = Secrecy.FROM_ACCUSED
    assert read(session, city, ticket, now) == (
        f"我叫{HIDDEN}，住{HIDDEN}，电话199****0001，楼下小卖部天天放音响到半夜。"
    )
    door = SAID.index("3号楼")
    redact(session, city, ticket, (door, door + len("3号楼2单元502室")), now, is_hidden=False)
    assert "3号楼2单元502室" in read(session, city, ticket, now)


def test_what_may_leave_the_house_names_nobody_and_is_logged(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    given = give_out(session, ticket.number, purpose="送被反映的小卖部整改", by=city.officer, now=now)
    assert given.text == f"我叫{HIDDEN}，住{HIDDEN}，电话{HIDDEN}，楼下小卖部天天放音响到半夜。"
    assert given.place == "朝阳区南湖小区"
    row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert row is not None
    assert (row.action, row.object_id, row.purpose) == ("give_out", ticket.number, "可外传版：送被反映的小卖部整改")


def test_who_cannot_see_the_ticket_cannot_give_it_out(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    with pytest.raises(TicketNotFound):
        give_out(session, ticket.number, purpose="看看", by=city.roads_officer, now=now)
    with pytest.raises(Invalid) as without_purpose:
        give_out(session, ticket.number, purpose="", by=city.officer, now=now)
    assert [code for _, code, _ in without_purpose.value.faults] == ["purpose_missing"]
