"""A city on each database."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from core.database import Database
from tests.evaluation.city import REACTIONS, City
from tests.evaluation.house import House
from tests.evaluation.pages import Office, opened_pages
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


@pytest.fixture
async def office(city: City) -> AsyncIterator[Office]:
    """The city with its pages."""
    async with opened_pages(city) as office:
        yield office
