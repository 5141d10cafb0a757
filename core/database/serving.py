"""The database as the server sees it: awaitables over threads, with a limit on waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from core.database.errors import Overloaded
from core.database.writer import Lane
from core.events import Event

if TYPE_CHECKING:
    from core.database.runner import Database


#: Of a server's connections to PostgreSQL, so many are kept for the call layer.
CALL_CONNECTIONS = 2


class ServingDatabase:
    """`read` and `write` for coroutines.  Raises Overloaded when the queue is longer than `queue_wait_s`."""

    def __init__(self, database: "Database") -> None:
        settings = database.settings
        self._database = database
        self._wait_s = settings.queue_wait_s
        if settings.is_sqlite:
            self._pages = ThreadPoolExecutor(settings.readers, "hotline-reader")
            self._calls = self._pages
        else:
            self._pages = ThreadPoolExecutor(settings.connections - CALL_CONNECTIONS, "hotline-database")
            self._calls = ThreadPoolExecutor(CALL_CONNECTIONS, "hotline-calls")

    @property
    def subscribe(self) -> Callable[..., Callable[[], None]]:
        """Database.subscribe: the listener is called in a database thread."""
        return self._database.subscribe

    @property
    def say(self) -> Callable[[list[Event]], None]:
        """Database.say: returns at once."""
        return self._database.say

    async def read(
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,
        view: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Database.read, awaited."""
        return await self._answer(self._pages.submit(self._database.read, fn, *args, view=view, **kwargs), Lane.WEB)

    async def write(
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,
        view: Callable[[Any], Any] | None = None,
        lane: Lane = Lane.WEB,
        **kwargs: Any,
    ) -> Any:
        """Database.write, awaited."""
        transaction = partial(self._database.transact, fn, args, kwargs, view=view)
        if self._database.settings.is_sqlite:
            return await self._answer(self._database.submit(transaction, lane), lane)
        threads = self._calls if lane is Lane.CALLS else self._pages
        return await self._answer(threads.submit(transaction), lane)

    async def _answer(self, future: Future[Any], lane: Lane) -> Any:
        if lane is not Lane.WEB:
            return await asyncio.wrap_future(future)
        given_up = False

        def give_up() -> None:
            nonlocal given_up
            given_up = future.cancel()

        timer = asyncio.get_running_loop().call_later(self._wait_s, give_up)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if given_up:
                raise Overloaded() from None
            raise
        finally:
            timer.cancel()

    def close(self) -> None:
        """Let what runs end, and end the threads."""
        self._pages.shutdown(wait=True, cancel_futures=True)
        self._calls.shutdown(wait=True, cancel_futures=True)
