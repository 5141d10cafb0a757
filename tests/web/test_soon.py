"""From when on a limit is soon due, as every list shows it."""

from datetime import date

from sqlalchemy.orm import Session

from tests.tickets.making import OFFICE
from web.soon import soon_view


def test_limits_are_soon_due_when_units_are_warned_and_working_days_skip_holidays(session: Session) -> None:
    soon = soon_view(session, profile=OFFICE.profile, today=date(2026, 9, 30))

    assert soon.ahead_s == 24 * 3600
    assert soon.working_days[:3] == [date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)]


def test_past_the_loaded_calendar_no_working_day_is_guessed(session: Session) -> None:
    soon = soon_view(session, profile=OFFICE.profile, today=date(2026, 12, 28))

    assert soon.working_days == [date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)]


def test_without_any_calendar_the_warning_is_still_told(session: Session) -> None:
    soon = soon_view(session, profile=OFFICE.profile, today=date(2031, 3, 3))

    assert (soon.ahead_s, soon.working_days) == (24 * 3600, [])
