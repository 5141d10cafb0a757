"""A city on each database."""

from collections.abc import Callable
from datetime import datetime

import pytest

from core.database import Database
from tests.evaluation.city import REACTIONS, City
from tests.sms.desk import MovableClock


@pytest.fixture
def clock(now: datetime) -> MovableClock:
    return MovableClock(now)


@pytest.fixture
def city(open_database: Callable[..., Database], clock: MovableClock) -> City:
    return City(open_database(clock=clock, reactions=REACTIONS), clock)
