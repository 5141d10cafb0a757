"""A unit is warned before its limit and told after it, whatever became of the ticket meanwhile; each once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.calendar import Year, import_year
from staff.rules import Actor
from tests.notices.desk import DEPUTY, DUTY, ROBOT, NightDesk
from tests.tickets.making import OFFICE, reply_form
from tickets.actions.correcting import correct_ticket
from tickets.actions.ending import fail_audit
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.helping import ask_help, report_part
from tickets.actions.parking import park_ticket
from tickets.actions.requests import ask_for, grant_request
from tickets.actions.side_paths import Course
from tickets.clocks import local_day
from tickets.forms import RequestForm
from tickets.kinds import RequestKind, ToldBy, Urgency
from tickets.notices.rules import NoticeKind, NoticeState

LIMIT_KINDS = (NoticeKind.SOON_DUE, NoticeKind.OVERDUE)


@pytest.fixture(autouse=True)
def _reached(desk: NightDesk) -> None:
    desk.contact(webhook=ROBOT)


def course(desk: NightDesk, by: Actor) -> Course:
    return Course(by, OFFICE, desk.now())


def signed(desk: NightDesk, urgency: Urgency = Urgency.NORMAL) -> int:
    ticket_id = desk.dispatched(urgency)
    desk.act(sign_ticket, ticket_id, by=desk.city.officer, now=desk.now())
    desk.work()
    return ticket_id


def due(desk: NightDesk, ticket_id: int) -> datetime:
    at = desk.ticket(ticket_id).unit_due_at
    assert at is not None
    return at


def told(desk: NightDesk, *kinds: NoticeKind) -> list[NoticeKind]:
    """What left, in order."""
    left = {NoticeState.SENT, NoticeState.JOINED}
    return [one.kind for one in desk.notices() if one.kind in (kinds or LIMIT_KINDS) and one.state in left]


def wait_until(desk: NightDesk, moment: datetime) -> None:
    desk.clock.move_to(moment)
    desk.work()


def correct(desk: NightDesk, ticket_id: int, **changes: object) -> None:
    by, version = desk.city.dispatcher, desk.ticket(ticket_id).version
    desk.act(correct_ticket, ticket_id, changes, version=version, by=by, office=OFFICE, now=desk.now())
    desk.work()


def live_past(desk: NightDesk, limit: datetime) -> list[NoticeKind]:
    """What is told on the day before and on the morning after."""
    wait_until(desk, limit - timedelta(hours=15))
    wait_until(desk, limit + timedelta(hours=9))
    return told(desk)


def told_to(desk: NightDesk, unit_id: int) -> list[NoticeKind]:
    return [one.kind for one in desk.notices() if one.unit_id == unit_id and one.kind in LIMIT_KINDS]


def helped(desk: NightDesk) -> int:
    """A ticket of the heating company, with a part of the roads office."""
    ticket_id = signed(desk)
    by = desk.city.dispatcher
    desk.act(ask_help, ticket_id, unit_id=desk.city.roads.id, task="请开挖路面", by=by, now=desk.now())
    desk.work()
    return ticket_id


def extend(desk: NightDesk, ticket_id: int, *, days: int) -> None:
    form = RequestForm(
        kind=RequestKind.EXTENSION, reason="管网需整体更换，工期不足",
        until_on=local_day(due(desk, ticket_id) + timedelta(days=days)), told_by=ToldBy.CALL, told_note="电话告知",
    )  # fmt: skip
    desk.act(ask_for, ticket_id, form, by=desk.city.officer, office=OFFICE, now=desk.now())
    desk.act(grant_request, ticket_id, note="同意", course=course(desk, desk.city.supervisor))
    desk.work()


def test_a_helper_is_warned_and_told_as_the_lead_is_and_by_the_extended_limit(desk: NightDesk) -> None:
    ticket_id = helped(desk)
    first = due(desk, ticket_id)
    extend(desk, ticket_id, days=5)

    live_past(desk, first)
    by_the_first = told_to(desk, desk.city.roads.id)
    live_past(desk, due(desk, ticket_id))

    assert due(desk, ticket_id) > first
    assert by_the_first == []
    assert set(told_to(desk, desk.city.roads.id)) == set(LIMIT_KINDS)


def test_a_helper_who_has_reported_is_told_no_more(desk: NightDesk) -> None:
    ticket_id, by = helped(desk), desk.city.roads_officer
    desk.act(report_part, ticket_id, result="路面已开挖并恢复，可以继续维修。", by=by, now=desk.now())
    desk.work()

    live_past(desk, due(desk, ticket_id))

    assert told_to(desk, desk.city.roads.id) == []


def test_what_was_on_the_shelf_over_its_first_limit_is_warned_of_at_its_new_one(desk: NightDesk) -> None:
    ticket_id = signed(desk)
    first = due(desk, ticket_id)
    review = local_day(first + timedelta(days=9))
    desk.act(park_ticket, ticket_id, plan="等待供暖季改造", review_on=review, course=course(desk, desk.city.supervisor))

    while_parked = live_past(desk, first)
    wait_until(desk, first + timedelta(days=12))

    assert while_parked == []
    assert live_past(desk, due(desk, ticket_id)) == [NoticeKind.SOON_DUE, NoticeKind.OVERDUE]


def test_what_comes_off_the_shelf_at_midnight_is_told_in_the_morning(desk: NightDesk) -> None:
    ticket_id = signed(desk)
    review = local_day(desk.now() + timedelta(days=20))
    desk.act(park_ticket, ticket_id, plan="等待供暖季改造", review_on=review, course=course(desk, desk.city.supervisor))
    midnight = datetime(review.year, review.month, review.day, tzinfo=UTC) - timedelta(hours=8)

    wait_until(desk, midnight)
    at_night = told(desk, NoticeKind.RESUMED)
    wait_until(desk, midnight + timedelta(hours=9))

    assert (at_night, told(desk, NoticeKind.RESUMED)) == ([], [NoticeKind.RESUMED])


def test_a_limit_that_waited_for_its_year_is_watched_once_the_year_is_there(desk: NightDesk) -> None:
    desk.clock.move_to(datetime(2026, 12, 30, 2, tzinfo=UTC))
    ticket_id = signed(desk)
    assert desk.ticket(ticket_id).unit_due_at is None

    year = Year(2027, "演示用，非国务院通知", frozenset({date(2027, 1, 1)}), frozenset())
    desk.act(import_year, year, now=desk.now())
    desk.work()

    assert live_past(desk, due(desk, ticket_id)) == [NoticeKind.SOON_DUE, NoticeKind.OVERDUE]


def test_after_an_extension_the_new_limit_is_warned_of_and_the_old_one_not_again(desk: NightDesk) -> None:
    ticket_id = signed(desk)
    first = due(desk, ticket_id)
    wait_until(desk, first - timedelta(hours=15))
    assert told(desk) == [NoticeKind.SOON_DUE]

    extend(desk, ticket_id, days=1)
    at_the_old_limit = live_past(desk, first)

    assert due(desk, ticket_id) > first
    assert at_the_old_limit == [NoticeKind.SOON_DUE]
    assert live_past(desk, due(desk, ticket_id)) == [NoticeKind.SOON_DUE, NoticeKind.SOON_DUE, NoticeKind.OVERDUE]


def test_what_the_auditor_sends_back_after_its_limit_is_told_as_overdue(desk: NightDesk) -> None:
    ticket_id = signed(desk)
    limit = due(desk, ticket_id)
    desk.act(reply_ticket, ticket_id, reply_form(), by=desk.city.officer, office=OFFICE, now=desk.now())
    assert live_past(desk, limit) == []

    desk.act(fail_audit, ticket_id, by=desk.city.auditor, now=desk.now(), note="未写明时间")
    desk.wait(minutes=2)

    assert told(desk) == [NoticeKind.OVERDUE]


def test_however_often_a_ticket_is_corrected_it_is_warned_of_once(desk: NightDesk) -> None:
    ticket_id = signed(desk)
    for title in ("南湖小区三号楼", "南湖小区三号楼暖气不热"):
        correct(desk, ticket_id, title=title)
    correct(desk, ticket_id, urgency=Urgency.URGENT)
    correct(desk, ticket_id, urgency=Urgency.NORMAL)

    assert live_past(desk, due(desk, ticket_id)) == [NoticeKind.SOON_DUE, NoticeKind.OVERDUE]


def test_a_correction_that_shortens_the_limit_is_warned_of_in_time(desk: NightDesk) -> None:
    ticket_id = signed(desk)
    desk.wait(hours=2)

    correct(desk, ticket_id, urgency=Urgency.URGENT)
    limit = due(desk, ticket_id)
    wait_until(desk, limit - timedelta(hours=11))
    before = told(desk)
    wait_until(desk, limit)

    assert before == [NoticeKind.SOON_DUE]
    assert told(desk) == [NoticeKind.SOON_DUE, NoticeKind.OVERDUE]


def test_what_is_made_urgent_is_told_and_rings_ten_minutes_later_while_nobody_signs(desk: NightDesk) -> None:
    desk.roster(duty=DUTY, deputy=DEPUTY)
    ticket_id = desk.dispatched()
    desk.wait(hours=2)

    correct(desk, ticket_id, urgency=Urgency.CRITICAL)
    tail = desk.ticket(ticket_id).number[-4:]
    said = [text for text in desk.texts() if f"1件转为紧急(尾号{tail},特急" in text]
    heard = []
    for _ in range(2):
        desk.wait(minutes=9, seconds=59)
        heard.append(desk.rung())
        desk.wait(seconds=1)
        heard.append(desk.rung())

    assert len(said) == 1
    assert heard == [[], [DUTY], [DUTY], [DUTY, DEPUTY]]


def test_what_is_no_longer_urgent_rings_nobody(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.URGENT)
    desk.wait(minutes=5)

    correct(desk, ticket_id, urgency=Urgency.NORMAL)
    desk.wait(hours=1)

    assert desk.rung() == []


def test_what_is_made_urgent_again_rings_again(desk: NightDesk) -> None:
    desk.roster(duty=DUTY)
    ticket_id = desk.dispatched(Urgency.URGENT)
    correct(desk, ticket_id, urgency=Urgency.NORMAL)
    desk.wait(minutes=30)

    correct(desk, ticket_id, urgency=Urgency.URGENT)
    desk.wait(minutes=10)

    assert desk.rung() == [DUTY]
