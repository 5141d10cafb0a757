"""Units keep hours of their own: limits of working hours count in them, say so, and move when they are changed."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.calendar import SHANGHAI, SHIPPED_CALENDAR
from core.errors import Invalid
from core.events import announced
from tests.tickets.making import OFFICE, City
from tickets.actions.due_times import compute_due_times, timed_ticket_ids
from tickets.actions.work_hours import drop_unit_hours, set_city_hours, set_unit_hours
from tickets.clocks import Allowance, due_at, end_of
from tickets.events import WorkHoursChanged
from tickets.kinds import Measure
from tickets.model import HistoryLine, Holding, Ticket
from tickets.queries.page import ticket_page
from tickets.work_hours import WorkHours, parse_work_hours

FOUR = Allowance(4, Measure.OFFICE_HOURS)
OFFICE_DAY = WorkHours(((510, 720), (810, 1020)))
ALWAYS = WorkHours(((0, 1440),), ((0, 1440),))
WEEKEND_TOO = parse_work_hours("08:30-12:00、13:30-17:00", "9:00-16:00")


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def holding_of(session: Session, ticket: Ticket) -> Holding:
    return session.get_one(Holding, ticket.holding_id)


@pytest.mark.parametrize(
    ("begins", "hours", "ends"),
    [
        ("2026-10-13T09:00", OFFICE_DAY, "2026-10-13T14:30"),
        ("2026-10-13T15:00", OFFICE_DAY, "2026-10-14T10:30"),
        ("2026-10-13T12:30", OFFICE_DAY, "2026-10-14T09:00"),
        ("2026-09-30T16:00", OFFICE_DAY, "2026-10-08T11:30"),
        ("2026-10-10T16:00", OFFICE_DAY, "2026-10-12T11:30"),
        # the holiday counts for an office that works on days off
        ("2026-09-30T16:00", WEEKEND_TOO, "2026-10-01T12:00"),
        ("2026-09-30T23:00", ALWAYS, "2026-10-01T03:00"),
        # an office that never closes needs no calendar
        ("2027-03-01T23:00", ALWAYS, "2027-03-02T03:00"),
    ],
)
def test_four_working_hours_run_in_the_hours_of_the_office(begins: str, hours: WorkHours, ends: str) -> None:
    end = end_of(FOUR, datetime.fromisoformat(begins).replace(tzinfo=SHANGHAI), SHIPPED_CALENDAR, hours)

    assert end.astimezone(SHANGHAI).isoformat()[:16] == ends


def test_the_sentence_names_whose_hours_and_which() -> None:
    own = WorkHours(((540, 720),), ((600, 660),), whose="市供热公司 ")

    due = due_at(FOUR, at("2026-10-13", "09:00"), SHIPPED_CALENDAR, own, what="签收")

    assert due.why == (
        "签收时限 4 个工作小时：10-13 09:00 起按办公时间"
        "（市供热公司 工作日 09:00–12:00；休息日 10:00–11:00）计算，至 10-14 10:00 止"
    )


@pytest.mark.parametrize(
    ("working", "off", "faults"),
    [
        ("", "", ["hours_missing"]),
        ("8点到12点", "", ["hours_malformed"]),
        ("12:00-08:00", "25:00-26:00", ["hours_malformed", "hours_malformed"]),
        ("08:00-12:00、11:00-13:00", "", ["hours_malformed"]),
        ("08:61-12:00", "", ["hours_malformed"]),
        ("1:00-2:00,3:00-4:00,5:00-6:00,7:00-8:00,9:00-10:00", "", ["hours_malformed"]),
    ],
)
def test_hours_that_cannot_be_are_all_named(working: str, off: str, faults: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_work_hours(working, off)

    assert [code for _, code, _ in refused.value.faults] == faults


def test_hours_are_read_as_people_type_them() -> None:
    assert parse_work_hours("０８：３０－１２：００，13:30至17:00", "") == WorkHours(((510, 720), (810, 1020)))
    assert str(parse_work_hours("0:00-24:00", "0:00-24:00")) == "工作日 00:00–24:00；休息日 00:00–24:00"


def test_a_unit_with_hours_of_its_own_signs_by_them(session: Session, city: City) -> None:
    friday_evening = at("2026-10-16", "16:00")
    by_city = holding_of(session, city.dispatched(friday_evening)).sign_due_at
    set_unit_hours(session, city.heating.id, ALWAYS, by=city.supervisor, now=friday_evening)

    held = holding_of(session, city.dispatched(friday_evening))

    assert by_city is not None
    assert by_city.astimezone(SHANGHAI).date() == date(2026, 10, 19)
    assert held.sign_due_at == friday_evening + timedelta(hours=4)
    assert "市供热公司 工作日 00:00–24:00；休息日 00:00–24:00" in held.sign_why


def test_changed_hours_move_open_tickets_of_that_unit_and_the_history_says_so(session: Session, city: City) -> None:
    sent_at = at("2026-10-16", "16:00")
    ticket = city.dispatched(sent_at)
    set_unit_hours(session, city.heating.id, ALWAYS, by=city.supervisor, now=sent_at)
    assert WorkHoursChanged(city.heating.id) in announced(session)
    assert timed_ticket_ids(session, unit_id=city.roads.id) == []

    moved = compute_due_times(
        session, timed_ticket_ids(session, unit_id=city.heating.id), office=OFFICE, now=sent_at, why="办公时间有更新"
    )

    assert moved == 1
    assert ticket.step_due_at == sent_at + timedelta(hours=4)
    line = session.scalars(select(HistoryLine).where(HistoryLine.action == "due_computed")).one()
    assert line.reason == "办公时间有更新，本环节时限为 10-16 20:00"
    assert line.particulars["before"]["step"].startswith("10-19")


def test_by_the_citys_hours_again_the_limit_is_what_it_was(session: Session, city: City) -> None:
    sent_at = at("2026-10-16", "16:00")
    ticket = city.dispatched(sent_at)
    before = ticket.step_due_at
    set_unit_hours(session, city.heating.id, ALWAYS, by=city.supervisor, now=sent_at)
    compute_due_times(session, [ticket.id], office=OFFICE, now=sent_at)

    drop_unit_hours(session, city.heating.id, profile=OFFICE.profile, by=city.supervisor, now=sent_at)
    compute_due_times(session, [ticket.id], office=OFFICE, now=sent_at)

    assert ticket.step_due_at == before


def test_the_citys_hours_move_every_unit_without_its_own(session: Session, city: City) -> None:
    sent_at = at("2026-10-16", "16:00")
    ticket = city.dispatched(sent_at)

    set_city_hours(session, ALWAYS, profile=OFFICE.profile, by=city.supervisor, now=sent_at)
    compute_due_times(session, timed_ticket_ids(session), office=OFFICE, now=sent_at)

    assert ticket.step_due_at == sent_at + timedelta(hours=4)
    assert WorkHoursChanged(None) in announced(session)


def test_every_change_is_a_line_of_the_audit_log(session: Session, city: City, now: datetime) -> None:
    set_unit_hours(session, city.heating.id, WEEKEND_TOO, by=city.supervisor, now=now)
    drop_unit_hours(session, city.heating.id, profile=OFFICE.profile, by=city.supervisor, now=now)
    session.flush()

    rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()

    assert [(row.action, row.object_id, row.purpose) for row in rows] == [
        ("set_work_hours", "heating", "工作日 08:30–12:00、13:30–17:00；休息日 09:00–16:00"),
        ("drop_work_hours", "heating", "随全市"),
    ]


def test_the_bar_of_holders_counts_each_unit_by_its_own_hours(session: Session, city: City) -> None:
    set_unit_hours(session, city.heating.id, ALWAYS, by=city.supervisor, now=at("2026-10-16", "09:00"))
    ticket = city.signed(at("2026-10-16", "16:00"))

    page = ticket_page(
        session, ticket.number, by=city.supervisor, profile=OFFICE.profile, now=at("2026-10-17", "16:00")
    )

    assert page.segments[-1].working_s == 24 * 3600
