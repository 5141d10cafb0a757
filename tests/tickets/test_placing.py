"""What comes in words only stands where the words say, when they name one place; else nobody guesses."""

from datetime import datetime

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session

from tests.tickets.making import OFFICE, City
from tickets.actions.catalogue import add_place
from tickets.forms import TicketForm
from tickets.model import Ticket
from tickets.platforms.actions import add_platform, take_matter
from tickets.queries.placing import placed


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def in_words(city: City, text: str, **changes: object) -> TicketForm:
    return city.form(text=text, place_id=None, **({"no_place_reason": "邮件来信，未选地点"} | changes))


@pytest.mark.parametrize(
    "text", ["朝阳区南湖小区三号楼暖气不热，请处理", "我家住南湖小区，暖气一直不热", "南湖那边暖气一直不热，请处理"]
)
def test_the_one_place_that_is_named_is_the_place(session: Session, city: City, text: str) -> None:
    form = placed(session, in_words(city, text))

    assert (form.place_id, form.no_place_reason) == (city.nanhu.id, "")


def test_two_places_are_not_decided_between_and_both_are_named(session: Session, city: City) -> None:
    add_place(session, code="P3", name="北湖小区", parent_id=city.chaoyang.id)

    form = placed(session, in_words(city, "从南湖小区到北湖小区的公交车一直不来"))

    assert (form.place_id, form.no_place_reason) == (
        None,
        "邮件来信，未选地点；不能确定是哪一处：南湖小区、北湖小区",
    )


def test_words_that_name_no_place_stay_as_they_are(session: Session, city: City) -> None:
    form = in_words(city, "楼道灯坏了三天没有人来修")

    assert placed(session, form) == form


def test_what_was_written_as_the_place_goes_before_the_text(session: Session, city: City) -> None:
    north = add_place(session, code="P3", name="北湖小区", parent_id=city.chaoyang.id)

    form = placed(
        session, in_words(city, "南湖小区的车停到我们这里来了", place_text="北湖小区五栋", no_place_reason="")
    )

    assert (form.place_id, form.place_text) == (north.id, "北湖小区五栋")


def test_a_platforms_matter_is_found_by_its_district(session: Session, city: City, now: datetime) -> None:
    platform = add_platform(session, code="rmw", name="人民网", write_back_url="", now=now)

    form = in_words(city, "暖气一直不热，请尽快处理", place_text="朝阳区南湖小区")
    take_matter(session, platform.id, "N-1", form, office=OFFICE, now=now)

    assert session.scalars(select(Ticket.place_id)).one() == city.nanhu.id


def test_only_places_that_the_words_may_name_are_read_however_many_the_city_has(session: Session, city: City) -> None:
    for n in range(300):
        add_place(session, code=f"E{n}", name=f"第{n}号院", parent_id=city.chaoyang.id)
    seen: list[int] = []

    @event.listens_for(session, "do_orm_execute")
    def count(state: ORMExecuteState) -> None:
        result = state.invoke_statement().freeze()
        seen.append(len(result().all()))
        return result()  # type: ignore[return-value]

    form = placed(session, in_words(city, "朝阳区南湖小区三号楼暖气不热，请处理"))

    assert form.place_id == city.nanhu.id
    assert sum(seen) <= 3
