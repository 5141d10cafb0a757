"""The small city behind the whole API, at a moment that tests can move."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from core.computer import Computer
from core.database import Database
from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tests.api.whole import whole_server


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
async def town(
    open_database: Callable[..., Database], computer: Computer, tmp_path: Path, now: datetime, clock: SetClock
) -> AsyncIterator[Town]:
    database = open_database(clock=clock)
    async with whole_server(database, clock, computer, tmp_path) as client:
        yield Town(database, client, now)
