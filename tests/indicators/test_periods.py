"""Which statistical months lie in a period, and what is left of it."""

from datetime import date

import pytest

from indicators.periods import Period


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("period", "whole", "around"),
    [
        (days("2026-09-26", "2026-10-25"), days("2026-09-26", "2026-10-25"), []),
        (days("2026-01-26", "2027-01-25"), days("2026-01-26", "2027-01-25"), []),
        (days("2026-10-01", "2026-10-31"), None, None),
        (days("2026-10-13", "2026-10-13"), None, None),
        (days("2026-09-27", "2026-10-25"), None, None),
        (
            days("2026-09-25", "2026-10-26"),
            days("2026-09-26", "2026-10-25"),
            [days("2026-09-25", "2026-09-25"), days("2026-10-26", "2026-10-26")],
        ),
        (
            days("2026-01-01", "2026-12-31"),
            days("2026-01-26", "2026-12-25"),
            [days("2026-01-01", "2026-01-25"), days("2026-12-26", "2026-12-31")],
        ),
        (days("2026-02-26", "2026-04-01"), days("2026-02-26", "2026-03-25"), [days("2026-03-26", "2026-04-01")]),
    ],
)
def test_months_that_lie_whole_in_a_period_and_the_days_around_them(
    period: Period, whole: Period | None, around: list[Period] | None
) -> None:
    assert period.whole_months() == whole
    if whole is not None:
        assert period.outside(whole) == around
