"""Engines for SQLite and PostgreSQL, with the switches that our rules need."""

import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import QueuePool

from core.database.settings import DatabaseSettings

#: SQLite calls back after so many steps of its virtual machine; about every 0.1 ms.
_STEPS = 20_000
#: Jobs, the sealer and checks take up to so many connections more than the pages' threads.
BESIDE_PAGES = 8
#: the execution option of an engine whose reads may take longer than a page's
READ_LIMIT_S = "read_limit_s"


def writing_engine(settings: DatabaseSettings) -> Engine:
    """The engine for transactions that change something."""
    if not settings.is_sqlite:
        return _postgresql_engine(settings)
    settings.path.parent.mkdir(parents=True, exist_ok=True)
    return _sqlite_engine(settings, connections=1, begin="BEGIN IMMEDIATE", pragmas=())


def reading_engine(settings: DatabaseSettings, writing: Engine) -> Engine:
    """The engine for transactions that only read, each on one snapshot."""
    if not settings.is_sqlite:
        return writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    engine = _sqlite_engine(settings, connections=settings.readers, begin="BEGIN", pragmas=("query_only=ON",))
    _limit_reads(engine, settings.read_limit_s)
    return engine


def _sqlite_engine(settings: DatabaseSettings, *, connections: int, begin: str, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        settings.parsed,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0 if connections == 1 else BESIDE_PAGES,
        pool_timeout=30,
        connect_args={"isolation_level": None, "timeout": 5, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-16384",
            "temp_store=MEMORY",
            *pragmas,
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _limit_reads(engine: Engine, limit_s: float) -> None:
    """Stop a read that runs too long: a reader's old snapshot would keep SQLite's log from being folded in."""

    @event.listens_for(engine, "begin")
    def _watch(connection: Connection) -> None:
        ends = time.monotonic() + connection.get_execution_options().get(READ_LIMIT_S, limit_s)
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)

    @event.listens_for(engine, "reset")
    def _release(connection: Any, _record: Any, _state: Any) -> None:
        connection.set_progress_handler(None, 0)


def _postgresql_engine(settings: DatabaseSettings) -> Engine:
    options = " ".join(
        (
            "-c timezone=UTC",
            # a plan made for any state or word at all suits none: frequent ones and rare ones are found in other ways
            "-c plan_cache_mode=force_custom_plan",
            # a page is answered by one process: to start others, or a compiler, costs more than its query
            "-c max_parallel_workers_per_gather=0",
            "-c jit=off",
            # what a database reads at random is in memory or on a disk without arms; 4 has a million rows read in
            # order to spare some thousand
            "-c random_page_cost=1.1",
            "-c lock_timeout=5000",
            f"-c statement_timeout={max(int(settings.read_limit_s * 1000), 30_000)}",
            "-c idle_in_transaction_session_timeout=60000",
        )
    )
    return create_engine(
        settings.parsed,
        pool_size=settings.connections,
        max_overflow=BESIDE_PAGES,
        pool_timeout=settings.queue_wait_s,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 5, "application_name": "hotline"},
    )
