"""A unit is told what the hotline decided on what it asked for, and what it ended or put on the shelf by itself."""

from datetime import timedelta

import pytest

from tests.notices.desk import DUTY, NightDesk
from tests.notices.test_limits import course
from tests.tickets.making import OFFICE
from tickets.actions.handling import refuse_return, return_ticket, sign_ticket
from tickets.actions.parking import park_ticket, resume_ticket
from tickets.actions.requests import ask_for, grant_request, refuse_request
from tickets.actions.side_paths import End, terminate_ticket
from tickets.clocks import local_day
from tickets.forms import RequestForm
from tickets.kinds import RequestKind, TerminationReason, ToldBy, Urgency

REASON = "管网需整体更换，工期不足"


@pytest.fixture(autouse=True)
def _reached(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)


def asked(desk: NightDesk, kind: RequestKind) -> int:
    """A signed ticket of which its unit asks this."""
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    day = local_day(desk.now() + timedelta(days=14))
    more: dict[RequestKind, dict[str, object]] = {
        RequestKind.EXTENSION: {"until_on": day, "told_by": ToldBy.CALL, "told_note": "电话告知"},
        RequestKind.PARKING: {"plan": "等待供暖季改造", "review_on": day},
        RequestKind.TERMINATION: {"termination_reason": TerminationReason.UNREACHABLE},
    }
    form = RequestForm.model_validate({"kind": kind, "reason": REASON, **more[kind]})
    desk.act(ask_for, ticket_id, form, by=desk.city.officer, office=OFFICE, now=desk.now())
    desk.wait(seconds=11)
    assert desk.texts() == []
    return ticket_id


def said(desk: NightDesk) -> list[tuple[str, str]]:
    """The kind and the limit of each SMS to the unit."""
    texts = [text.partition("件")[2] for _, phone, text in desk.sms.accepted if phone == DUTY]
    return [(text.partition("(")[0], text.partition(")")[0].split(",")[2]) for text in texts]


@pytest.mark.parametrize(
    ("kind", "words", "limit"),
    [
        (RequestKind.EXTENSION, "延期已批准", "14天内"),
        (RequestKind.PARKING, "已挂账", "暂停计时"),
        (RequestKind.TERMINATION, "已终止", "无须再办"),
    ],
)
def test_what_was_granted_is_told_once(desk: NightDesk, kind: RequestKind, words: str, limit: str) -> None:
    ticket_id = asked(desk, kind)

    desk.act(grant_request, ticket_id, note="同意", course=course(desk, desk.city.supervisor))
    desk.wait(minutes=2)

    assert said(desk) == [(words, limit)]


@pytest.mark.parametrize("kind", RequestKind)
def test_what_was_refused_is_told(desk: NightDesk, kind: RequestKind) -> None:
    ticket_id = asked(desk, kind)

    desk.act(refuse_request, ticket_id, reason="理由不充分", course=course(desk, desk.city.supervisor))
    desk.wait(minutes=2)

    assert [words for words, _ in said(desk)] == ["申请被驳回"]


def test_a_return_that_was_refused_is_told(desk: NightDesk) -> None:
    ticket_id = desk.dispatched(Urgency.URGENT)
    desk.act(return_ticket, ticket_id, desk.city.return_form(), by=desk.city.officer, now=desk.now())
    desk.wait(minutes=30)
    assert desk.rung() == []

    desk.act(refuse_return, ticket_id, by=desk.city.supervisor, now=desk.now(), reason="属本单位职责")
    desk.wait(minutes=2)

    assert [words for words, _ in said(desk)] == ["退单被驳回"]


def test_what_the_hotline_does_unasked_is_told_as_well(desk: NightDesk) -> None:
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    supervisor, day = desk.city.supervisor, local_day(desk.now() + timedelta(days=14))

    desk.act(park_ticket, ticket_id, plan="等待供暖季改造", review_on=day, course=course(desk, supervisor))
    desk.wait(hours=8)
    desk.act(resume_ticket, ticket_id, reason="提前具备条件", course=course(desk, supervisor))
    desk.wait(minutes=2)
    end = End(TerminationReason.UNREACHABLE, "三天内五次拨打均无人接听")
    desk.act(terminate_ticket, ticket_id, end, course=course(desk, supervisor))
    desk.wait(minutes=2)

    assert [words for words, _ in said(desk)] == ["已挂账", "恢复办理", "已终止"]


def test_what_is_off_the_shelf_again_is_not_told_to_be_on_it(desk: NightDesk) -> None:
    ticket_id = desk.dispatched()
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    supervisor, day = desk.city.supervisor, local_day(desk.now() + timedelta(days=14))

    desk.act(park_ticket, ticket_id, plan="等待供暖季改造", review_on=day, course=course(desk, supervisor))
    desk.act(resume_ticket, ticket_id, reason="误操作", course=course(desk, supervisor))
    desk.wait(hours=8)

    assert [words for words, _ in said(desk)] == ["恢复办理"]
