"""Brings a database to the schema of this program: alembic without its ini file."""

from pathlib import Path

from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

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
    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema down to `revision` ("base": nothing is left)."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


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


def protect(table_name: str) -> None:
    """In a migration: make a table append-only (its triggers go with it when it is dropped)."""
    for statement in append_only(table_name)[op.get_bind().dialect.name]:
        op.execute(statement)
