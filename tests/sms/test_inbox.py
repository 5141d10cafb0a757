"""What citizens write back reaches the right request once, or is held; never the wrong one."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sms.model import OptOut, Reply
from sms.queries import reply as sms_reply
from sms.replies import Outcome
from sms.rules import MessageState
from tests.sms.desk import OTHER_PHONE, PHONE, Desk


def kept(desk: Desk, reply_id: int | None) -> Reply:
    assert reply_id is not None
    return desk.database.read(sms_reply, reply_id)


def count_replies(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Reply)) or 0


def test_a_reply_belongs_to_the_open_request_of_its_phone(desk: Desk) -> None:
    first, second = desk.queue(), desk.queue(ticket="1111", code="AAAAAA")
    desk.work()

    answer = kept(desk, desk.reply("2"))

    assert (answer.message_id, answer.level, answer.outcome) == (first, 2, Outcome.RATED)
    assert desk.message(second).state is MessageState.WAITING


def test_a_reply_pushed_twice_counts_once(desk: Desk) -> None:
    desk.queue()
    desk.work()

    first = desk.reply("5", provider_id="SM1")
    again = desk.reply("5", provider_id="SM1")

    assert first is not None
    assert again is None
    assert desk.database.read(count_replies) == 1


def test_a_reply_from_another_phone_never_matches(desk: Desk) -> None:
    message = desk.queue()
    desk.work()

    foreign = kept(desk, desk.reply("5", phone=OTHER_PHONE))

    assert foreign.message_id is None
    assert desk.message(message).state is MessageState.SUBMITTED


def test_a_number_in_international_form_is_the_same_phone(desk: Desk) -> None:
    message = desk.queue()
    desk.work()

    assert kept(desk, desk.reply("5", phone=f"+86{PHONE}")).message_id == message


def test_an_unclear_reply_leaves_the_request_open(desk: Desk) -> None:
    message = desk.queue()
    desk.work()

    unclear = kept(desk, desk.reply("5 不满意"))
    clear = kept(desk, desk.reply("2"))

    assert (unclear.message_id, unclear.outcome, unclear.level) == (message, Outcome.UNCLEAR, None)
    assert (clear.message_id, clear.level) == (message, 2)
    assert desk.message(message).state is MessageState.REPLIED


def test_a_later_reply_belongs_to_the_request_it_corrects(desk: Desk) -> None:
    message = desk.queue()
    desk.work()
    desk.reply("1")

    desk.clock.move_on(timedelta(hours=2))

    assert kept(desk, desk.reply("5")).message_id == message


def test_an_open_request_goes_before_one_answered_already(desk: Desk) -> None:
    desk.queue()
    second = desk.queue(ticket="1111", code="AAAAAA")
    desk.work()
    desk.reply("5")
    desk.work()

    assert kept(desk, desk.reply("2")).message_id == second


def test_after_a_month_a_reply_belongs_to_nothing(desk: Desk) -> None:
    desk.queue()
    desk.work()
    desk.reply("5")

    desk.clock.move_on(timedelta(days=31))

    assert kept(desk, desk.reply("1")).message_id is None


@pytest.mark.parametrize("is_asked", [True, False])
def test_td_is_honoured_whether_we_asked_or_not(desk: Desk, is_asked: bool) -> None:
    if is_asked:
        desk.queue()
        desk.work()

    desk.reply("TD")
    desk.reply("TD")

    assert desk.database.read(lambda session: session.scalar(select(func.count()).select_from(OptOut))) == 1


def test_a_text_with_a_nul_is_kept_without_it(desk: Desk) -> None:
    desk.queue()
    desk.work()

    assert kept(desk, desk.reply("5\0谢谢", provider_id="SM1")).text == "5谢谢"


def test_a_reply_to_an_expired_request_is_kept_with_it(desk: Desk) -> None:
    message = desk.queue()
    desk.work()
    desk.wait(timedelta(hours=200))

    assert kept(desk, desk.reply("5")).message_id == message
    assert desk.message(message).state is MessageState.EXPIRED
