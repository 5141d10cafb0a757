"""What tests of photos over the API start from."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from core.computer import Computer
from core.database import Database
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider
from sms.settings import ProviderName, SmsSettings
from tests.api.test_access import SetClock
from tests.intake.serving import Client, served
from tests.photos.house import House
from tests.tickets.making import OFFICE


@pytest.fixture
def house(open_database: Callable[..., Database], now: datetime) -> House:
    clock = SetClock(now)
    return House(open_database(clock=clock), clock)


@pytest.fixture
async def client(house: House, computer: Computer, tmp_path: Path) -> AsyncIterator[Client]:
    sms = SmsOffice(SmsSettings(), OFFICE.phone_key, {ProviderName.CONSOLE: ConsoleProvider()})
    async with served(house.database, house.database.clock, computer, tmp_path, sms) as client:
        yield client
