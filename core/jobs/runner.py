"""Runs claimed jobs: once, fenced by a lease, and says what becomes of those that fail."""

import random
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.orm import Session

from core.database.writer import Lane
from core.errors import HotlineError, Unavailable
from core.jobs import queue
from core.jobs.errors import LeaseLost
from core.jobs.queue import Claimed
from core.jobs.registry import Kind, known_kinds
from core.jobs.settings import JobSettings
from core.jobs.work import Work
from core.masking import mask_text

if TYPE_CHECKING:
    from core.database import Database

log = structlog.get_logger(__name__)

PAUSE_MOST_S = 900.0
_REASON_MOST = 500


class Runner:
    """Claims and runs jobs of this process; a thread of its own extends the leases of those under way."""

    def __init__(
        self, database: "Database", services: Mapping[type, Any] | None = None, settings: JobSettings | None = None
    ) -> None:
        self.database = database
        self.services = services or {}
        self.settings = settings or JobSettings()
        self._under_way: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._keeper: threading.Thread | None = None

    def start(self) -> None:
        """Begin to extend leases."""
        self._keeper = threading.Thread(target=self._keep_leases, name="hotline-leases", daemon=True)
        self._keeper.start()

    def close(self) -> None:
        self._stop.set()
        if self._keeper is not None:
            self._keeper.join()

    def is_anything_due(self) -> bool:
        """Whether a claim may find something."""
        return self.database.read(queue.is_anything_due, kinds=known_kinds(), now=self.database.clock.now())

    def claim(self, at_most: int, *, job_id: int | None = None) -> list[Claimed]:
        """Lease jobs that may run now; one that used up its tries (its process died each time) is buried instead."""
        claimed = self.database.write(
            queue.claim,
            kinds=known_kinds(),
            at_most=at_most,
            lease_s=self.settings.lease_s,
            now=self.database.clock.now(),
            job_id=job_id,
            lane=Lane.JOBS,
        )
        return [one for one in claimed if not self._is_used_up(one)]

    def _is_used_up(self, claimed: Claimed) -> bool:
        if claimed.tries <= known_kinds()[claimed.kind].tries_most:
            return False
        self._bury(claimed, "its process died each time it ran")
        return True

    def run(self, claimed: Claimed) -> None:
        """Run one job to its end, whatever that is; raises nothing."""
        kind = known_kinds()[claimed.kind]
        work = Work(self.database, claimed, self.services)
        with self._lock:
            self._under_way[claimed.token] = time.monotonic() + kind.limit_s
        structlog.contextvars.bind_contextvars(job_id=claimed.id, job=claimed.kind)
        try:
            kind.function(work, **claimed.arguments)
            if not work.is_finished:
                work.finish(_nothing_more)
        except LeaseLost:
            log.warning("job taken over by another process")
        except Exception as error:  # noqa: BLE001  logged and written onto the row
            self._failed(claimed, kind, error, is_finished=work.is_finished)
        finally:
            structlog.contextvars.unbind_contextvars("job_id", "job")
            with self._lock:
                self._under_way.pop(claimed.token, None)

    def _failed(self, claimed: Claimed, kind: Kind, error: Exception, *, is_finished: bool) -> None:
        if is_finished:
            log.error("job failed after it had finished", exc_info=error)
            return
        reason = mask_text(f"{type(error).__name__}: {error}")[:_REASON_MOST]
        try:
            if isinstance(error, kind.retry) and claimed.tries < kind.tries_most:
                self._put_off(claimed, error, reason)
            else:
                log.error("job failed for good", tries=claimed.tries, exc_info=error)
                self._bury(claimed, reason)
        except HotlineError:
            log.exception("job's failure could not be written; its lease will run out")

    def _put_off(self, claimed: Claimed, error: Exception, reason: str) -> None:
        pause_s = pause_after(claimed.tries, error)
        log.info("job put off", tries=claimed.tries, pause_s=round(pause_s, 1), reason=type(error).__name__)
        until = self.database.clock.now() + timedelta(seconds=pause_s)
        self.database.write(queue.put_off, claimed, until=until, reason=reason, lane=Lane.JOBS)

    def _bury(self, claimed: Claimed, reason: str) -> None:
        self.database.write(queue.bury, claimed, reason=reason, now=self.database.clock.now(), lane=Lane.JOBS)

    def _keep_leases(self) -> None:
        while not self._stop.wait(self.settings.lease_s / 3):
            with self._lock:
                tokens = [token for token, ends in self._under_way.items() if time.monotonic() < ends]
            if not tokens:
                continue
            try:
                now = self.database.clock.now()
                self.database.write(queue.extend, tokens, lease_s=self.settings.lease_s, now=now, lane=Lane.CALLS)
            except HotlineError as error:
                log.warning("leases not extended", jobs=len(tokens), reason=error.code)


def _nothing_more(_session: Session) -> None:
    """A job whose effects are all noted."""


def pause_after(tries: int, error: Exception) -> float:
    """Seconds until the next try: 2, 4, 8 … 900, a fifth of it by chance; never before the error's own wish."""
    wished = error.retry_after_s if isinstance(error, Unavailable) else 0
    return max(wished, min(2.0**tries, PAUSE_MOST_S)) * random.uniform(1.0, 1.2)


def drain(database: "Database", services: Mapping[type, Any] | None = None, *, at_most: int = 10_000) -> int:
    """Run what is due, one after the other, until nothing is; how many.  For tests and one-shot commands."""
    runner = Runner(database, services)
    for done in range(at_most):
        claimed = runner.claim(1)
        if not claimed:
            return done
        runner.run(claimed[0])
    return at_most
