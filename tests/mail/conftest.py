"""A house for every test of mails."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from app.reactions import REACTIONS
from core.database import Database
from tests.mail.house import House
from tests.sms.desk import MovableClock


@pytest.fixture
def house(open_database: Callable[..., Database], now: datetime, tmp_path: Path) -> House:
    clock = MovableClock(now)
    return House(open_database(reactions=REACTIONS, clock=clock), clock, tmp_path, per_sender=3, answers_per_sender=6)
