"""A bad rating at a window becomes a ticket of its unit, once; corrections are told on it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kinds import import_all_jobs
from core.jobs.runner import drain
from evaluation.actions.erasing import ERASED, erase_words
from evaluation.counters.referring import refer_rating
from evaluation.model import Invitation, Rating
from evaluation.news import hear_answered
from evaluation.office import EvaluationOffice
from evaluation.rules import Subject
from evaluation.settings import EvaluationSettings
from indicators.periods import Period
from indicators.satisfaction import Part, Slice, answer_rows
from sms.office import SmsOffice
from sms.settings import SmsSettings
from staff.model import Unit
from staff.rules import Actor, Role
from tests.counters.hall import NUMBER, PHONE, Hall
from tests.sms.desk import PHONE_KEY
from tickets.kinds import Source
from tickets.model import HistoryLine, Ticket
from tickets.rules import State
from tickets.settings import TicketOffice

#: by a number that the hall has verified, which alone may correct
PROVEN: dict[str, Any] = {"channel": "mini", "is_real_name": True, "phone": PHONE}

ERASER = Actor(9, "周敏", "A001", frozenset({Role.ADMINISTRATOR}), None)


def follow(hall: Hall) -> None:
    import_all_jobs()
    drain(hall.database, {TicketOffice: TicketOffice(PHONE_KEY)})


def tickets(hall: Hall) -> Sequence[Ticket]:
    return hall.database.read(lambda session: session.scalars(select(Ticket)).all())


def told(hall: Hall) -> list[str]:
    def read(session: Session) -> list[str]:
        lines = select(HistoryLine.reason).filter_by(action="supplement").order_by(HistoryLine.id)
        return list(session.scalars(lines))

    return hall.database.read(read)


async def test_a_bad_rating_opens_a_ticket_that_waits_for_the_unit_of_the_window(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=2, reasons=["attitude"], words="叫号等了两个小时")

    follow(hall)

    (ticket,) = tickets(hall)
    assert (ticket.state, ticket.source, ticket.unit_id) == (State.DISPATCHED, Source.RATING, hall.unit_id)
    assert ticket.outside_number == NUMBER
    assert ticket.phone == ""
    assert "不满意。原因：态度。留言：叫号等了两个小时" in ticket.text


@pytest.mark.parametrize("level", [3, 4, 5])
async def test_a_rating_that_is_not_bad_opens_nothing(hall: Hall, level: int) -> None:
    await hall.register()
    await hall.rate(level=level)

    follow(hall)

    assert not tickets(hall)


async def test_a_correction_is_a_line_on_the_same_ticket(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1, **PROVEN)
    follow(hall)
    hall.pass_time(timedelta(hours=1))

    await hall.rate(entry="entry-0002", level=4, **PROVEN)
    follow(hall)
    await hall.rate(entry="entry-0003", level=2, **PROVEN)
    follow(hall)

    assert len(tickets(hall)) == 1
    assert told(hall) == ["群众已更正评价：满意", "群众已更正评价：不满意"]


async def test_a_correction_before_anybody_was_told_leaves_nothing_to_refer(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1, **PROVEN)
    await hall.rate(entry="entry-0002", level=5, **PROVEN)

    follow(hall)

    assert not tickets(hall)


async def test_a_rating_that_becomes_bad_opens_its_ticket_then(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=5, **PROVEN)
    await hall.rate(entry="entry-0002", level=1, **PROVEN)

    follow(hall)

    assert len(tickets(hall)) == 1


async def test_pushed_twice_it_is_one_ticket(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1)
    await hall.rate(level=1)

    follow(hall)

    assert len(tickets(hall)) == 1


async def test_words_that_are_erased_are_gone_from_the_ticket_too(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=2, words="叫号等了两个小时")
    follow(hall)
    (ticket,) = tickets(hall)

    erased = hall.database.write(erase_words, ticket.number, by=ERASER, reason="群众来电要求删除", now=hall.clock.now())

    (left,) = tickets(hall)
    assert erased == 1
    assert "两个小时" not in left.text
    assert ERASED in left.text


async def test_erased_with_a_correction_the_words_of_both_are_gone(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1, words="叫号等了两个小时", **PROVEN)
    follow(hall)
    await hall.rate(entry="entry-0002", level=2, words="后来有人道歉", **PROVEN)
    follow(hall)

    hall.database.write(erase_words, tickets(hall)[0].number, by=ERASER, reason="群众要求删除", now=hall.clock.now())

    assert told(hall) == [f"群众已更正评价：不满意。留言：{ERASED}"]
    assert "两个小时" not in tickets(hall)[0].text


async def test_nobody_is_asked_about_a_ticket_that_a_window_opened(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1)
    follow(hall)
    office = EvaluationOffice(EvaluationSettings(), SmsOffice(SmsSettings(), PHONE_KEY, {}), b"a key")

    def answered(session: Session) -> None:
        ticket = session.scalars(select(Ticket)).one()
        ticket.state = State.TO_CALLBACK
        hear_answered(session, ticket.id, office=office, now=hall.clock.now())

    hall.database.write(answered)

    assert hall.database.read(lambda session: session.scalars(select(Invitation)).all()) == []


async def test_the_row_behind_the_figure_leads_to_the_ticket(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=2)
    follow(hall)
    today = hall.clock.now().date()

    (row,) = hall.database.read(answer_rows, Slice(Period(today, today), Subject.COUNTER), Part.DISSATISFIED)

    assert row.ticket_number == tickets(hall)[0].number


async def test_two_that_refer_one_rating_at_once_open_one_ticket(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1)
    rating_id = hall.database.read(lambda session: session.scalars(select(Rating.id)).one())
    start = Barrier(2, timeout=60)

    def refer(_: int) -> None:
        start.wait()
        hall.database.write(refer_rating, rating_id, office=TicketOffice(PHONE_KEY), now=hall.clock.now())

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(refer, range(2)))

    assert len(tickets(hall)) == 1


async def test_a_unit_that_was_closed_leaves_the_ticket_on_the_dispatch_list(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1)

    def close(session: Session) -> None:
        session.get_one(Unit, hall.unit_id).is_active = False

    hall.database.write(close)
    follow(hall)

    (ticket,) = tickets(hall)
    assert (ticket.state, ticket.unit_id) == (State.TO_DISPATCH, None)
