"""An urgent ticket that nobody signs rings the duty phone, then the deputy's, then the leader's, whatever the hour."""

from datetime import timedelta

import pytest

from core.jobs import dead_jobs
from staff.rules import DutyRank
from telephony.duty_phone import PhoneNotReached, RingOutcome, RingUnknown
from tests.notices.desk import DEPUTY, DUTY, LEADER, STANDING, NightDesk
from tests.tickets.making import OFFICE
from tickets.actions.dispatching import recall_ticket
from tickets.actions.handling import sign_ticket
from tickets.kinds import Urgency
from tickets.notices.ringing import RUNG, begin_ring
from tickets.notices.rules import NoticeState, NoticeWay


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.CRITICAL])
def test_at_night_the_duty_phone_rings_after_ten_minutes_and_the_deputys_ten_minutes_later(
    desk: NightDesk, urgency: Urgency
) -> None:
    desk.roster(duty=DUTY, deputy=DEPUTY, leader=LEADER)
    desk.phone.will(RingOutcome.NO_ANSWER, RingOutcome.BUSY, RingOutcome.ANSWERED)
    ticket_id = desk.dispatched(urgency)

    heard: list[list[str]] = []
    for _ in range(8):
        desk.wait(minutes=5, seconds=-1 if not heard else 0)
        heard.append(desk.rung())

    assert heard[0] == []
    assert heard[2] == [DUTY]
    assert heard[4] == [DUTY, DEPUTY]
    assert heard[7] == [DUTY, DEPUTY, LEADER]
    assert [line.particulars["outcome"] for line in desk.history(ticket_id, RUNG)] == ["no_answer", "busy", "answered"]
    assert desk.history(ticket_id, RUNG)[0].reason == "值班电话 154****0001 响铃：无人接听"


def test_not_a_second_before_the_ten_minutes(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    desk.dispatched(Urgency.URGENT)

    desk.wait(minutes=9, seconds=59)
    before = desk.rung()
    desk.wait(seconds=1)

    assert (before, desk.rung()) == ([], [DUTY])


def test_who_has_signed_is_not_rung(desk: NightDesk) -> None:
    desk.roster(duty=DUTY, deputy=DEPUTY)
    ticket_id = desk.dispatched(Urgency.CRITICAL)
    desk.wait(minutes=11)

    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now(), handler="赵六")
    desk.wait(minutes=60)

    assert desk.rung() == [DUTY]


def test_a_recalled_ticket_rings_nobody(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.CRITICAL)

    desk.act(recall_ticket, ticket_id, by=desk.city.dispatcher, office=OFFICE, now=desk.now())
    desk.wait(minutes=60)

    assert desk.rung() == []


def test_an_ordinary_ticket_rings_nobody(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    desk.dispatched()

    desk.wait(hours=8)

    assert desk.rung() == []


def test_with_nobody_on_the_roster_the_standing_phone_rings_and_missing_ranks_are_written_down(
    desk: NightDesk,
) -> None:
    desk.contact(phone=STANDING)
    ticket_id = desk.dispatched(Urgency.URGENT)

    for _ in range(4):
        desk.wait(minutes=10)

    assert desk.rung() == [STANDING]
    assert [line.reason for line in desk.history(ticket_id, RUNG)] == [
        "值班电话 154****0009 响铃：已接听",
        "值班表无副班，未响铃",
        "值班表无带班领导，未响铃",
    ]


def test_an_exchange_that_is_away_is_tried_again_and_rings_once(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    desk.phone.will(PhoneNotReached(), PhoneNotReached())
    ticket_id = desk.dispatched(Urgency.URGENT)

    for _ in range(30):
        desk.wait(seconds=25)

    assert desk.rung() == [DUTY]
    assert len(desk.history(ticket_id, RUNG)) == 1


def test_a_ring_that_was_cut_off_by_a_kill_is_unknown_and_does_not_ring_again(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.URGENT)
    desk.wait(seconds=1)
    desk.clock.move_on(timedelta(minutes=10))
    holding_id = desk.ticket(ticket_id).holding_id
    desk.act(begin_ring, holding_id, DutyRank.DUTY, office=desk.office, now=desk.now())  # and here it was killed

    desk.work()

    assert desk.rung() == []
    assert [line.particulars["outcome"] for line in desk.history(ticket_id, RUNG)] == ["unknown"]
    assert [notice.state for notice in desk.notices() if notice.way is NoticeWay.PHONE] == [NoticeState.UNKNOWN]


def test_a_ring_whose_end_nobody_knows_is_not_made_again(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    desk.phone.will(RingUnknown())
    desk.dispatched(Urgency.URGENT)

    desk.wait(minutes=10)
    desk.wait(minutes=9)

    assert desk.rung() == [DUTY]
    assert [job.kind for job in desk.database.read(dead_jobs)] == []
