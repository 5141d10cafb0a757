"""What was written down wrongly is mended: whom it is about, how many, who called; nothing of it tells who they are."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.errors import UnitNotFound
from staff.rules import Actor
from tests.tickets.making import OFFICE, City
from tickets.actions.correcting import correct_ticket
from tickets.errors import RoleRefused, VersionConflict
from tickets.kinds import PhoneKind
from tickets.model import HistoryLine, Ticket
from tickets.queries.lists import Filters, list_tickets


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def correct(city: City, ticket: Ticket, now: datetime, by: Actor | None = None, **changes: Any) -> Ticket:
    version, by = ticket.version, by or city.agent
    return correct_ticket(city.session, ticket.id, changes, version=version, by=by, office=OFFICE, now=now)


def told(session: Session, ticket: Ticket) -> dict[str, Any]:
    session.flush()
    lines = select(HistoryLine).where(HistoryLine.ticket_id == ticket.id).order_by(HistoryLine.id.desc())
    return session.scalars(lines).first().particulars  # type: ignore[union-attr]


def test_a_wrong_telephone_is_mended_and_the_ticket_is_found_by_the_right_one(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.dispatched(now)

    correct(city, ticket, now, phone="０431-8812 3456")

    assert (ticket.phone, ticket.phone_kind) == ("043188123456", PhoneKind.LANDLINE)
    session.flush()
    for number, found in (("043188123456", [ticket.number]), ("13812345678", [])):
        listed = list_tickets(session, Filters(text=number), by=city.agent, phone_key=OFFICE.phone_key, now=now)
        assert [row.number for row in listed.tickets] == found


def test_the_history_says_what_was_mended_and_no_line_holds_a_name_or_number(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.dispatched(now)

    correct(city, ticket, now, phone="13987654321", caller_name="李四", people_count=8, representative="王小五")

    line = told(session, ticket)
    assert line["before"]["people_count"], line["after"]["people_count"] == (1, 8)
    assert line["after"]["phone"] == "139****4321"
    for secret in ("13812345678", "13987654321", "张三", "李四", "王小五"):
        assert secret not in str(line)


@pytest.mark.parametrize("number", ["", "12345", "电话", "1381234567"])
def test_what_is_no_telephone_number_is_refused(city: City, now: datetime, number: str) -> None:
    ticket = city.listed(now)

    with pytest.raises(Invalid) as refused:
        correct(city, ticket, now, phone=number)

    assert [(where, code) for where, code, _ in refused.value.faults] == [(("body", "phone"), "phone_malformed")]


def test_a_group_needs_somebody_who_speaks_for_it(city: City, now: datetime) -> None:
    ticket = city.listed(now)

    with pytest.raises(Invalid) as refused:
        correct(city, ticket, now, people_count=6)
    assert [code for _, code, _ in refused.value.faults] == ["representative_missing"]
    correct(city, ticket, now, people_count=6, representative="王小五")
    with pytest.raises(Invalid):
        correct(city, ticket, now, representative="")
    correct(city, ticket, now, people_count=5, representative="")

    assert (ticket.people_count, ticket.representative) == (5, "")


def test_a_place_and_an_accused_unit_can_be_none_and_must_exist(city: City, now: datetime) -> None:
    ticket = city.listed(now, accused_unit_id=city.roads.id)

    correct(city, ticket, now, place_id=None, place_text="河边", accused_unit_id=None)
    with pytest.raises(UnitNotFound):
        correct(city, ticket, now, accused_unit_id=999_999)

    assert (ticket.place_id, ticket.place_text, ticket.accused_unit_id) == (None, "河边", None)


def test_somebody_else_was_quicker_and_the_refusal_tells_no_number(city: City, now: datetime) -> None:
    ticket = city.listed(now)
    changes = {"phone": "13987654321"}

    with pytest.raises(VersionConflict) as refused:
        correct_ticket(
            city.session, ticket.id, changes, version=ticket.version - 1, by=city.agent, office=OFFICE, now=now
        )

    assert "13812345678" not in str(vars(refused.value))
    assert "13987654321" not in str(vars(refused.value))


def test_a_unit_corrects_nothing(city: City, now: datetime) -> None:
    with pytest.raises(RoleRefused):
        correct(city, city.signed(now), now, by=city.officer, title="另一件事")
