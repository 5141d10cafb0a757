"""首次处置: a unit that takes no first step on an urgent ticket is warned, then told, and with it the hotline."""

from collections.abc import Iterator

import pytest

from staff.duty import set_contact
from tests.notices.desk import DUTY, STANDING, NightDesk
from tests.tickets.making import OFFICE
from tickets.actions.correcting import correct_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.notes import report_interim
from tickets.kinds import Urgency
from tickets.notices.rules import NoticeKind, NoticeState

WARNED, OVER = NoticeKind.FIRST_SOON_DUE, NoticeKind.FIRST_OVERDUE


@pytest.fixture(autouse=True)
def _reached(desk: NightDesk) -> None:
    desk.contact(phone=DUTY)


def signed(desk: NightDesk, urgency: Urgency = Urgency.URGENT) -> int:
    ticket_id = desk.dispatched(urgency)
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    desk.work()
    return ticket_id


def told(desk: NightDesk) -> Iterator[tuple[NoticeKind, int]]:
    """What left, and to which unit."""
    for one in desk.notices():
        if one.kind in {WARNED, OVER} and one.state is NoticeState.SENT:
            yield one.kind, one.unit_id


def test_the_unit_is_warned_halfway_and_told_once_when_it_is_over(desk: NightDesk) -> None:
    ticket_id, unit_id = signed(desk), desk.city.heating.id
    desk.wait(minutes=59)
    before = list(told(desk))
    desk.wait(minutes=1)
    warned = list(told(desk))
    desk.wait(hours=1)
    desk.wait(hours=5)

    tail = desk.ticket(ticket_id).number[-4:]
    assert (before, warned) == ([], [(WARNED, unit_id)])
    assert list(told(desk)) == [(WARNED, unit_id), (OVER, unit_id)]
    assert any(f"1件待首次处置(尾号{tail},紧急,1小时内)" in text for text in desk.texts())
    assert any(f"1件未首次处置(尾号{tail},紧急,超1分钟)" in text for text in desk.texts())


def test_whoever_has_taken_a_step_is_told_nothing(desk: NightDesk) -> None:
    ticket_id = signed(desk)
    desk.act(report_interim, ticket_id, text="抢修队已出发", by=desk.city.officer, now=desk.now())

    desk.wait(hours=1)
    desk.wait(hours=3)

    assert list(told(desk)) == []


def test_what_is_no_longer_urgent_has_no_first_step_to_be_told_of(desk: NightDesk) -> None:
    ticket_id = signed(desk)
    urgency, version = {"urgency": Urgency.NORMAL}, desk.ticket(ticket_id).version
    desk.act(
        correct_ticket, ticket_id, urgency, version=version, by=desk.city.dispatcher, office=OFFICE, now=desk.now()
    )

    desk.wait(hours=3)

    assert list(told(desk)) == []


def test_what_is_made_urgent_is_watched_from_then_on(desk: NightDesk) -> None:
    ticket_id = signed(desk, Urgency.NORMAL)
    urgency, version = {"urgency": Urgency.URGENT}, desk.ticket(ticket_id).version
    desk.act(
        correct_ticket, ticket_id, urgency, version=version, by=desk.city.dispatcher, office=OFFICE, now=desk.now()
    )
    desk.work()

    desk.wait(hours=2)

    assert [kind for kind, _ in told(desk)] == [OVER]


def test_the_hotlines_own_roster_hears_of_what_is_over(desk: NightDesk) -> None:
    hotline_id = desk.city.hotline.id
    desk.act(set_contact, hotline_id, phone=STANDING, email="", webhook="")
    signed(desk)

    desk.wait(hours=1)
    desk.wait(hours=1)

    unit_id = desk.city.heating.id
    assert list(told(desk)) == [(WARNED, unit_id), (OVER, unit_id), (OVER, hotline_id)]
