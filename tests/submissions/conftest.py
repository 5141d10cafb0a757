"""A town and its exchange on each database."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from core.database import Database
from tests.evaluation.mending import make_town
from tests.sms.desk import MovableClock
from tests.submissions.exchange_twin import TwinServer
from tests.submissions.province import Province


@pytest.fixture
def clock(now: datetime) -> MovableClock:
    return MovableClock(now)


@pytest.fixture
def province(open_database: Callable[..., Database], clock: MovableClock) -> Province:
    return Province(make_town(open_database, clock))


@pytest.fixture
def server(province: Province) -> Iterator[TwinServer]:
    """The province's exchange on the network."""
    server = TwinServer(province.twin)
    province.connect(server)
    yield server
    server.close()
