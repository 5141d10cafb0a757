"""The child process for slow computing: answers, errors, time limits, and a new one after each death."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.calendar import CalendarNotLoaded
from core.computer import Computer, ComputerBusy, ComputerDied, ComputerNotStarted, ComputingTooLong


def double(n: int) -> int:
    return 2 * n


def own_id() -> int:
    return os.getpid()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def wait_for(file: str) -> None:
    while not Path(file).exists():
        time.sleep(0.01)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise CalendarNotLoaded(year=2027)


def unsendable() -> object:
    return lambda: None


@contextmanager
def no_more_files() -> Iterator[None]:
    """This process may open nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


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


def test_whoever_has_no_patience_goes_and_the_child_finishes(computer: Computer, tmp_path: Path) -> None:
    child, file = computer.run(own_id), tmp_path / "go on"

    for _ in range(2):
        with pytest.raises(ComputerBusy):
            computer.run(wait_for, str(file), patience_s=0.05)
    file.touch()

    assert computer.run(own_id) == child


def test_what_was_left_to_it_is_stopped_at_its_limit(computer: Computer) -> None:
    child = computer.run(own_id)
    with pytest.raises(ComputerBusy):
        computer.run(sleep, 60, timeout_s=0.1, patience_s=0.05)

    with pytest.raises(ComputerBusy):
        computer.run(double, 1, patience_s=0.2)

    assert computer.run(own_id) != child


def test_it_comes_back_after_a_death(computer: Computer) -> None:
    with pytest.raises(ComputerDied):
        computer.run(die)

    assert computer.run(double, 3) == 6


def test_a_child_that_cannot_be_started_is_unavailable_and_tried_again_later(computer: Computer) -> None:
    with no_more_files(), pytest.raises(ComputerNotStarted):
        computer.run(double, 1)

    assert computer.run(double, 4) == 8


def test_an_answer_that_cannot_be_sent_is_an_error_not_a_silence(computer: Computer) -> None:
    with pytest.raises(RuntimeError, match="cannot be sent"):
        computer.run(unsendable)


def test_it_knows_no_database(computer: Computer) -> None:
    loaded = computer.run(eval, "list(__import__('sys').modules)")

    assert not any(name.startswith(("sqlalchemy", "psycopg", "sklearn")) for name in loaded)
