"""Where benchmarks keep their databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.reactions import REACTIONS
from core import migrate
from core.database import Database, DatabaseSettings


@contextmanager
def fresh_database(path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database with the product's own reactions."""
    database = Database(DatabaseSettings(url=f"sqlite:///{path}"), reactions=REACTIONS)
    migrate.upgrade(database.writing)
    with database:
        yield database
