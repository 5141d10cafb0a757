"""A call layer that serves, and waiting until the database says what was expected."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.orm import Session

from core.clock import SystemClock
from core.database import Database
from telephony.layer import CallLayer
from telephony.model import Call
from telephony.settings import AmiSettings, TelephonySettings
from tests.telephony.making import NODE
from tests.telephony.stand_in import StandIn

R = TypeVar("R")


@asynccontextmanager
async def serving(
    database: Database, server: StandIn, *, log: Path | None = None, **changed: Any
) -> AsyncIterator[CallLayer]:
    ami = AmiSettings(port=server.port, secret=SecretStr("s"), reconnect_after_s=0.05, boot_within_s=0)
    settings = TelephonySettings.model_validate({"node": NODE, "queue_log": log, "ami": ami} | changed)
    layer = CallLayer(database, settings, SystemClock())
    running = asyncio.create_task(layer.run())
    try:
        yield layer
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(database: Database, query: Callable[[Session], R], met: Callable[[R], bool]) -> R:
    """The query's answer once it is met; asked again after each commit."""
    changed, loop = asyncio.Event(), asyncio.get_running_loop()

    def hear(_: object) -> None:
        loop.call_soon_threadsafe(changed.set)

    stop = database.subscribe(hear)
    try:
        async with asyncio.timeout(10):
            while not met(found := await database.serving.read(query)):
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), 0.1)
                changed.clear()
    finally:
        stop()
    answer: R = found
    return answer


def the_call(session: Session) -> Call | None:
    return session.scalars(sa.select(Call).order_by(Call.id)).first()


def has(**wanted: object) -> Callable[[Call | None], bool]:
    return lambda call: call is not None and all(getattr(call, name) == value for name, value in wanted.items())
