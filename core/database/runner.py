"""The runner is the transaction: it begins, commits, rolls back, tries again, and tells the news afterwards."""

import random
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Self, TypeVar, overload

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import Clock, SystemClock
from core.database.engines import READ_LIMIT_S, reading_engine, writing_engine
from core.database.errors import (
    DatabaseUnreachable,
    OutcomeUnknown,
    is_collision,
    is_cut,
    is_duplicate,
    translated,
)
from core.database.lock import ServerLock
from core.database.notices import Notices
from core.database.serving import ServingDatabase
from core.database.settings import DatabaseSettings
from core.database.writer import Lane, Writer
from core.events import Event, Reactions, announced
from core.jobs.queue import JobsQueued, enqueue_reactions, has_queued

log = structlog.get_logger(__name__)

R = TypeVar("R")
V = TypeVar("V")
#: Takes a Session first (a lambda's types are not found through Concatenate).
Query = Callable[..., R]
Listener = Callable[[list[Event]], None]

TRIES = 6
#: of what is no page's: a figure counted a second way, a chain walked over
LONG_READ_S = 3600.0


class Database:
    """Reads and writes of domain functions, each in one transaction.

    Functions may run twice (deadlock, busy, a lost connection): they must have no effect outside their session.
    """

    def __init__(
        self, settings: DatabaseSettings, *, reactions: Reactions | None = None, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.reactions: Reactions = reactions or {}
        self.clock: Clock = clock or SystemClock()
        self.writing = writing_engine(settings)
        self.reading = reading_engine(settings, self.writing)
        self._listeners: list[Listener] = []
        self._writer: Writer | None = None
        self._serving: ServingDatabase | None = None
        self._notices: Notices | None = None
        self._lock: ServerLock | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Start the writer thread; may be called again."""
        if self.settings.is_sqlite and self._writer is None:
            self._writer = Writer(self.settings.queue_length)

    def serve(self) -> None:
        """Become the server of this database: news to and from other processes on PostgreSQL, the only one on SQLite.

        Raises SecondServer, DatabaseUnreachable.
        """
        if self.settings.is_sqlite and self._lock is None:
            self._lock = ServerLock(self.settings.path)
        self.check_reachable()
        self.open()
        self.exchange_news()

    def check_reachable(self) -> None:
        """Raises DatabaseUnreachable."""
        try:
            with self.writing.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
            shown = self.settings.parsed.render_as_string(hide_password=True)
            raise DatabaseUnreachable(url=shown, reason=reason) from error

    def exchange_news(self) -> None:
        """Tell the other processes on the same PostgreSQL what happens here, and hear what happens there."""
        if not self.settings.is_sqlite and self._notices is None:
            self._notices = Notices(self.settings, self._tell)

    def close(self) -> None:
        """Finish what was begun and let go of every connection."""
        if self._serving is not None:
            self._serving.close()
        if self._writer is not None:
            self._writer.close()
        if self._notices is not None:
            self._notices.close()
        self._serving = self._writer = self._notices = None
        self.reading.dispose()
        self.writing.dispose()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def serving(self) -> ServingDatabase:
        """The same database for coroutines."""
        if self._serving is None:
            self.open()
            self._serving = ServingDatabase(self)
        return self._serving

    @property
    def waiting_writes(self) -> int:
        """How many writes wait for SQLite's writer."""
        return 0 if self._writer is None else self._writer.length

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear what was announced, after each commit, in a database thread: be quick.  Returns how to stop.

        Live only: an event may be missed, a snapshot heals that (EventsMissed says when one is due).
        """
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def say(self, events: list[Event]) -> None:
        """Tell the other processes what no transaction has written and nobody needs to know later."""
        if self._notices is not None:
            self._notices.send(events)

    @overload
    def read(self, fn: Query[R], /, *args: Any, view: Callable[[R], V], **kwargs: Any) -> V: ...
    @overload
    def read(self, fn: Query[R], /, *args: Any, **kwargs: Any) -> R: ...
    def read(self, fn: Any, /, *args: Any, view: Any = None, **kwargs: Any) -> Any:
        """Run a query in a read-only transaction; `view` is applied inside it.  Raises Unavailable."""
        return self._tried(partial(self._read_once, fn, args, kwargs, view))

    def read_at_length(self, fn: Query[R], /, *args: Any, **kwargs: Any) -> R:
        """The same for what is no page's: it may take an hour, on one snapshot.  Raises Unavailable."""
        result: R = self._tried(partial(self._read_long, fn, args, kwargs))
        return result

    @overload
    def write(self, fn: Query[R], /, *args: Any, view: Callable[[R], V], lane: Lane = ..., **kwargs: Any) -> V: ...
    @overload
    def write(self, fn: Query[R], /, *args: Any, lane: Lane = ..., **kwargs: Any) -> R: ...
    def write(self, fn: Any, /, *args: Any, view: Any = None, lane: Lane = Lane.WEB, **kwargs: Any) -> Any:
        """Run an action and commit; `view` is applied inside the transaction.  Raises Unavailable."""
        transaction = partial(self.transact, fn, args, kwargs, view=view)
        return self.submit(transaction, lane).result() if self.settings.is_sqlite else transaction()

    def submit(self, transaction: Callable[[], Any], lane: Lane) -> Any:
        """Queue a transaction for SQLite's writer thread; its future."""
        if self._writer is None:
            self.open()
        assert self._writer is not None
        return self._writer.submit(transaction, lane)

    def transact(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, view: Any = None
    ) -> Any:
        """One write in the calling thread, tried again when two met; then the news."""
        result, events = self._tried(partial(self._write_once, fn, args, kwargs, view))
        if events:
            self._tell(events)
            if self._notices is not None:
                self._notices.send(events)
        return result

    def _read_once(self, fn: Any, args: Any, kwargs: Any, view: Any) -> Any:
        with Session(self.reading, expire_on_commit=False, autoflush=False) as session:
            result = fn(session, *args, **kwargs)
            return result if view is None else view(result)

    def _read_long(self, fn: Any, args: Any, kwargs: Any) -> Any:
        engine = self.reading.execution_options(**{READ_LIMIT_S: LONG_READ_S})
        with Session(engine, expire_on_commit=False, autoflush=False) as session:
            if not self.settings.is_sqlite:
                session.execute(text(f"SET LOCAL statement_timeout = '{LONG_READ_S:.0f}s'"))
                session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{LONG_READ_S:.0f}s'"))
            return fn(session, *args, **kwargs)

    def _write_once(self, fn: Any, args: Any, kwargs: Any, view: Any) -> tuple[Any, list[Event]]:
        with Session(self.writing, expire_on_commit=False) as session:
            result = fn(session, *args, **kwargs)
            session.flush()
            if view is not None:
                result = view(result)
            self._react(session)
            session.flush()
            self._commit(session)
            return result, _news_of(session)

    def _react(self, session: Session) -> None:
        """One job row for each durable consequence, in the same transaction."""
        if self.reactions and announced(session):
            enqueue_reactions(session, self.reactions, announced(session), now=self.clock.now())

    @staticmethod
    def _commit(session: Session) -> None:
        try:
            session.commit()
        except DBAPIError as error:
            if is_cut(error):
                raise OutcomeUnknown() from error
            raise

    @staticmethod
    def _tried(attempt: Callable[[], R]) -> R:
        for tries in range(1, TRIES + 1):
            try:
                return attempt()
            except DBAPIError as error:
                may_help = is_collision(error) or (tries < 3 and (is_cut(error) or is_duplicate(error)))
                if tries == TRIES or not may_help:
                    raise translated(error) from error
                log.info("transaction tried again", tries=tries, reason=type(error.orig).__name__)
                time.sleep(random.uniform(0.2, 1) * 0.02 * 2**tries)
            except SQLAlchemyError as error:
                if translated(error) is error:
                    raise
                raise translated(error) from error
        raise AssertionError("unreachable")

    def _tell(self, events: list[Event]) -> None:
        for listener in list(self._listeners):
            try:
                listener(events)
            except Exception:
                log.exception("live listener failed")


def _news_of(session: Session) -> list[Event]:
    return [*announced(session), JobsQueued()] if has_queued(session) else announced(session)
