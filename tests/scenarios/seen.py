"""A call as the call layer has it, and the call layer itself, in this process or in one that can be killed."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.clock import Clock
from core.database import Database, DatabaseSettings
from telephony.ami import LinkState
from telephony.layer import CallLayer
from telephony.model import Call, CallLayerState
from telephony.rules import CallState
from telephony.settings import TelephonySettings
from tests.scenarios.stage import SECRET
from tests.scenarios.table import Expected


def layer_settings(*, port: int, queue_log: Path, recordings: Path) -> TelephonySettings:
    """Settings of a call layer that is quick to repair and to take over."""
    return TelephonySettings.model_validate(
        {
            "queue_log": queue_log,
            "recordings": recordings,
            "queue_log_every_s": 0.5,
            "lease_s": 1.5,
            "ami": {"port": port, "secret": SECRET, "reconnect_after_s": 0.1},
        }
    )


@contextlib.asynccontextmanager
async def listening(database: Database, settings: TelephonySettings, clock: Clock) -> AsyncIterator[CallLayer]:
    """A call layer that is logged in."""
    layer = CallLayer(database, settings, clock)
    running = asyncio.create_task(layer.run())
    try:
        await _until_up(layer)
        yield layer
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def _until_up(layer: CallLayer) -> None:
    async with asyncio.timeout(20):
        while layer.status.state is not LinkState.UP:  # noqa: ASYNC110  # the layer tells nobody
            await asyncio.sleep(0.05)


async def last_call(database: Database, *, after: int, within_s: float = 15) -> Call:
    """The one ended call with an id above `after`, waiting until the layer has stored it."""
    async with asyncio.timeout(within_s):
        while True:
            calls = database.read(_calls, after)
            if calls and calls[-1].state is CallState.ENDED and calls[-1].result is not None:
                break
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.7)  # what queue_log adds may still change a call that has ended
    (call,) = database.read(_calls, after)
    return call


async def wait_for_call(database: Database, state: CallState, *, within_s: float = 5) -> None:
    """Wait until the layer has stored a call in this state."""
    async with asyncio.timeout(within_s):
        while all(call.state is not state for call in database.read(_calls, 0)):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.05)


def newest_call(database: Database) -> int:
    """The highest id of a call, 0 without any."""
    return database.read(lambda session: session.scalar(sa.select(sa.func.max(Call.id)))) or 0


def _link_state(session: Session) -> str | None:
    return session.scalar(sa.select(CallLayerState.link_state))


def _calls(session: Session, after: int) -> list[Call]:
    return list(session.scalars(sa.select(Call).where(Call.id > after).order_by(Call.id)))


def assert_is(call: Call, expected: Expected, *, speed: float = 1) -> None:
    """Compare a call with the table; `speed`: how much faster it was played than the clock it was dated by."""
    differing = {name: getattr(call, name) for name in SAME if getattr(call, name) != getattr(expected, name)}
    assert not differing, f"{differing}, not {expected}"
    for name in ("waited_s", "talk_s", "hold_s"):
        limits = getattr(expected, name)
        if limits is not None:
            least, most = limits
            assert least - 0.1 * speed <= (getattr(call, name) or 0) <= most + 0.3 * speed, name


SAME = (
    "result",
    "ended_by",
    "answered_seat",
    "ring_attempts",
    "rating",
    "rating_key",
    "line",
    "dialled",
)


class LayerProcess:
    """A call layer in a process of its own, for kill -9."""

    def __init__(self, database_url: str, settings: TelephonySettings) -> None:
        told = settings.model_dump(mode="json") | {"ami": {**settings.ami.model_dump(mode="json"), "secret": SECRET}}
        self._process = subprocess.Popen([sys.executable, "-m", __name__, database_url, json.dumps(told)])

    async def until_up(self, database: Database, *, within_s: float = 30) -> None:
        """Wait until it has logged in to the exchange."""
        async with asyncio.timeout(within_s):
            while database.read(_link_state) != LinkState.UP:  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.1)

    def kill(self) -> None:
        """As the power would."""
        self._process.kill()
        self._process.wait()


async def _serve(database_url: str, settings: TelephonySettings, clock: Clock) -> None:
    database = Database(DatabaseSettings(url=database_url))
    database.open()
    await CallLayer(database, settings, clock).run()


if __name__ == "__main__":
    from core.clock import SystemClock

    asyncio.run(_serve(sys.argv[1], TelephonySettings.model_validate(json.loads(sys.argv[2])), SystemClock()))
