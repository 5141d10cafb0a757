"""A desk on each database."""

from collections.abc import Callable
from datetime import datetime

import pytest

import sms.jobs
from core.database import Database
from tests.sms.desk import Desk, MovableClock

assert sms.jobs.__doc__


@pytest.fixture
def clock(now: datetime) -> MovableClock:
    return MovableClock(now)


@pytest.fixture
def desk(open_database: Callable[..., Database], clock: MovableClock) -> Desk:
    return Desk(open_database(clock=clock), clock)
