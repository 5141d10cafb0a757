"""Simulated time: stories that wait, and the durable jobs that follow from them, run in one session in order of time."""

import heapq
import itertools
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.errors import DemoJobFailed
from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.events import announced
from core.jobs import Work, known_kinds
from core.jobs.model import JobRow
from core.jobs.queue import claim, enqueue_reactions

#: a story does what it does, and yields the moment at which it wants to go on
Story = Generator[datetime, None, None]
Result = TypeVar("Result")

_LEASE_S = 60.0
_JOBS_AT_ONCE = 20


class Stage:
    """What stands in for database and clock while the past is played: one session, one hand that moves forward.

    The stories call the same functions that pages and jobs call, and what they announce leads to the same job rows,
    which run here at the moment they fall due.  Jobs due after the end stay in the table for the server.
    """

    def __init__(self, services: Mapping[type, Any], begins: datetime) -> None:
        import_all_jobs()
        self._services = services
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._order = itertools.count()
        self._now = begins
        self._session: Session | None = None

    @property
    def clock(self) -> "Stage":
        """Work asks its database for the clock."""
        return self

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
        heapq.heappush(self._waiting, (at, next(self._order), story))

    def play(self, session: Session, until: datetime) -> None:
        """Everything up to a moment, in one transaction; what is due later waits for the next one."""
        self._session = session
        while (moment := self._next_moment()) is not None and moment <= until:
            self._now = max(self._now, moment)
            self._run_jobs()
            while self._waiting and self._waiting[0][0] <= self._now:
                self._go_on(*heapq.heappop(self._waiting)[1:])
        self._now = until
        self._session = None

    def read(self, function: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """As Database.read."""
        kwargs.pop("view", None)
        return function(self.session, *args, **kwargs)

    def write(self, function: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """As Database.write, within the transaction of the stage."""
        kwargs.pop("lane", None)
        result = function(self.session, *args, **kwargs)
        self._announce()
        return result

    def settle(self) -> None:
        """What follows from what was just done happens now, before the story looks at it."""
        self._announce()
        self._run_jobs()

    def _go_on(self, _: int, story: Story) -> None:
        try:
            wish = next(story)
        except StopIteration:
            wish = None
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

    def _next_moment(self) -> datetime | None:
        job = self.session.scalar(
            select(JobRow.due_at)
            .where(JobRow.done_at.is_(None), JobRow.dead_at.is_(None))
            .order_by(JobRow.due_at)
            .limit(1)
        )
        story = self._waiting[0][0] if self._waiting else None
        return min((moment for moment in (job, story) if moment is not None), default=None)

    def _run_jobs(self) -> None:
        while claimed := claim(
            self.session, kinds=known_kinds(), at_most=_JOBS_AT_ONCE, lease_s=_LEASE_S, now=self._now
        ):
            self.session.flush()
            for one in claimed:
                work = Work(self, one, self._services)  # type: ignore[arg-type]  # read, write and clock are all it uses
                try:
                    known_kinds()[one.kind].function(work, **one.arguments)
                    if not work.is_finished:
                        work.finish(_nothing_more)
                except Exception as error:
                    raise DemoJobFailed(kind=one.kind, arguments=one.arguments) from error


def _nothing_more(_session: Session) -> None:
    """The job's effects are all noted."""
