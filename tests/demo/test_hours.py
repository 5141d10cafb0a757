"""When people of the demo city do things."""

from collections import Counter
from datetime import datetime
from random import Random

import pytest

from app.demo.hours import call_moment, office_moment, waking_moment
from core.calendar import SHANGHAI


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-09-15T10:00", "2026-09-15"),
        ("2026-09-15T06:00", "2026-09-15"),
        ("2026-09-15T19:00", "2026-09-16"),
        ("2026-09-18T19:00", "2026-09-20"),
        ("2026-09-30T19:00", "2026-10-08"),
        ("2027-03-05T19:00", "2027-03-08"),
    ],
    ids=["now", "in the morning", "tomorrow", "a Sunday that is worked", "after the holidays", "past the calendar"],
)
def test_offices_are_open_on_working_days_only(moment: str, day: str) -> None:
    opened = office_moment(at(moment), Random(1)).astimezone(SHANGHAI)

    assert f"{opened:%Y-%m-%d}" == day
    assert "08:40" <= f"{opened:%H:%M}" <= "16:50"


def test_citizens_answer_by_day() -> None:
    assert waking_moment(at("2026-10-12T12:00"), Random(1)) == at("2026-10-12T12:00")
    assert f"{waking_moment(at('2026-10-12T23:00'), Random(1)):%m-%d %H}" in {"10-13 08", "10-13 09", "10-13 10"}
    assert f"{waking_moment(at('2026-10-12T03:00'), Random(1)):%m-%d}" == "10-12"


def test_more_people_call_by_day_than_by_night() -> None:
    chance = Random(3)

    hours = Counter(call_moment(at("2026-10-12T12:00"), chance).astimezone(SHANGHAI).hour for _ in range(2000))

    assert hours[9] > 5 * hours[3]
    assert set(hours) == set(range(24))
