"""A unit is told once when the day that it promised with its answer has passed and it has not said that it is done."""

from datetime import timedelta

import pytest

from tests.notices.desk import DUTY, NightDesk
from tests.tickets.making import OFFICE, reply_form
from tickets.actions.ending import pass_audit, rework_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.promising import fulfil_promise
from tickets.clocks import local_day
from tickets.kinds import ReplyResult
from tickets.notices.rules import NoticeKind, NoticeState


def promised(desk: NightDesk) -> int:
    """Tomorrow, on a ticket whose other notices are told."""
    ticket_id = desk.dispatched(phone="", is_anonymous=True)
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    form = reply_form(
        result=ReplyResult.NEEDS_TIME, measures="更换楼内管网", finish_on=local_day(desk.now()) + timedelta(days=1)
    )
    desk.act(reply_ticket, ticket_id, form, by=desk.city.officer, office=OFFICE, now=desk.now())
    desk.act(pass_audit, ticket_id, by=desk.city.auditor, office=OFFICE, now=desk.now())
    desk.work()
    return ticket_id


def told(desk: NightDesk) -> list[NoticeState]:
    return [one.state for one in desk.notices() if one.kind is NoticeKind.PROMISE_OVER]


def fulfil(desk: NightDesk, ticket_id: int) -> None:
    text = "楼内管网已经全部更换，供热恢复正常。"
    desk.act(fulfil_promise, ticket_id, text=text, by=desk.city.officer, office=OFFICE, now=desk.now())


@pytest.fixture(autouse=True)
def _reached(desk: NightDesk) -> None:
    desk.contact(phone=DUTY)


def test_the_morning_after_the_promised_day_the_unit_is_told_once(desk: NightDesk) -> None:
    ticket_id = promised(desk)
    desk.wait(hours=54)  # 08:00 of that morning
    assert told(desk) == []

    desk.wait(hours=1)
    desk.wait(days=3)

    assert told(desk) == [NoticeState.SENT]
    tail = desk.ticket(ticket_id).number[-4:]
    assert any(text.endswith(f"您单位有1件承诺已过期(尾号{tail},一般,超9小时),请登录平台办理") for text in desk.texts())


def test_nobody_is_told_of_what_is_done_by_then_or_done_anew(desk: NightDesk) -> None:
    done, again = promised(desk), promised(desk)
    fulfil(desk, done)
    desk.act(rework_ticket, again, by=desk.city.callback, office=OFFICE, now=desk.now(), reason="没有解决")

    desk.wait(days=3)

    assert told(desk) == []
