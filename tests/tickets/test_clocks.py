"""Due times: the vectors of the trade, an independent slow oracle, and what happens past the calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.calendar import SHIPPED_CALENDAR, Year, import_year
from tests.tickets.making import OFFICE, City
from tickets.actions.due_times import compute_due_times
from tickets.actions.handling import return_ticket
from tickets.clocks import Allowance, due_at, end_of, office_time_between
from tickets.kinds import Measure, Step, TicketType, Urgency
from tickets.profiles import load_profile
from tickets.work_hours import WorkHours

STRETCHES = ((510, 690), (810, 1020))
HOURS = WorkHours(STRETCHES)
CHINA = ZoneInfo("Asia/Shanghai")
#: the State Council's notices again, written down a second time, so that the oracle shares nothing with the product
OFF_2026 = {
    *(date(2026, 1, day) for day in (1, 2, 3)), *(date(2026, 2, day) for day in range(15, 24)),
    *(date(2026, 4, day) for day in (4, 5, 6)), *(date(2026, 5, day) for day in range(1, 6)),
    *(date(2026, 6, day) for day in (19, 20, 21)), *(date(2026, 9, day) for day in (25, 26, 27)),
    *(date(2026, 10, day) for day in range(1, 8)),
}  # fmt: skip
WORKED_2026 = {
    date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
}  # fmt: skip
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 10, 31), timezones=st.just(UTC))  # noqa: DTZ001


def is_worked(day: date) -> bool:
    return day in WORKED_2026 or (day.weekday() < 5 and day not in OFF_2026)


def at(day: str, clock: str = "00:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), CHINA)


#: dispatched on, then the last day of 1, 5, 7 and 15 working days, counted by hand from the State Council's notice
VECTORS = {
    "2026-02-13": ("2026-02-14", "2026-02-27", "2026-03-02", "2026-03-12"),
    "2026-02-16": ("2026-02-24", "2026-02-28", "2026-03-03", "2026-03-13"),
    "2026-09-18": ("2026-09-20", "2026-09-24", "2026-09-29", "2026-10-15"),
    "2026-09-30": ("2026-10-08", "2026-10-13", "2026-10-15", "2026-10-27"),
}


@pytest.mark.parametrize(
    ("dispatched", "days", "last"),
    [(day, days, last) for day, lasts in VECTORS.items() for days, last in zip((1, 5, 7, 15), lasts, strict=True)],
)
def test_working_days_end_at_24_00_of_the_last_one(dispatched: str, days: int, last: str) -> None:
    end = end_of(Allowance(days, Measure.WORKING_DAYS), at(dispatched, "16:20"), SHIPPED_CALENDAR, HOURS)

    assert end == at(last) + timedelta(days=1)


@given(moments, st.integers(min_value=1, max_value=15))
def test_working_days_agree_with_a_slow_oracle(begins: datetime, days: int) -> None:
    day, left = begins.astimezone(CHINA).date(), days
    while left:
        day += timedelta(days=1)
        left -= is_worked(day)

    end = end_of(Allowance(days, Measure.WORKING_DAYS), begins, SHIPPED_CALENDAR, HOURS)

    assert end == datetime.combine(day + timedelta(days=1), time(), CHINA)


@given(moments, st.integers(min_value=1, max_value=12))
def test_office_hours_agree_with_a_minute_by_minute_oracle(begins: datetime, hours: int) -> None:
    begins = begins.replace(second=0, microsecond=0)
    local, left = begins.astimezone(CHINA), hours * 60
    while left:
        minute = local.hour * 60 + local.minute
        left -= is_worked(local.date()) and any(opens <= minute < closes for opens, closes in STRETCHES)
        local += timedelta(minutes=1)

    end = end_of(Allowance(hours, Measure.OFFICE_HOURS), begins, SHIPPED_CALENDAR, HOURS)

    assert end == local
    assert office_time_between(begins, end, SHIPPED_CALENDAR, HOURS) == timedelta(hours=hours)


@given(moments, st.integers(min_value=1, max_value=72))
def test_hours_run_by_the_clock_through_nights_and_holidays(begins: datetime, hours: int) -> None:
    end = end_of(Allowance(hours, Measure.HOURS), begins, SHIPPED_CALENDAR, HOURS)

    assert end - begins == timedelta(hours=hours)


@given(moments, st.sampled_from(list(Measure)), st.integers(min_value=1, max_value=15))
def test_later_beginnings_never_end_earlier(begins: datetime, measure: Measure, amount: int) -> None:
    allowance = Allowance(amount, measure)

    first = end_of(allowance, begins, SHIPPED_CALENDAR, HOURS)
    second = end_of(allowance, begins + timedelta(hours=7), SHIPPED_CALENDAR, HOURS)

    assert begins < first <= second


def test_a_day_limit_of_none_ends_tonight() -> None:
    due = due_at(Allowance(0, Measure.DAYS), at("2026-10-13", "09:00"), SHIPPED_CALENDAR, HOURS, what="派单")

    assert due.at == at("2026-10-14")
    assert due.why == "派单时限 当日：10-13 起按自然日计算，至 10-13 24:00 止"


def test_the_sentence_names_the_holidays_and_the_make_up_day() -> None:
    allowance = Allowance(7, Measure.WORKING_DAYS)

    due = due_at(allowance, at("2026-09-30", "10:00"), SHIPPED_CALENDAR, HOURS, what="投诉（一般）答复")

    assert due.why == (
        "投诉（一般）答复时限 7 个工作日：09-30 起算，当日不计；"
        "跳过 10-01（周四）至 10-07（周三）、10-11（周日）休息日；"
        "10-10（周六）调休上班，计入；至 10-15 24:00 止"
    )


def test_past_the_calendar_nothing_is_guessed() -> None:
    allowance = Allowance(5, Measure.WORKING_DAYS)

    due = due_at(allowance, at("2026-12-30", "10:00"), SHIPPED_CALENDAR, HOURS, what="求助（一般）答复")

    assert (due.at, due.missing_year) == (None, 2027)
    assert "日历未加载(2027)" in due.why


def test_a_ticket_past_the_calendar_is_accepted_and_computed_when_the_year_comes(session: Session) -> None:
    city = City(session)
    begins = at("2026-12-30", "10:00")

    ticket = city.dispatched(begins)
    session.flush()
    assert (ticket.citizen_due_at, ticket.unit_due_at) == (None, None)
    assert ticket.waits_for_calendar is not None
    import_year(session, Year(2027, "演示用，非国务院通知", frozenset({date(2027, 1, 1)}), frozenset()), now=begins)
    compute_due_times(session, [ticket.id], office=OFFICE, now=begins)

    assert ticket.citizen_due_at == ticket.unit_due_at == at("2027-01-08")
    assert ticket.waits_for_calendar is None


def test_a_return_in_review_is_due_when_it_was_however_often_that_is_computed(session: Session, now: datetime) -> None:
    city = City(session)
    ticket = city.dispatched(now)
    return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)
    due = ticket.step_due_at

    changed = compute_due_times(session, [ticket.id], office=OFFICE, now=now)

    assert (changed, ticket.step_due_at) == (0, due)


@pytest.mark.parametrize(
    ("step", "type_", "urgency", "limit_class", "allowance"),
    [
        (Step.RESULT, TicketType.CONSULT, Urgency.NORMAL, "", "1 个工作日"),
        (Step.RESULT, TicketType.HELP, Urgency.NORMAL, "", "5 个工作日"),
        (Step.RESULT, TicketType.COMPLAINT, Urgency.NORMAL, "", "7 个工作日"),
        (Step.RESULT, TicketType.CONSULT, Urgency.CRITICAL, "", "24 小时"),
        (Step.RESULT, TicketType.CONSULT, Urgency.NORMAL, "complex", "15 个工作日"),
        (Step.DISPATCH, TicketType.HELP, Urgency.NORMAL, "", "当日"),
        (Step.DISPATCH, TicketType.HELP, Urgency.NORMAL, "utility", "2 小时"),
        (Step.DISPATCH, TicketType.HELP, Urgency.URGENT, "utility", "1 小时"),
        (Step.SIGN, TicketType.HELP, Urgency.NORMAL, "", "4 个工作小时"),
        (Step.SIGN, TicketType.HELP, Urgency.URGENT, "", "30 分钟"),
        (Step.RETURN, TicketType.HELP, Urgency.NORMAL, "", "24 小时"),
        (Step.REWORK, TicketType.HELP, Urgency.NORMAL, "", "3 个工作日"),
    ],
)
def test_the_shipped_profile_holds_the_limits_of_the_trade(
    session: Session, step: Step, type_: TicketType, urgency: Urgency, limit_class: str, allowance: str
) -> None:
    profile = load_profile(session, "demo-jilin")

    assert str(profile.allowance(step, type_=type_, urgency=urgency, limit_class=limit_class)) == allowance
