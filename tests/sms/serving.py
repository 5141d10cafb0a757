"""Runs a twin on a free port of the loopback, and the faults that all twins of HTTP APIs have."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Protocol, TypeVar

from aiohttp import web as http


class Fault(StrEnum):
    """How the next request to send goes wrong."""

    REJECTED = "rejected"
    TURNED_AWAY = "turned_away"
    TIMEOUT_AFTER_ACCEPTANCE = "timeout_after_acceptance"
    BROKEN_AFTER_ACCEPTANCE = "broken_after_acceptance"
    STUMBLED_AFTER_ACCEPTANCE = "stumbled_after_acceptance"
    GARBAGE_AFTER_ACCEPTANCE = "garbage_after_acceptance"


class Served(Protocol):
    """`base_url` is set once it runs."""

    base_url: str

    def application(self) -> http.Application: ...


Twin = TypeVar("Twin", bound=Served)


@contextmanager
def running(twin: Twin) -> Iterator[Twin]:
    """The twin on a free port of the loopback, in a thread of its own."""
    loop = asyncio.new_event_loop()
    runner = http.AppRunner(twin.application(), shutdown_timeout=0.1)

    async def start() -> None:
        await runner.setup()
        site = http.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        twin.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(timeout=5)
    try:
        yield twin
    finally:
        asyncio.run_coroutine_threadsafe(_end(runner), loop).result(timeout=5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        loop.close()


async def _end(runner: http.AppRunner) -> None:
    """Close the server and whatever still keeps a client waiting."""
    await runner.cleanup()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def answered(
    request: http.Request, fault: Fault | None, good: object, stumbled: tuple[int, object], *, hangs_s: float
) -> http.StreamResponse:
    """The answer to a message that was accepted, or what the fault makes of it."""
    match fault:
        case Fault.TIMEOUT_AFTER_ACCEPTANCE:
            await asyncio.sleep(hangs_s)
        case Fault.BROKEN_AFTER_ACCEPTANCE:
            assert request.transport is not None
            request.transport.abort()
        case Fault.STUMBLED_AFTER_ACCEPTANCE:
            return http.json_response(stumbled[1], status=stumbled[0])
        case Fault.GARBAGE_AFTER_ACCEPTANCE:
            return http.Response(status=200, text="<html>a proxy says hello</html>")
    return http.json_response(good, status=200)
