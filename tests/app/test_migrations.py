"""The migrated schema and the mapped classes are one; every revision can be taken back."""

import importlib
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from core import migrate
from core.database import Database
from core.model import Model

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("core", "evaluation", "indicators", "knowledge", "nlp", "sms", "staff", "telephony", "tickets", "web")


def import_all_models() -> None:
    """Every module that maps a class: it says `Model)` in a class statement."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "(Model)" in (source := path.read_text(encoding="utf-8")) or ", Model)" in source:
                importlib.import_module(
                    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                )


#: indexes of invitations that came after the revision to which the way down leads
NEWER = {"ix_invitations_ticket_id", "ix_invitations_said_after_at"}


def test_models_and_migrations_agree(database: Database) -> None:
    import_all_models()

    assert len(Model.metadata.tables) > 10
    assert migrate.drift(database.writing) == []


def test_the_schema_goes_up_down_and_up_again(database: Database) -> None:
    engine = database.writing
    tables = inspect(engine).get_table_names()

    migrate.downgrade(engine, "base")
    left = inspect(engine).get_table_names()
    migrate.upgrade(engine)

    assert left == ["alembic_version"]
    assert sorted(inspect(engine).get_table_names()) == sorted(tables)
    import_all_models()
    assert migrate.drift(engine) == []


def test_there_is_one_newest_revision() -> None:
    assert len(migrate.heads()) == 1


def _doubts(engine: Engine) -> list[str]:
    """The triggers of invitations, and its indexes."""
    inspector = inspect(engine)
    if engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'invitations'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'invitations'::regclass AND NOT tgisinternal"
    with engine.connect() as connection:
        triggers = connection.execute(text(query)).scalars().all()
    indexes = (index["name"] or "" for index in inspector.get_indexes("invitations") if not index.get("unique"))
    return sorted([*triggers, *indexes])


def test_a_table_that_is_made_anew_keeps_its_rows_triggers_and_indexes(database: Database) -> None:
    engine = database.writing
    before = _doubts(engine)
    assert len(before) >= 5

    migrate.downgrade(engine, "0081")
    down = _doubts(engine)
    migrate.upgrade(engine)

    assert down == [name for name in before if name not in NEWER]
    assert _doubts(engine) == before
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
