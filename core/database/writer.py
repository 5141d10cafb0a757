"""The one thread that writes to SQLite: calls before pages before jobs, first come first served in each lane."""

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any

from core.database.errors import Overloaded


class Lane(IntEnum):
    """Who writes; a smaller number goes first."""

    CALLS = 0
    WEB = 1
    JOBS = 2


_LAST = 9


class Writer:
    """A bounded queue and the thread that empties it."""

    def __init__(self, length: int) -> None:
        self._waiting: queue.PriorityQueue[tuple[int, int, Future[Any] | None, Callable[[], Any] | None]]
        self._waiting = queue.PriorityQueue(length)
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._work, name="hotline-writer", daemon=True)
        self._is_closed = False
        self._thread.start()

    def submit(self, work: Callable[[], Any], lane: Lane) -> Future[Any]:
        """Queue `work`.  Raises Overloaded when the queue is full."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write inside a write: pass the session on instead")
        if self._is_closed:
            raise RuntimeError("the database is closed")
        future: Future[Any] = Future()
        try:
            self._waiting.put_nowait((lane, next(self._numbers), future, work))
        except queue.Full as error:
            raise Overloaded() from error
        return future

    @property
    def length(self) -> int:
        """How many writes wait."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        if not self._is_closed:
            self._is_closed = True
            self._waiting.put((_LAST, next(self._numbers), None, None))
            self._thread.join()

    def _work(self) -> None:
        while True:
            _, _, future, work = self._waiting.get()
            if future is None or work is None:
                return
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001  handed to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)
            del future, work
