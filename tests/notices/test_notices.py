"""A unit is told of its tickets once by each way, after the dispatcher's ten seconds, and in one notice for several."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sms.providers.console import Fault
from staff.duty import set_contact
from staff.model import Unit
from staff.rules import Actor, Role
from tests.notices.desk import DUTY, MAIL, ROBOT, STANDING, NightDesk
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.ending import fail_audit, rework_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.helping import ask_help, excuse_part
from tickets.actions.notes import urge_ticket
from tickets.actions.releasing import release_reply, send_reply_back, submit_reply
from tickets.kinds import Urgency
from tickets.notices.actions import hand_over, resend_notice
from tickets.notices.carriers import CarrierNotReached, CarrierRefused, CarrierUnsure
from tickets.notices.errors import NoticeNotResendable
from tickets.notices.rules import NoticeKind, NoticeState, NoticeWay


def states(desk: NightDesk, way: NoticeWay) -> list[NoticeState]:
    return [notice.state for notice in desk.notices() if notice.way is way]


def test_a_new_ticket_is_told_at_night_by_every_way_the_unit_has(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    desk.contact(phone=STANDING, email=MAIL, webhook=ROBOT)
    ticket_id = desk.dispatched(Urgency.CRITICAL)
    tail = desk.ticket(ticket_id).number[-4:]

    desk.wait(seconds=10)

    said = f"您单位有1件待签收(尾号{tail},特急,30分钟内),请登录平台办理"
    assert [(phone, text) for _, phone, text in desk.sms.accepted] == [(DUTY, f"【长春12345】{said}")]
    assert [(one.address, one.text) for one in desk.robot.taken] == [(ROBOT, said)]
    assert [(one.address, one.text) for one in desk.mail.taken] == [(MAIL, said)]


def test_with_nobody_on_the_roster_the_standing_contact_is_told(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    desk.dispatched()

    desk.wait(seconds=10)

    assert [phone for _, phone, _ in desk.sms.accepted] == [STANDING]


def test_nothing_leaves_before_the_ten_seconds_of_undo(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    desk.dispatched()

    desk.wait(seconds=9)

    assert desk.texts() == []


def test_a_dispatch_that_was_taken_back_in_time_is_never_told(desk: NightDesk) -> None:
    desk.contact(phone=STANDING, webhook=ROBOT)
    ticket_id = desk.dispatched(Urgency.CRITICAL)
    desk.wait(seconds=5)

    desk.act(recall_ticket, ticket_id, by=desk.city.dispatcher, office=OFFICE, now=desk.now())
    desk.wait(minutes=5)

    assert (desk.texts(), desk.robot.taken) == ([], [])
    assert {notice.state for notice in desk.notices()} == {NoticeState.DROPPED}


def test_recalled_and_sent_again_is_told_once_with_the_new_limit(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    ticket_id = desk.dispatched()
    desk.wait(seconds=5)
    desk.act(recall_ticket, ticket_id, by=desk.city.dispatcher, office=OFFICE, now=desk.now())

    desk.act(
        dispatch_ticket,
        ticket_id,
        unit_id=desk.city.heating.id,
        by=desk.city.dispatcher,
        office=OFFICE,
        now=desk.now(),
    )
    desk.wait(seconds=10)
    desk.wait(minutes=5)

    assert len(desk.texts()) == 1


def test_several_within_a_minute_are_told_in_one(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    desk.dispatched()
    desk.wait(seconds=10)
    for _ in range(3):
        desk.dispatched()
        desk.wait(seconds=12)

    desk.wait(minutes=1)

    texts = [text.removeprefix("【长春12345】") for text in desk.texts()]
    assert [text[:9] for text in texts] == ["您单位有1件待签收", "您单位有3件待签收"]
    assert sorted(states(desk, NoticeWay.SMS)) == sorted([NoticeState.SENT] * 2 + [NoticeState.JOINED] * 2)


def test_an_urgent_one_does_not_wait_for_the_minute(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    desk.dispatched()
    desk.wait(seconds=10)
    desk.dispatched(Urgency.URGENT)

    desk.wait(seconds=10)

    assert len(desk.texts()) == 2


def test_signed_before_it_left_nothing_leaves(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    ticket_id = desk.dispatched()

    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now(), handler="赵六")
    desk.wait(minutes=1)

    assert desk.texts() == []


def test_the_unit_is_warned_a_day_before_its_limit_and_told_when_it_is_over(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now(), handler="赵六")
    due = desk.ticket(ticket_id).unit_due_at
    assert due is not None

    desk.clock.move_to(due - timedelta(hours=17))
    desk.work()
    before = desk.texts()
    desk.wait(hours=1)
    warned = desk.texts()
    desk.clock.move_to(due + timedelta(hours=8))
    desk.work()

    assert before == []
    assert [text.removeprefix("【长春12345】") for text in warned] == [
        f"您单位有1件即将到期(尾号{desk.ticket(ticket_id).number[-4:]},一般,16小时内),请登录平台办理"
    ]
    assert "已超期" in desk.texts()[1]
    assert "超8小时" in desk.texts()[1]


def test_an_urgent_ticket_is_warned_of_when_half_of_its_day_is_left_even_at_night(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    ticket_id = desk.dispatched(Urgency.URGENT)
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now(), handler="赵六")
    desk.wait(seconds=10)

    desk.wait(hours=12)

    (warning,) = [text for text in desk.texts() if "即将到期" in text]
    assert "12小时内" in warning or "11小时内" in warning


def test_an_answered_ticket_is_no_longer_warned_of(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now(), handler="赵六")
    desk.act(reply_ticket, ticket_id, reply_form(), by=desk.city.officer, office=OFFICE, now=desk.now())

    desk.wait(days=12)

    assert desk.texts() == []


def test_a_rework_and_an_urging_are_told_as_such(desk: NightDesk) -> None:
    desk.contact(webhook=ROBOT)
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now(), handler="赵六")
    desk.act(urge_ticket, ticket_id, by=desk.city.agent, now=desk.now(), reason="老人在家，请尽快")
    desk.wait(seconds=10)
    desk.act(reply_ticket, ticket_id, reply_form(), by=desk.city.officer, office=OFFICE, now=desk.now())

    desk.act(rework_ticket, ticket_id, by=desk.city.auditor, office=OFFICE, now=desk.now(), reason="没有解决")
    desk.wait(seconds=10)

    kinds = [one.text[6:10] for one in desk.robot.taken]
    assert kinds == ["催办督办", "退回重办"]


def test_a_reply_that_the_auditor_sent_back_is_told(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    desk.act(reply_ticket, ticket_id, reply_form(), by=desk.city.officer, office=OFFICE, now=desk.now())
    desk.wait(seconds=10)
    assert desk.texts() == []

    desk.act(fail_audit, ticket_id, by=desk.city.auditor, now=desk.now(), note="未写明时间")
    desk.wait(minutes=2)

    assert ["退回重办" in text for text in desk.texts()] == [True]


def test_a_helper_is_told_of_its_part_and_not_of_one_that_was_taken_back(desk: NightDesk) -> None:
    roads = desk.city.roads.id
    desk.act(set_contact, roads, phone=STANDING, email="", webhook="")
    ticket_id = desk.dispatched()
    dispatcher = desk.city.dispatcher
    desk.act(ask_help, ticket_id, unit_id=roads, task="配合开挖路面", by=dispatcher, now=desk.now())
    desk.act(excuse_part, ticket_id, unit_id=roads, reason="不再需要", by=dispatcher, now=desk.now())
    desk.wait(minutes=2)
    assert not any("待协办" in text for text in desk.texts())

    desk.act(ask_help, ticket_id, unit_id=roads, task="配合恢复路面", by=dispatcher, now=desk.now())
    desk.wait(minutes=2)
    (told,) = [text for text in desk.texts() if "待协办" in text]
    assert desk.ticket(ticket_id).number[-4:] in told


def test_a_carrier_that_is_away_is_tried_again_and_takes_it_once(desk: NightDesk) -> None:
    desk.contact(webhook=ROBOT)
    desk.robot.will(CarrierNotReached(), CarrierNotReached())
    desk.dispatched()

    for _ in range(6):
        desk.wait(seconds=10)

    assert len(desk.robot.taken) == 1
    assert states(desk, NoticeWay.WEBHOOK) == [NoticeState.SENT]


def test_what_may_have_been_taken_is_not_sent_again_by_itself_but_by_a_person(desk: NightDesk) -> None:
    desk.contact(webhook=ROBOT)
    desk.robot.will(CarrierUnsure())
    desk.dispatched()
    desk.wait(minutes=5)
    assert (len(desk.robot.taken), states(desk, NoticeWay.WEBHOOK)) == (1, [NoticeState.UNKNOWN])

    desk.act(resend_notice, desk.notices()[0].id, now=desk.now())
    desk.work()

    assert (len(desk.robot.taken), states(desk, NoticeWay.WEBHOOK)) == (2, [NoticeState.SENT])


def test_killed_while_handing_over_it_is_unknown_and_not_sent_twice(desk: NightDesk) -> None:
    desk.contact(webhook=ROBOT)
    desk.dispatched()
    desk.wait(seconds=1)
    desk.clock.move_on(timedelta(seconds=10))
    notice = desk.notices()[0]
    desk.act(hand_over, notice.id, attempt=notice.attempt, office=desk.office, now=desk.now())  # and was killed here

    desk.wait(minutes=5)

    assert (desk.robot.taken, states(desk, NoticeWay.WEBHOOK)) == ([], [NoticeState.UNKNOWN])


def test_a_refusal_is_listed_with_its_reason(desk: NightDesk) -> None:
    desk.contact(webhook=ROBOT)
    desk.robot.will(CarrierRefused(reason="HTTP 404"))
    desk.dispatched()

    desk.wait(minutes=1)

    assert [(one.state, one.error) for one in desk.notices()] == [(NoticeState.FAILED, "对方拒收：HTTP 404")]


def test_a_unit_without_any_contact_is_a_failed_notice_that_somebody_sees(desk: NightDesk) -> None:
    desk.dispatched()

    desk.wait(minutes=1)

    assert [(one.state, one.error) for one in desk.notices()] == [
        (NoticeState.FAILED, "本单位没有值班安排，也没有常设联系方式")
    ]


def test_an_sms_that_cannot_arrive_fails_its_notice(desk: NightDesk) -> None:
    desk.contact(phone="043185550001")
    desk.dispatched()

    desk.wait(minutes=1)

    assert [(one.state, one.error) for one in desk.notices()] == [(NoticeState.FAILED, "短信未送达：landline")]


def test_an_sms_of_which_nobody_knows_is_said_to_be_unknown(desk: NightDesk) -> None:
    desk.contact(phone=STANDING)
    desk.sms.misbehave(Fault.LOST)
    desk.dispatched()

    desk.wait(seconds=10)
    before = states(desk, NoticeWay.SMS)
    for _ in range(6):
        desk.wait(minutes=20)

    assert (before, states(desk, NoticeWay.SMS)) == ([NoticeState.SENT], [NoticeState.UNKNOWN])
    assert desk.texts() == []


def test_what_was_sent_is_not_sent_again(desk: NightDesk) -> None:
    desk.contact(webhook=ROBOT)
    desk.dispatched()
    desk.wait(minutes=1)

    with pytest.raises(NoticeNotResendable):
        desk.act(resend_notice, desk.notices()[0].id, now=desk.now())

    assert desk.notices()[0].kind is NoticeKind.NEW


def test_the_second_person_is_told_of_each_reply_that_waits_and_not_of_one_that_was_fetched_back(
    desk: NightDesk,
) -> None:
    city, officer = desk.city, desk.city.officer
    second = desk.database.write(_asks_for_release, city)
    desk.contact(webhook=ROBOT)
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=officer, now=desk.now())
    desk.act(submit_reply, ticket_id, reply_form(), by=officer, now=desk.now())
    desk.wait(seconds=10)
    assert ["待审签" in one.text for one in desk.robot.taken] == [True]

    desk.act(send_reply_back, ticket_id, reason="请写明何时修好", by=second, now=desk.now())
    desk.act(submit_reply, ticket_id, reply_form(), by=officer, now=desk.now())
    desk.wait(minutes=2)
    desk.act(send_reply_back, ticket_id, reason="还没写完", by=officer, now=desk.now())
    desk.act(submit_reply, ticket_id, reply_form(), by=officer, now=desk.now())
    desk.act(release_reply, ticket_id, by=second, office=OFFICE, now=desk.now())
    desk.wait(minutes=2)

    assert ["待审签" in one.text for one in desk.robot.taken] == [True, True]


def _asks_for_release(session: Session, city: City) -> Actor:
    """Answers the second person of the heating company."""
    session.get_one(Unit, city.heating.id).needs_release = True
    return City.session_of(session, city).person("heating-2", Role.UNIT_OFFICER, unit=city.heating)
