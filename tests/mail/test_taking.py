"""Each mail becomes a ticket, an addition, or something for a person: once, and its writer is told, a program never."""

from datetime import timedelta
from typing import Any

import pytest

from tests.mail.house import House
from tests.mail.writing import OURS, SENDER, TEXT
from tests.photos.making import archive, photo
from tests.tickets.making import OFFICE, REPLY_TEXT, reply_form
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.errors import TicketNotFound
from tickets.kinds import Source, TicketType
from tickets.mail.actions import add_held, dismiss_held, forget_mails, register_held
from tickets.mail.errors import MailHandled
from tickets.mail.rules import HeldReason, MailOutcome
from tickets.numbers import in_fours
from tickets.photos.rules import Origin
from tickets.rules import State

ROAD = "育才路路面有一个大坑，晚上看不清，容易摔倒。联系电话：13900012345"


def test_a_mail_becomes_a_ticket_with_its_photos_and_a_receipt(house: House) -> None:
    taken = house.take(photos=(photo(), archive()))

    [ticket], [kept] = house.tickets, house.photos
    assert (ticket.source, ticket.type, ticket.title) == (Source.EMAIL, TicketType.COMPLAINT, "投诉楼道堆物")
    assert ticket.text == f"投诉楼道堆物\n{TEXT}"
    assert (ticket.caller_name, ticket.phone) == ("张三", "")
    assert (kept.ticket_id, kept.origin) == (ticket.id, Origin.EMAIL)
    assert (taken.outcome, taken.ticket_id, taken.left_out) == (MailOutcome.TICKET, ticket.id, 1)
    assert house.mails[0].text == ""  # the words stand on the ticket

    house.work()
    [receipt] = house.post.taken
    words = receipt.get_content()
    assert (receipt["To"], receipt["From"], receipt["Auto-Submitted"]) == (SENDER, OURS, "auto-replied")
    assert in_fours(ticket.number) in receipt["Subject"]
    assert "https://12345.example/t/" in words
    assert "1 个附件没有收下" in words
    assert not [personal for personal in ("张三", TEXT[:6], "楼道", SENDER) if personal in words + receipt["Subject"]]


def test_a_telephone_that_the_mail_names_is_the_citizen_s(house: House) -> None:
    house.take(text=ROAD, subject="路面有坑")

    assert house.tickets[0].phone == "13900012345"


def test_the_same_mail_read_again_is_the_same_ticket(house: House) -> None:
    first = house.take(key="7:1", message_id="<same@mail.example>")
    again = house.take(key="7:1", message_id="<same@mail.example>")
    renumbered = house.take(key="8:1", message_id="<same@mail.example>")

    assert first.id == again.id == renumbered.id
    assert len(house.tickets) == 1
    assert len(house.said()) == 1


def test_the_same_words_sent_again_make_no_second_ticket_and_the_writer_is_told(house: House) -> None:
    house.take()
    again = house.take()

    assert (again.outcome, len(house.tickets)) == (MailOutcome.SAME, 1)
    assert ["已登记过" in subject for subject in house.said()] == [False, True]


@pytest.mark.parametrize("outcome", [MailOutcome.AUTOMATIC, MailOutcome.BOUNCE, MailOutcome.OWN, MailOutcome.HELD])
def test_programs_are_never_answered_and_make_no_tickets(house: House, outcome: MailOutcome) -> None:
    for heads in PROGRAMS[outcome]:
        assert house.take(**heads).outcome is outcome

    assert (house.tickets, house.said()) == ([], [])


PROGRAMS: dict[MailOutcome, list[dict[str, Any]]] = {
    MailOutcome.AUTOMATIC: [
        {"Auto_Submitted": "auto-generated"},
        {"subject": "自动回复: 已收到"},
        {"sender": "postmaster@mail.example"},
    ],
    MailOutcome.BOUNCE: [{"sender": "mailer-daemon@mail.example"}],
    MailOutcome.OWN: [{"sender": OURS}, {"X_Hotline_Answer": "1"}],
    MailOutcome.HELD: [{"X_Spam_Flag": "YES"}, {"sender": "没有地址"}],
}


def test_what_cannot_be_a_ticket_is_answered_with_the_reason(house: House) -> None:
    taken = [
        house.take(text="", subject=""),
        house.take(text="在吗", subject="你好"),
        house.take(is_too_large=True),
    ]

    assert [one.outcome for one in taken] == [MailOutcome.EMPTY, MailOutcome.EMPTY, MailOutcome.TOO_LARGE]
    assert house.tickets == []
    assert [subject[:4] for subject in house.said()] == ["没有看到", "没有看到", "您的来信"]


def test_photos_without_words_are_a_ticket_all_the_same(house: House) -> None:
    house.take(text="", subject="看图", photos=(photo(),))

    assert house.tickets[0].text == "看图（来信附照片 1 张）"
    assert len(house.photos) == 1


def test_one_address_makes_so_many_tickets_a_day_and_the_rest_waits_for_a_person(house: House) -> None:
    outcomes = [house.take(text=f"{TEXT}第 {n} 处").outcome for n in range(4)]

    assert outcomes == [MailOutcome.TICKET] * 3 + [MailOutcome.HELD]
    house.clock.move_on(timedelta(days=1))
    assert house.take(text=f"{TEXT}第 5 处").outcome is MailOutcome.TICKET


def test_two_programs_that_write_to_each_other_stop(house: House) -> None:
    for n in range(10):
        house.take(text=f"{TEXT}第 {n} 封")

    assert len(house.said()) == 6


def answered(house: House) -> str:
    """The Message-ID of the newest answer."""
    house.work()
    name = str(house.post.taken[-1]["Message-ID"])
    house.post.taken.clear()
    return name


def test_a_reply_to_the_receipt_is_an_addition(house: House) -> None:
    house.take()
    receipt = answered(house)

    added = house.take(
        text="今天又多了一堆。\n\n在 2026-10-13，12345 写道：\n> 旧话", subject="Re: 已收到", photos=(photo(),),
        In_Reply_To=receipt, sender="other@home.example",
    )  # fmt: skip

    assert (added.outcome, len(house.tickets), len(house.photos)) == (MailOutcome.SUPPLEMENT, 1, 1)
    assert [line.reason for line in house.history if line.action == "supplement"] == ["今天又多了一堆。"]
    assert "补充" in house.said()[0]


def test_the_number_in_the_subject_is_enough_for_who_wrote_before_and_for_nobody_else(house: House) -> None:
    house.take()
    number = house.tickets[0].number

    own = house.take(text="补充：是三单元。", subject=f"工单{number}补充")
    other = house.take(text="我也要补充：是三单元。", subject=f"工单 {in_fours(number)}", sender="li@mail.example")

    assert (own.outcome, other.outcome) == (MailOutcome.SUPPLEMENT, MailOutcome.HELD)
    assert other.held_reason is HeldReason.OTHER_SENDER


def through_to_the_answer(house: House) -> None:
    """The first ticket, all the way to its audited answer."""
    house.work()
    [ticket, *_] = house.tickets
    city, write = house.city, house.database.write
    unit, who = city.heating.id, city.dispatcher
    write(dispatch_ticket, ticket.id, unit_id=unit, by=who, office=OFFICE, now=house.clock.now())
    write(sign_ticket, ticket.id, by=city.officer, now=house.clock.now(), handler="赵六")
    write(reply_ticket, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=house.clock.now())
    write(pass_audit, ticket.id, by=city.auditor, office=OFFICE, now=house.clock.now())


def test_the_audited_answer_goes_back_by_mail_once(house: House) -> None:
    house.take()
    house.said()

    through_to_the_answer(house)
    house.work()
    house.work()

    [told] = house.post.taken
    assert "新进展" in told["Subject"]
    assert REPLY_TEXT in told.get_content().replace("\n", "")


def test_thanks_after_the_answer_wait_for_a_person_and_make_no_new_ticket(house: House) -> None:
    house.take()
    receipt = answered(house)
    through_to_the_answer(house)

    thanks = house.take(text="谢谢，问题解决了。", In_Reply_To=receipt)

    assert (thanks.outcome, thanks.held_reason) == (MailOutcome.HELD, HeldReason.OVER)
    assert len(house.tickets) == 1


def test_a_bounce_is_a_line_on_the_ticket_whose_answer_came_back(house: House) -> None:
    house.take()
    receipt = answered(house)
    report = (
        b"From: MAILER-DAEMON@mail.example\r\nReturn-Path: <>\r\nSubject: failure\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " + receipt.encode() + b"\r\n\r\n--b--\r\n"
    )

    assert house.take(report).outcome is MailOutcome.BOUNCE

    [line] = [line for line in house.history if line.action == "mail_undelivered"]
    assert (line.reason, line.is_internal) == ("邮件被退回", True)
    assert house.said() == []


def test_a_person_registers_adds_or_dismisses_what_was_held(house: House) -> None:
    spam: dict[str, Any] = {"X_Spam_Flag": "YES"}
    first, second, third = (house.take(text=f"{TEXT}{n}", photos=(photo(motif=n),), **spam) for n in (1, 2, 3))
    agent, write = house.city.agent, house.database.write

    write(register_held, first.id, by=agent, desk=house.desk)
    [ticket] = house.tickets
    write(add_held, second.id, ticket.number, by=agent, desk=house.desk)
    write(dismiss_held, third.id, reason="广告", by=agent, now=house.clock.now())

    assert [kept.outcome for kept in house.mails] == [
        MailOutcome.TICKET, MailOutcome.SUPPLEMENT, MailOutcome.DISMISSED,
    ]  # fmt: skip
    assert [kept.ticket_id for kept in house.photos] == [ticket.id, ticket.id, None]
    assert ticket.state is State.REGISTERED
    with pytest.raises(MailHandled):
        write(register_held, third.id, by=agent, desk=house.desk)
    with pytest.raises(MailHandled):
        write(add_held, first.id, ticket.number, by=agent, desk=house.desk)
    fourth = house.take(text=f"{TEXT}4", **spam)
    with pytest.raises(TicketNotFound):
        write(add_held, fourth.id, "000000000000", by=agent, desk=house.desk)


def test_words_that_became_no_ticket_are_forgotten_after_a_month(house: House) -> None:
    held = house.take(X_Spam_Flag="YES")
    gone = house.take(text=f"{TEXT}2", Auto_Submitted="auto-replied")
    house.clock.move_on(timedelta(days=31))

    house.database.write(forget_mails, now=house.clock.now())

    kept = {one.id: one.text for one in house.mails}
    assert (bool(kept[held.id]), kept[gone.id]) == (True, "")


def test_ten_thousand_characters_emoji_and_traditional_characters_are_taken(house: House) -> None:
    house.take(text="樓道堆物😀" * 3000, subject="投訴")

    [ticket] = house.tickets
    assert len(ticket.text) == 10_000
    assert ticket.text.endswith("（来信较长，其余未录入）")
    assert len(house.mails[0].text) > 10_000  # nothing is lost
