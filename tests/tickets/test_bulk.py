"""批量: one act on the picked rows of a list, and what is said before it is done."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announced
from tests.tickets.making import OFFICE, City
from tickets.actions.bulk import BulkAct, BulkWish, do_to_all, preview_for_all
from tickets.actions.side_paths import Course
from tickets.events import TicketDispatched, TicketUrged
from tickets.model import HistoryLine
from tickets.rules import State


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def test_haste_is_asked_for_many_and_the_closed_one_is_named(session: Session, city: City, now: datetime) -> None:
    waiting, answered = city.signed(now), city.answered(now)
    course = Course(city.supervisor, OFFICE, now)

    outcomes = do_to_all(
        session, [waiting.number, answered.number], BulkWish(BulkAct.URGE, "到期未答复"), course=course
    )

    assert [(one.number, one.refused.code if one.refused else "") for one in outcomes] == [
        (waiting.number, ""),
        (answered.number, "move_refused"),
    ]
    assert (waiting.urged_count, answered.urged_count) == (1, 0)
    assert TicketUrged(waiting.id, waiting.unit_id) in announced(session)


def test_a_preview_says_the_same_and_leaves_nothing(session: Session, city: City, now: datetime) -> None:
    waiting, signed = city.listed(now), city.signed(now)
    numbers = [waiting.number, signed.number]
    wish = BulkWish(BulkAct.DISPATCH, unit_id=city.heating.id)
    course = Course(city.dispatcher, OFFICE, now)
    lines = session.scalars(select(HistoryLine.id)).all()
    told = list(announced(session))

    said = preview_for_all(session, numbers, wish, course=course)

    assert [bool(one.refused) for one in said] == [False, True]
    assert session.scalars(select(HistoryLine.id)).all() == lines
    assert list(announced(session)) == told
    session.refresh(waiting)
    assert waiting.state is State.TO_DISPATCH

    done = do_to_all(session, numbers, wish, course=course)

    assert [(one.number, str(one.refused)) for one in done] == [(one.number, str(one.refused)) for one in said]
    assert TicketDispatched(waiting.id, city.heating.id) in announced(session)


def test_a_role_that_never_sends_is_refused_for_each_one(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)
    wish = BulkWish(BulkAct.DISPATCH, unit_id=city.heating.id)

    outcomes = do_to_all(session, [ticket.number], wish, course=Course(city.agent, OFFICE, now))

    assert outcomes[0].refused is not None
    assert outcomes[0].refused.code == "role_refused"


def test_a_repeat_goes_with_the_others_only_with_what_is_new_in_it(session: Session, city: City, now: datetime) -> None:
    earlier, other, again = city.answered(now - timedelta(days=3)), city.listed(now), city.listed(now)
    again.repeat_of_id = earlier.id
    session.flush()
    numbers, course = [other.number, again.number], Course(city.dispatcher, OFFICE, now)
    bare = BulkWish(BulkAct.DISPATCH, unit_id=city.heating.id, new_facts={other.number: "别的事"})

    said = preview_for_all(session, numbers, bare, course=course)
    told = replace(bare, new_facts={again.number: "修好后两天又不热"})
    done = do_to_all(session, numbers, told, course=course)

    assert [one.refused.code if one.refused else "" for one in said] == ["", "repeat_without_fact"]
    assert [one.refused for one in done] == [None, None]
    line = session.scalars(select(HistoryLine).where(HistoryLine.ticket_id == again.id)).all()[-1]
    assert line.particulars["new_fact"] == "修好后两天又不热"


@pytest.mark.parametrize(
    "wish",
    [
        BulkWish(BulkAct.DISPATCH),
        BulkWish(BulkAct.SEND_DOWN),
        BulkWish(BulkAct.URGE),
        BulkWish(BulkAct.NOTE),
        BulkWish(BulkAct.SIGN, "赵" * 41),
    ],
)
def test_a_wish_that_lacks_something_or_says_too_much_is_refused_as_a_whole(
    session: Session, city: City, now: datetime, wish: BulkWish
) -> None:
    ticket = city.listed(now)

    with pytest.raises(Invalid):
        preview_for_all(session, [ticket.number], wish, course=Course(city.dispatcher, OFFICE, now))
