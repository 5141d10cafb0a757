"""A unit is told that its ticket was withdrawn or its question answered; the leader has a copy of a 催办通知书."""

from datetime import timedelta

import pytest

from tests.notices.desk import DUTY, LEADER, NightDesk
from tests.tickets.making import OFFICE
from tickets.actions.completing import Supplement, ask_completion, complete_ticket
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.oversight import issue_paper
from tickets.actions.papers import Paper
from tickets.actions.parking import park_ticket
from tickets.actions.side_paths import Course
from tickets.actions.withdrawing import Word, withdraw_ticket
from tickets.kinds import OversightKind, Urgency
from tickets.notices.rules import NoticeKind, NoticeState


def withdraw(desk: NightDesk, ticket_id: int) -> None:
    course = Course(desk.city.agent, OFFICE, desk.now())
    desk.act(withdraw_ticket, ticket_id, Word("已自行解决"), course=course)
    desk.work()


def test_a_unit_that_knows_of_a_ticket_is_told_that_it_was_withdrawn(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.URGENT)
    desk.wait(seconds=11)

    withdraw(desk, ticket_id)
    desk.wait(minutes=30)

    tail = desk.ticket(ticket_id).number[-4:]
    assert desk.texts()[-1].endswith(f"您单位有1件诉求已撤销(尾号{tail},紧急,无须再办),请登录平台办理")
    assert desk.rung() == []


def test_a_unit_that_was_not_told_yet_hears_of_neither(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.URGENT)
    desk.wait(seconds=3)

    withdraw(desk, ticket_id)
    desk.wait(minutes=1)

    assert desk.texts() == []


def test_a_unit_is_told_that_what_it_asked_for_was_answered(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.URGENT)
    desk.wait(seconds=11)
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    desk.act(ask_completion, ticket_id, missing="缺房间号", by=desk.city.officer, now=desk.now())
    desk.wait(minutes=2)
    assert [one.kind for one in desk.notices()] == [NoticeKind.NEW]

    desk.act(complete_ticket, ticket_id, Supplement("二单元 401"), by=desk.city.callback, now=desk.now())
    desk.wait(minutes=2)

    tail = desk.ticket(ticket_id).number[-4:]
    assert f"您单位有1件已补正(尾号{tail},紧急," in desk.texts()[-1]


@pytest.mark.parametrize(("kind", "n"), [(OversightKind.URGE_NOTICE, 1), (OversightKind.ORDER, 0)])
def test_a_paper_of_the_first_step_is_copied_to_the_leader(desk: NightDesk, kind: OversightKind, n: int) -> None:
    desk.roster(duty=DUTY, leader=LEADER)
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())

    desk.act(issue_paper, ticket_id, Paper(kind, "请抓紧办理"), by=desk.city.escalation, now=desk.now())
    desk.wait(minutes=1)

    copies = [phone for _, phone, text in desk.sms.accepted if "催办抄送" in text]
    assert copies == [LEADER] * n


def test_where_no_leader_is_on_the_roster_the_supervisor_sees_that_nobody_was_told(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())

    paper = Paper(OversightKind.URGE_NOTICE, "请抓紧办理")
    desk.act(issue_paper, ticket_id, paper, by=desk.city.escalation, now=desk.now())
    desk.wait(minutes=1)

    copy = next(notice for notice in desk.notices() if notice.kind is NoticeKind.COPIED)
    assert (copy.state, copy.error) == (NoticeState.FAILED, "值班表无带班领导")


def test_an_instruction_that_comes_with_a_dispatch_is_told_once_the_dispatch_can_no_longer_be_undone(
    desk: NightDesk,
) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.URGENT)
    instruction = Paper(OversightKind.INSTRUCTION, "请速办", leader="李市长")
    desk.act(issue_paper, ticket_id, instruction, by=desk.city.escalation, now=desk.now())
    desk.act(recall_ticket, ticket_id, by=desk.city.dispatcher, office=OFFICE, now=desk.now(), reason="派错")
    again = {"unit_id": desk.city.heating.id, "by": desk.city.dispatcher, "office": OFFICE, "now": desk.now()}
    desk.act(dispatch_ticket, ticket_id, **again)

    desk.wait(seconds=8)
    too_early = desk.texts()
    desk.wait(minutes=1)

    assert too_early == []
    assert NoticeKind.SUPERVISED in {one.kind for one in desk.notices() if one.state is NoticeState.SENT}


def test_a_unit_that_has_the_ticket_on_the_shelf_is_told_of_an_instruction(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.URGENT)
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    shelved = {"plan": "明年改造", "review_on": desk.now().date() + timedelta(days=60)}
    desk.act(park_ticket, ticket_id, **shelved, course=Course(desk.city.supervisor, OFFICE, desk.now()))
    desk.wait(minutes=1)

    instruction = Paper(OversightKind.INSTRUCTION, "请速办", leader="李市长")
    desk.act(issue_paper, ticket_id, instruction, by=desk.city.escalation, now=desk.now())
    desk.wait(minutes=1)

    assert NoticeKind.SUPERVISED in {one.kind for one in desk.notices() if one.state is NoticeState.SENT}
