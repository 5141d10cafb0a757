"""The child process for slow computing: answers, errors, time limits, and a new one after each death."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from core.calendar import CalendarNotLoaded
from core.computer import Computer, ComputerDied, ComputingTooLong


def double(n: int) -> int:
    return 2 * n


def own_id() -> int:
    return os.getpid()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise CalendarNotLoaded(year=2027)


def unsendable() -> object:
    return lambda: None


@pytest.fixture
def computer() -> Iterator[Computer]:
    computer = Computer()
    yield computer
    computer.close()


def test_it_computes_in_one_other_process(computer: Computer) -> None:
    assert computer.run(double, 21) == 42
    assert computer.run(own_id) == computer.run(own_id) != os.getpid()


def test_our_errors_cross_over_whole(computer: Computer) -> None:
    with pytest.raises(CalendarNotLoaded) as refused:
        computer.run(refuse)

    assert refused.value.year == 2027


def test_what_takes_too_long_is_stopped_and_the_next_one_is_computed(computer: Computer) -> None:
    computer.run(double, 1)
    with pytest.raises(ComputingTooLong):
        computer.run(sleep, 60, timeout_s=0.2)

    assert computer.run(double, 2) == 4


def test_it_comes_back_after_a_death(computer: Computer) -> None:
    with pytest.raises(ComputerDied):
        computer.run(die)

    assert computer.run(double, 3) == 6


def test_an_answer_that_cannot_be_sent_is_an_error_not_a_silence(computer: Computer) -> None:
    with pytest.raises(RuntimeError, match="cannot be sent"):
        computer.run(unsendable)


def test_it_knows_no_database(computer: Computer) -> None:
    loaded = computer.run(eval, "list(__import__('sys').modules)")

    assert not any(name.startswith(("sqlalchemy", "psycopg", "sklearn")) for name in loaded)
