"""What lives as long as the process is not searched for garbage; what comes after it is."""

import gc
from collections.abc import Iterator

import pytest

from core.garbage import spare_what_stays


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def is_searched(thing: object) -> bool:
    return any(one is thing for one in gc.get_objects())


def test_what_is_loaded_before_is_spared_and_what_comes_later_is_searched() -> None:
    loaded: list[object] = [[]]
    assert is_searched(loaded)

    spare_what_stays()

    later: list[object] = [[]]
    assert not is_searched(loaded)
    assert is_searched(later)


def test_garbage_of_the_start_is_not_kept() -> None:
    ring: list[object] = []
    ring.append(ring)
    del ring

    spare_what_stays()

    assert gc.collect() == 0
