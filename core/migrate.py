"""Brings a database to the schema of this program: alembic without its ini file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import BatchOperations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from core.model import Model, append_only

SCRIPTS = Path(__file__).parent.parent / "migrations"
#: what each database keeps in a form of its own: only revisions know it, and the queries that use it
UNMAPPED = ("ticket_words",)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up; one transaction for the whole way."""
    with _moving(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema down to `revision` ("base": nothing is left)."""
    with _moving(engine) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _moving(engine: Engine) -> Iterator[Connection]:
    """One transaction.  In SQLite's the rows that others refer to may be moved: references are checked at its end.

    That is what its manual says for a table that is made anew; the switch does nothing inside a transaction.
    """
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF").close()
        try:
            with connection.begin():
                before = _revision(connection)
                yield connection
                if _revision(connection) != before:
                    _check_references(connection)
        finally:
            raw.execute("PRAGMA foreign_keys=ON").close()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"a row of {broken[0]} refers to one of {broken[2]} that is no more")


def heads() -> tuple[str, ...]:
    """The newest revisions that this program knows; more than one is a mistake in migrations/."""
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def chain() -> list[str]:
    """Every revision that this program knows, in the order in which they are applied."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def present(engine: Engine) -> str | None:
    """The revision the database is at, or None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def drift(engine: Engine) -> list[str]:
    """How the mapped classes (import them first) differ from the migrated schema; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_mapped})
        return [str(difference) for difference in compare_metadata(context, Model.metadata)]


def _is_mapped(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name is None or not name.startswith(UNMAPPED)


@contextmanager
def rebuilt(table_name: str) -> Iterator[BatchOperations]:
    """In a migration: change what ALTER cannot on SQLite, where the table is made anew and its triggers put back."""
    bind, triggers = op.get_bind(), []
    if bind.dialect.name == "sqlite":
        found = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name")
        triggers = list(bind.execute(found, {"table": table_name}).scalars())
    with op.batch_alter_table(table_name) as table:
        yield table
    for trigger in triggers:
        op.execute(text(trigger.replace(":", "\\:")))


def protect(table_name: str) -> None:
    """In a migration: make a table append-only (its triggers go with it when it is dropped)."""
    for statement in append_only(table_name)[op.get_bind().dialect.name]:
        op.execute(statement)
