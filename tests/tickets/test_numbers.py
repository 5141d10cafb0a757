"""Ticket numbers: every misheard digit is caught, and no number is given twice."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database import Database
from tickets.numbers import BadNumber, DayFull, MisheardNumber, in_fours, number_of, parse_number, take_number

numbers = st.builds(
    number_of,
    st.dates(min_value=date(2024, 1, 1), max_value=date(2099, 12, 31)),
    st.integers(min_value=1, max_value=99_999),
)


@given(numbers)
def test_every_wrong_digit_is_caught(number: str) -> None:
    for place in range(12):
        for digit in "0123456789".replace(number[place], ""):
            with pytest.raises(MisheardNumber):
                parse_number(number[:place] + digit + number[place + 1 :])


@given(numbers)
def test_every_swap_of_neighbours_is_caught(number: str) -> None:
    for place in range(11):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            with pytest.raises(MisheardNumber):
                parse_number(swapped)


@given(numbers)
def test_fours_full_width_digits_and_blanks_are_understood(number: str) -> None:
    full_width = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert parse_number(in_fours(number)) == number
    assert parse_number(f"　{full_width[:4]} {full_width[4:]}\n") == number


@pytest.mark.parametrize("text", ["", "2610 1300", "26101300821", "2610130082100", "26101300821X", "二六一零"])
def test_what_is_no_number_is_said_to_be_none(text: str) -> None:
    with pytest.raises(BadNumber) as refused:
        parse_number(text)

    assert refused.value.code == "ticket_number_malformed"


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    with contextlib.suppress(BadNumber):
        assert len(parse_number(text)) == 12


def test_a_full_day_is_said() -> None:
    with pytest.raises(DayFull):
        number_of(date(2026, 10, 13), 100_000)


def test_the_day_is_shanghais(database: Database) -> None:
    before_midnight = datetime(2026, 10, 13, 15, 59, tzinfo=UTC)

    numbers = [
        database.write(take_number, before_midnight),
        database.write(take_number, before_midnight + timedelta(minutes=1)),
        database.write(take_number, before_midnight),
    ]

    assert [number[:11] for number in numbers] == ["26101300001", "26101400001", "26101300002"]


def test_many_at_once_get_every_number_once(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(lambda _: database.write(take_number, now), range(40)))

    assert sorted(int(number[6:11]) for number in numbers) == list(range(1, 41))


def test_a_registration_that_fails_leaves_no_gap(database: Database, now: datetime) -> None:
    def fail(session: object) -> None:
        take_number(session, now)  # type: ignore[arg-type]
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        database.write(fail)

    assert database.write(take_number, now)[6:11] == "00001"
