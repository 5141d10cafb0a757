"""What a job function is handed: the database, the clock, services, and its own row."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.orm import Session

from core.jobs import queue
from core.jobs.errors import JobFinishedTwice, ServiceMissing
from core.jobs.queue import Claimed

if TYPE_CHECKING:
    from core.database import Database

Service = TypeVar("Service")
Result = TypeVar("Result")


class Work:
    """One run of one job.  Whatever it writes goes through `note` and `finish`, fenced by the lease."""

    def __init__(self, database: "Database", claimed: Claimed, services: Mapping[type, Any]) -> None:
        self.database = database
        self.job_id = claimed.id
        self.tries = claimed.tries
        self.is_finished = False
        self._claimed = claimed
        self._services = services

    def now(self) -> datetime:
        return self.database.clock.now()

    def service(self, kind: type[Service]) -> Service:
        """The instance of `kind` that this process runs.  Raises ServiceMissing."""
        if kind not in self._services:
            raise ServiceMissing(service=kind.__name__)
        instance: Service = self._services[kind]
        return instance

    def note(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """A write on the way, e.g. "handed to the provider"; the job goes on.  Raises LeaseLost."""
        return self._write(queue.hold, fn, args, kwargs)

    def finish(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """The job's effect and its done mark, in one transaction; at most once.  Raises LeaseLost."""
        if self.is_finished:
            raise JobFinishedTwice(job_id=self.job_id)
        result = self._write(self._mark_done, fn, args, kwargs)
        self.is_finished = True
        return result

    def _mark_done(self, session: Session, claimed: Claimed) -> None:
        queue.finish(session, claimed, now=self.now())

    def _write(
        self,
        fence: Callable[[Session, Claimed], None],
        fn: Callable[..., Result],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Result:
        from core.database import Lane

        def fenced(session: Session) -> Result:
            fence(session, self._claimed)
            return fn(session, *args, **kwargs)

        return self.database.write(fenced, lane=Lane.JOBS)
