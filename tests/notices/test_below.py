"""When work was sent down: who answers, who works on it and who waits for the report are each told their part."""

from datetime import timedelta

import pytest

from staff.duty import set_contact
from tests.notices.desk import NightDesk
from tests.tickets.making import OFFICE
from tickets.actions.correcting import correct_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.notes import urge_ticket
from tickets.actions.oversight import issue_paper
from tickets.actions.papers import Paper
from tickets.actions.sending_down import Down, accept_report, report_up, send_back_down, send_down
from tickets.kinds import OversightKind, Urgency

#: numbers that no operator has given out
DISTRICT, STREET, COMMUNITY = "15404310021", "15404310022", "15404310023"
REPORT = "已上门查看，循环泵故障，正在更换。"


@pytest.fixture
def down(desk: NightDesk) -> NightDesk:
    """Each unit of the district's tree has a phone of its own."""
    city = desk.city
    for unit, phone in ((city.district, DISTRICT), (city.street, STREET), (city.community, COMMUNITY)):
        desk.act(set_contact, unit.id, phone=phone, email="", webhook="")
    return desk


def sent_down(desk: NightDesk, **within: float) -> int:
    """The district has signed, and the street has to report within so long."""
    city = desk.city
    ticket_id = desk.dispatched_to(city.district.id)
    desk.act(sign_ticket, ticket_id, by=city.district_officer, now=desk.now())
    due_at = desk.now() + timedelta(**within) if within else None
    desk.act(send_down, ticket_id, Down(city.street.id, due_at), by=city.district_officer, now=desk.now())
    desk.wait(minutes=2)
    return ticket_id


def told(desk: NightDesk, kind: str) -> list[str]:
    """Phones that were sent this, in order."""
    return [phone for _, phone, text in desk.sms.accepted if f"件{kind}(" in text]


def make_urgent(desk: NightDesk, ticket_id: int) -> None:
    by, version = desk.city.dispatcher, desk.ticket(ticket_id).version
    changes = {"urgency": Urgency.URGENT}
    desk.act(correct_ticket, ticket_id, changes, version=version, by=by, office=OFFICE, now=desk.now())
    desk.work()


def test_haste_and_papers_reach_the_unit_that_answers(down: NightDesk) -> None:
    ticket_id = sent_down(down)

    down.act(urge_ticket, ticket_id, by=down.city.agent, now=down.now(), reason="老人在家，请尽快")
    down.wait(minutes=2)
    paper = Paper(OversightKind.ORDER, "请抓紧办理")
    down.act(issue_paper, ticket_id, paper, by=down.city.escalation, now=down.now())
    down.wait(minutes=2)

    assert told(down, "催办督办") == [DISTRICT, DISTRICT]


def test_the_units_limit_is_told_to_who_answers_and_to_who_works_on_it(down: NightDesk) -> None:
    ticket_id = sent_down(down)
    due = down.ticket(ticket_id).unit_due_at
    assert due is not None

    down.clock.move_to(due - timedelta(hours=15))
    down.wait(minutes=2)
    warned = told(down, "即将到期")
    down.clock.move_to(due + timedelta(hours=9))
    down.wait(minutes=2)

    assert warned == [DISTRICT, STREET]
    assert told(down, "已超期") == [DISTRICT, STREET]


def test_an_inner_date_is_warned_of_and_over_for_both_sides_and_names_its_own_limit(down: NightDesk) -> None:
    sent_down(down, hours=30)

    down.wait(hours=15)
    (said, _) = [text for text in down.texts() if "内部将到期" in text]
    warned = told(down, "内部将到期")
    down.wait(hours=16)

    assert warned == [STREET, DISTRICT]
    assert "14小时内" in said
    assert told(down, "内部已超期") == [STREET, DISTRICT]
    assert told(down, "即将到期") == []


def test_who_has_reported_is_not_told_of_the_inner_date(down: NightDesk) -> None:
    ticket_id = sent_down(down, hours=30)
    street = down.city.street_officer
    down.act(sign_ticket, ticket_id, by=street, now=down.now())

    down.act(report_up, ticket_id, report=REPORT, by=street, now=down.now())
    down.wait(hours=40)

    assert told(down, "内部将到期") + told(down, "内部已超期") == []


def test_a_street_that_sent_it_further_down_is_told_of_its_own_inner_date(down: NightDesk) -> None:
    city = down.city
    ticket_id = sent_down(down, hours=40)
    down.act(sign_ticket, ticket_id, by=city.street_officer, now=down.now())
    further = Down(city.community.id, down.now() + timedelta(hours=20))
    down.act(send_down, ticket_id, further, by=city.street_officer, now=down.now())

    for _ in range(48):
        down.wait(hours=1)

    assert told(down, "内部已超期") == [COMMUNITY, STREET, STREET, DISTRICT]


def test_a_report_is_told_above_and_one_that_was_sent_back_below_each_time(down: NightDesk) -> None:
    city = down.city
    ticket_id = sent_down(down)
    down.act(sign_ticket, ticket_id, by=city.street_officer, now=down.now())

    for _ in range(2):
        down.act(report_up, ticket_id, report=REPORT, by=city.street_officer, now=down.now())
        down.wait(minutes=2)
        down.act(send_back_down, ticket_id, reason="没有写明何时修好", by=city.district_officer, now=down.now())
        down.wait(minutes=2)

    assert told(down, "下级已上报") == [DISTRICT, DISTRICT]
    assert told(down, "退回重办") == [STREET, STREET]
    assert told(down, "待签收") == [STREET]


def test_a_report_that_was_read_at_once_is_not_told(down: NightDesk) -> None:
    city = down.city
    ticket_id = sent_down(down)
    down.act(sign_ticket, ticket_id, by=city.street_officer, now=down.now())

    down.act(report_up, ticket_id, report=REPORT, by=city.street_officer, now=down.now())
    down.act(accept_report, ticket_id, by=city.district_officer, now=down.now())
    down.wait(minutes=2)

    assert told(down, "下级已上报") == []


def test_what_was_sent_back_after_its_inner_date_is_told_as_over(down: NightDesk) -> None:
    city = down.city
    ticket_id = sent_down(down, hours=12)
    down.act(sign_ticket, ticket_id, by=city.street_officer, now=down.now())
    down.act(report_up, ticket_id, report=REPORT, by=city.street_officer, now=down.now())
    down.wait(hours=14)
    assert told(down, "内部已超期") == []

    down.act(send_back_down, ticket_id, reason="没有写明何时修好", by=city.district_officer, now=down.now())
    down.wait(minutes=2)

    assert told(down, "内部已超期") == [STREET, DISTRICT]


def test_urgent_work_that_nobody_below_has_signed_rings_below(down: NightDesk) -> None:
    city = down.city
    ticket_id = sent_down(down)
    make_urgent(down, ticket_id)

    assert told(down, "转为紧急") == [DISTRICT, STREET]
    down.wait(minutes=9, seconds=59)
    assert down.rung() == []
    down.wait(seconds=1)
    assert down.rung() == [STREET]
    assert down.history(ticket_id, "duty_rung")[0].reason == "南湖街道办：值班电话 154****0022 响铃：已接听"

    down.act(sign_ticket, ticket_id, by=city.street_officer, now=down.now())
    further = Down(city.community.id)
    down.act(send_down, ticket_id, further, by=city.street_officer, now=down.now())
    down.act(sign_ticket, ticket_id, by=city.community_officer, now=down.now())
    down.wait(hours=1)
    assert down.rung() == [STREET]


def test_urgent_work_that_is_sent_down_rings_ten_minutes_later(down: NightDesk) -> None:
    ticket_id = down.dispatched_to(down.city.district.id)
    make_urgent(down, ticket_id)
    down.act(sign_ticket, ticket_id, by=down.city.district_officer, now=down.now())
    down.wait(minutes=30)

    down.act(send_down, ticket_id, Down(down.city.street.id), by=down.city.district_officer, now=down.now())
    down.wait(minutes=9)
    before = down.rung()
    down.wait(minutes=1)

    assert (before, down.rung()) == ([], [STREET])


def test_a_district_that_signed_and_sent_it_down_at_once_is_not_told_to_sign(down: NightDesk) -> None:
    city = down.city
    ticket_id = down.dispatched_to(city.district.id)
    down.work()
    down.act(sign_ticket, ticket_id, by=city.district_officer, now=down.now())
    down.act(send_down, ticket_id, Down(city.street.id), by=city.district_officer, now=down.now())

    down.wait(minutes=2)

    assert told(down, "待签收") == [STREET]
