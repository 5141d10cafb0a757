"""Simulated time: stories that wait, and the durable jobs that follow from them, in order of time."""

import heapq
import itertools
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.demo.errors import DemoJobFailed
from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.events import announced
from core.jobs import known_kinds
from core.jobs.model import JobRow
from core.jobs.queue import enqueue_reactions

#: a story does what it does, and yields the moment at which it wants to go on
Story = Generator[datetime, None, None]
Result = TypeVar("Result")

_NEW_JOBS = (
    select(JobRow.id, JobRow.due_at, JobRow.kind, JobRow.arguments)
    .where(JobRow.id > bindparam("known"))
    .order_by(JobRow.id)
)


@dataclass(frozen=True)
class PlannedJob:
    """A job row that waits for its moment."""

    id: int
    kind: str
    arguments: dict[str, Any]


class StagedWork:
    """What a job function is handed on the stage, as core.jobs.Work is on the server.

    No lease: nobody else runs jobs while the past is played.
    """

    def __init__(self, stage: "Stage", services: Mapping[type, Any]) -> None:
        self.database = stage
        self._services = services

    def now(self) -> datetime:
        """The simulated moment."""
        return self.database.now()

    def service(self, kind: type[Result]) -> Result:
        """As the server's jobs get it."""
        instance: Result = self._services[kind]
        return instance

    def note(self, function: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """A write on the way."""
        return self.database.write(function, *args, **kwargs)

    def finish(self, function: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """The last write; the row is marked done with all others of its day."""
        return self.database.write(function, *args, **kwargs)


class Stage:
    """What stands in for database and clock while the past is played: one session, one hand that moves forward.

    The stories call the same functions that pages and jobs call, and what they announce leads to the same job rows,
    which run here at the moment they fall due.  Jobs due after the end stay in the table for the server.
    """

    def __init__(self, services: Mapping[type, Any], begins: datetime) -> None:
        import_all_jobs()
        self._work = StagedWork(self, services)
        self._stories: list[tuple[datetime, int, Story]] = []
        self._jobs: list[tuple[datetime, int, PlannedJob]] = []
        self._order = itertools.count()
        self._newest_job = 0
        self._done: list[dict[str, Any]] = []
        self._now = begins
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The session of the transaction that is under way."""
        if self._session is None:
            raise RuntimeError("nothing is being played")
        return self._session

    def now(self) -> datetime:
        """The simulated moment, aware UTC."""
        return self._now

    def add(self, at: datetime, story: Story) -> None:
        """Let a story begin at a moment that has not passed."""
        heapq.heappush(self._stories, (at, next(self._order), story))

    def play(self, session: Session, until: datetime) -> None:
        """Everything up to a moment, in one transaction; what is due later waits for the next one."""
        self._session = session
        self._play_until(until)
        if self._done:
            session.execute(update(JobRow), self._done)
        self._done.clear()
        self._now = until
        self._session = None

    def settle(self) -> None:
        """What follows from what was just done happens now, before the story looks at it."""
        self._announce()
        self._learn()
        while self._jobs and self._jobs[0][0] <= self._now:
            self._run_due()
            self._learn()

    def read(self, function: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """As Database.read, within the transaction of the stage."""
        return function(self.session, *args, **kwargs)

    def write(self, function: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """As Database.write, within the transaction of the stage."""
        result = function(self.session, *args, **kwargs)
        self._announce()
        return result

    def _play_until(self, until: datetime) -> None:
        while (moment := self._next_moment()) is not None and moment <= until:
            self._now = max(self._now, moment)
            if self._jobs and self._jobs[0][0] <= self._now:
                self._run_due()
                self.settle()
            while self._stories and self._stories[0][0] <= self._now:
                self._go_on(heapq.heappop(self._stories)[2])

    def _next_moment(self) -> datetime | None:
        return min((line[0][0] for line in (self._jobs, self._stories) if line), default=None)

    def _go_on(self, story: Story) -> None:
        wish = next(story, None)
        self.settle()
        if wish is not None:
            self.add(max(wish, self._now), story)

    def _announce(self) -> None:
        """Turn what was announced into job rows, as the runner does before it commits."""
        events = announced(self.session)
        told = list(events)
        events.clear()
        enqueue_reactions(self.session, REACTIONS, told, now=self._now)
        self.session.flush()

    def _learn(self) -> None:
        """Take up the job rows that are new."""
        for job_id, due_at, kind, arguments in self.session.execute(_NEW_JOBS, {"known": self._newest_job}):
            self._newest_job = job_id
            heapq.heappush(self._jobs, (due_at, job_id, PlannedJob(job_id, kind, arguments)))

    def _run_due(self) -> None:
        while self._jobs and self._jobs[0][0] <= self._now:
            self._run(heapq.heappop(self._jobs)[2])

    def _run(self, job: PlannedJob) -> None:
        try:
            function: Callable[..., None] = known_kinds()[job.kind].function
            function(self._work, **job.arguments)
        except Exception as error:
            raise DemoJobFailed(kind=job.kind) from error
        self._done.append({"id": job.id, "done_at": self._now, "tries": 1})
