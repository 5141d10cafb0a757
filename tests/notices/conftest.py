"""A night desk on each database."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.database import Database
from tests.notices.desk import NightDesk
from tests.sms.desk import MovableClock

import_all_jobs()


@pytest.fixture
def night() -> MovableClock:
    """2026-10-01 02:00 in Shanghai: the middle of a night, and a public holiday."""
    return MovableClock(datetime(2026, 9, 30, 18, 0, tzinfo=UTC))


@pytest.fixture
def desk(open_database: Callable[..., Database], night: MovableClock) -> NightDesk:
    return NightDesk(open_database(reactions=REACTIONS, clock=night), night)
