"""A city on each database."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from core.database import Database
from tests.evaluation.city import REACTIONS, City
from tests.evaluation.house import House
from tests.sms.desk import MovableClock


@pytest.fixture
def clock(now: datetime) -> MovableClock:
    return MovableClock(now)


@pytest.fixture
def city(open_database: Callable[..., Database], clock: MovableClock) -> City:
    return City(open_database(clock=clock, reactions=REACTIONS), clock)


@pytest.fixture
def house(city: City, tmp_path: Path) -> House:
    """The city publishes checkpoints."""
    return House(city, tmp_path / "witness")
