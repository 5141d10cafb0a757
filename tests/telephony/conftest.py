"""Asterisk's stand-in and a queue on it, for the tests of the call layer."""

from collections.abc import AsyncIterator

import pytest

from core.clock import SystemClock
from tests.telephony.stand_in import StandIn, stand_in
from tests.telephony.told import Queue


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with stand_in() as server:
        yield server


@pytest.fixture
def queue(server: StandIn) -> Queue:
    return Queue(server)


@pytest.fixture
def started_at() -> float:
    """A call's beginning on the machine's clock, to the second."""
    return float(int(SystemClock().now().timestamp()))
