"""The call layer under load: a real AMI socket, recorded calls, SQLite, everything but Asterisk itself."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.orm import Session

from bench.exchange import SECRET, USERNAME
from bench.figures import Figure
from bench.places import fresh_database
from core.clock import SystemClock
from core.database import Database
from telephony.ami import LinkState
from telephony.layer import CallLayer
from telephony.model import Call, CallGap
from telephony.rules import CallState
from telephony.settings import AmiSettings, TelephonySettings

#: 60 calls/s with 340 calls at once on a bare queue
CALLS_PER_S, CALLS = 60, 600
BLAST_PER_S, BLAST = 400, 1200
SETTLES_WITHIN_S = 60


class Exchange:
    """The exchange's process."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    async def said(self) -> dict[str, Any]:
        """Its next line."""
        assert self._child.stdout is not None
        said: dict[str, Any] = json.loads(await self._child.stdout.readline())
        return said

    async def tell(self, count: int, per_second: float) -> int:
        """Have it tell recorded calls; how many events that were."""
        return int((await self._wish(tell=count, per_second=per_second))["told"])

    async def live(self, count: int, per_second: float) -> list[tuple[str, float]]:
        """Have citizens call and seats answer; which seat rang when."""
        said = await self._wish(live=count, per_second=per_second)
        return [(seat, at) for seat, at in said["rang"]]

    async def _wish(self, **wish: float) -> dict[str, Any]:
        assert self._child.stdin is not None
        self._child.stdin.write(f"{json.dumps(wish)}\n".encode())
        await self._child.stdin.drain()
        return await self.said()


@asynccontextmanager
async def running_exchange() -> AsyncIterator[tuple[Exchange, int]]:
    """The exchange's process and its AMI port."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.exchange", stdin=pipe, stdout=pipe, limit=1 << 20
    )
    exchange = Exchange(child)
    try:
        yield exchange, int((await exchange.said())["port"])
    finally:
        assert child.stdin is not None
        child.stdin.close()
        await child.wait()


async def measure(folder: Path) -> list[Figure]:
    """Calls at the rate of the budget, and as many as the layer takes."""
    steady = await _stored(folder / "steady.db", CALLS, CALLS_PER_S)
    blast = await _stored(folder / "blast.db", BLAST, BLAST_PER_S)
    return [
        Figure("call layer at 60 calls/s: behind at the end", steady["behind_s"], "s", at_most=1),
        Figure("  calls lost", steady["lost"], "calls", at_most=0),
        Figure("  CPU a call", steady["cpu_ms"], "ms", at_most=1000 / CALLS_PER_S, peer="one core at 60 calls/s"),
        Figure("call layer: the most it stores", blast["calls_per_s"], "calls/s", at_least=CALLS_PER_S),
        Figure(
            "  as manager events",
            blast["events_per_s"],
            "events/s",
            peer="60 calls/s of a real Asterisk: 1,740",
        ),
        Figure("  calls lost", blast["lost"], "calls", at_most=0),
    ]


async def _stored(path: Path, count: int, per_second: float) -> dict[str, float]:
    with fresh_database(path) as database:
        async with running_exchange() as (exchange, port), _running_layer(database, port):
            begun, cpu = time.monotonic(), time.process_time()
            told = await exchange.tell(count, per_second)
            all_told = time.monotonic()
            ended = await _settled(database, count)
            seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
        gaps = database.read(count_gaps)
    return {
        "calls_per_s": ended / seconds,
        "events_per_s": told / seconds,
        "lost": float(count - ended + gaps),
        "behind_s": time.monotonic() - all_told if ended < count else begun + seconds - all_told,
        "cpu_ms": cpu * 1000 / count,
    }


@asynccontextmanager
async def _running_layer(database: Database, port: int) -> AsyncIterator[CallLayer]:
    ami = AmiSettings(port=port, username=USERNAME, secret=SecretStr(SECRET))
    # the exchange tells calls that it has not: nobody may ask it which ones it has
    settings = TelephonySettings(ami=ami, queue_log_every_s=3600)
    layer = CallLayer(database, settings, SystemClock())
    task = asyncio.create_task(layer.run())
    try:
        while layer.status.state is not LinkState.UP:  # noqa: ASYNC110  # its owner tells nobody else
            await asyncio.sleep(0.02)
        await asyncio.sleep(1)  # it asks once which calls there are: none yet
        yield layer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _settled(database: Database, count: int) -> int:
    """How many calls have ended in the database, once all have or nothing more comes."""
    deadline, ended = time.monotonic() + SETTLES_WITHIN_S, 0
    while ended < count and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        ended = await database.serving.read(count_ended)
    return ended


def count_ended(session: Session) -> int:
    """Calls that are over."""
    return session.scalar(sa.select(sa.func.count()).where(Call.state == CallState.ENDED)) or 0


def count_gaps(session: Session) -> int:
    """Stretches in which events were not taken, other than the link's own beginning."""
    return session.scalar(sa.select(sa.func.count()).where(CallGap.reason != "link_down")) or 0
