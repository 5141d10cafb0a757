"""Working days as the State Council's notices and the Civil Code make them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.calendar import (
    SHANGHAI,
    SHIPPED_CALENDAR,
    CalendarImported,
    CalendarInvalid,
    CalendarNotLoaded,
    Year,
    import_year,
    load_calendar,
)
from core.events import announced

loaded_days = st.dates(date(2024, 1, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("dispatched", "due"),
    [
        ("2026-02-13", {1: "2026-02-14", 5: "2026-02-27", 7: "2026-03-02", 15: "2026-03-12"}),
        ("2026-02-16", {1: "2026-02-24", 5: "2026-02-28", 7: "2026-03-03", 15: "2026-03-13"}),
        ("2026-09-18", {1: "2026-09-20", 5: "2026-09-24", 7: "2026-09-29", 15: "2026-10-15"}),
        ("2026-09-30", {1: "2026-10-08", 5: "2026-10-13", 7: "2026-10-15", 15: "2026-10-27"}),
    ],
)
def test_limits_around_holidays_end_on_the_published_days(dispatched: str, due: dict[int, str]) -> None:
    found = {n: str(SHIPPED_CALENDAR.add_working_days(date.fromisoformat(dispatched), n)) for n in due}

    assert found == due


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_its_number_of_working_days(year: int, days: int) -> None:
    assert SHIPPED_CALENDAR.count_working_days(date(year, 1, 1), date(year, 12, 31)) == days


def test_a_limit_that_leaves_the_loaded_years_is_refused_by_name() -> None:
    with pytest.raises(CalendarNotLoaded, match="2027") as refused:
        SHIPPED_CALENDAR.add_working_days(date(2026, 12, 30), 5)

    assert (refused.value.year, refused.value.code) == (2027, "calendar_not_loaded")


def test_a_limit_of_days_ends_at_midnight_in_shanghai() -> None:
    late_on_wednesday = datetime(2026, 9, 30, 15, 30, tzinfo=UTC)

    assert SHIPPED_CALENDAR.end_of_limit(late_on_wednesday, 1) == datetime(2026, 10, 9, tzinfo=SHANGHAI)


def test_a_moment_after_midnight_in_shanghai_belongs_to_the_new_day() -> None:
    already_thursday = datetime(2026, 9, 23, 16, 30, tzinfo=UTC)

    assert SHIPPED_CALENDAR.end_of_limit(already_thursday, 1) == datetime(2026, 9, 29, tzinfo=SHANGHAI)


def test_the_days_that_did_not_count_are_named() -> None:
    skipped = SHIPPED_CALENDAR.skipped_days(date(2026, 9, 24), 2)

    assert [(str(one.day), one.reason) for one in skipped] == [
        ("2026-09-25", "法定节假日"),
        ("2026-09-26", "法定节假日"),
        ("2026-09-27", "法定节假日"),
    ]


@given(loaded_days, st.integers(0, 30))
def test_adding_and_counting_working_days_agree(day: date, n: int) -> None:
    end = SHIPPED_CALENDAR.add_working_days(day, n)

    assert SHIPPED_CALENDAR.count_working_days(day, end) == n
    assert n == 0 or SHIPPED_CALENDAR.is_working_day(end)


@given(loaded_days, st.integers(0, 15), st.integers(0, 15))
def test_two_limits_in_a_row_are_one_of_their_sum(day: date, first: int, second: int) -> None:
    calendar = SHIPPED_CALENDAR

    assert calendar.add_working_days(calendar.add_working_days(day, first), second) == calendar.add_working_days(
        day, first + second
    )


def test_an_imported_year_counts_at_once_and_a_correction_wins(session: Session, now: datetime) -> None:
    year = Year(2027, "测试通知", frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 3)}))

    assert import_year(session, year, now=now) == 1
    session.flush()
    assert load_calendar(session).add_working_days(date(2026, 12, 30), 3) == date(2027, 1, 4)
    assert import_year(session, replace(year, make_up_days=frozenset()), now=now) == 2
    session.flush()

    assert load_calendar(session).add_working_days(date(2026, 12, 30), 3) == date(2027, 1, 5)
    assert announced(session) == [CalendarImported(2027, 1), CalendarImported(2027, 2)]


def test_a_year_that_cannot_be_right_is_refused_with_every_fault(session: Session, now: datetime) -> None:
    wrong = Year(
        2027, "", frozenset({date(2026, 1, 1), date(2027, 1, 2)}), frozenset({date(2027, 1, 2), date(2027, 1, 5)})
    )

    with pytest.raises(CalendarInvalid) as refused:
        import_year(session, wrong, now=now)

    assert [code for _, code, _ in refused.value.faults] == ["other_year", "not_a_weekend", "holiday_too"]
