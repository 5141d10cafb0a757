"""Drains the job table inside the server, when there is no broker."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from core.database.writer import Lane
from core.errors import HotlineError
from core.events import Event, EventsMissed
from core.jobs import queue
from core.jobs.queue import JobsQueued
from core.jobs.runner import Runner

if TYPE_CHECKING:
    from core.jobs.queue import Claimed

log = structlog.get_logger(__name__)

#: Jobs that become due without news (put off, leases that ran out) are noticed within so many seconds.
LOOK_EVERY_S = 0.5
_SWEEP_EVERY = 7200


class Drainer:
    """A thread that claims and a few that run."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._threads = runner.settings.threads
        self._pool = ThreadPoolExecutor(self._threads, "hotline-job")
        self._free = threading.Semaphore(self._threads)
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._loop = threading.Thread(target=self._drain, name="hotline-drainer", daemon=True)
        self._unsubscribe = runner.database.subscribe(self._hear)

    def start(self) -> None:
        """Begin; on SQLite the leases of the server before us are taken back first."""
        if self._runner.database.settings.is_sqlite:
            self._runner.database.write(queue.free_all, lane=Lane.JOBS)
        self._runner.start()
        self._loop.start()

    def close(self) -> None:
        """Let the jobs under way end, claim no more."""
        self._stop.set()
        self._wake.set()
        self._unsubscribe()
        self._loop.join()
        self._pool.shutdown(wait=True)
        self._runner.close()

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, JobsQueued | EventsMissed) for event in events):
            self._wake.set()

    def _drain(self) -> None:
        rounds = 0
        while not self._stop.is_set():
            self._wake.clear()
            try:
                is_more = self._claim_some()
                if rounds % _SWEEP_EVERY == 0:
                    self._sweep()
            except HotlineError as error:
                log.warning("jobs not claimed", reason=error.code)
                self._stop.wait(1)
                continue
            except Exception:
                log.exception("jobs not claimed")
                self._stop.wait(1)
                continue
            rounds += 1
            if not is_more:
                self._wake.wait(LOOK_EVERY_S)

    def _claim_some(self) -> bool:
        """Claim as many jobs as threads are free; whether there may be more."""
        self._free.acquire()
        places = 1
        while places < self._threads and self._free.acquire(blocking=False):
            places += 1
        claimed: list[Claimed] = []
        try:
            if not self._stop.is_set() and self._runner.is_anything_due():
                claimed = self._runner.claim(places)
        finally:
            for _ in range(places - len(claimed)):
                self._free.release()
        for one in claimed:
            self._pool.submit(self._run, one)
        return len(claimed) == places

    def _run(self, claimed: "Claimed") -> None:
        try:
            self._runner.run(claimed)
        finally:
            self._free.release()

    def _sweep(self) -> None:
        before = self._runner.database.clock.now() - timedelta(days=self._runner.settings.kept_days)
        self._runner.database.write(queue.sweep, before=before, lane=Lane.JOBS)
