"""The loaded million, kept under build/ so that measuring it again takes minutes.

A schema that has moved on since is brought to it as an operator would (and the time is told); `--fresh`, another
generator or another size load it again.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bench import aftermath, city, filling, words
from bench.city import City, found_city
from bench.filling import Filler, settle, wishes
from bench.places import fresh_database, postgresql
from core import migrate
from core.clock import SystemClock
from core.database import Database

KEPT = Path("build/million")
VERY_MANY, SEARCHES = 1_000_000, 200
#: what decides what is loaded, besides the schema
_GENERATOR = (aftermath, city, filling, words)


@dataclass(frozen=True)
class Loaded:
    """What was loaded when: `city` as plain values, `wishes` drawn by the frequency of the words in its texts.

    `revisions` are those of its schema, `upgrade_s` how long it took to bring it there from the one it had before.
    """

    generator: str
    revisions: list[str]
    loaded_at: str
    seconds: float
    city: dict[str, Any]
    wishes: list[str]
    upgrade_s: float | None = None

    @property
    def at(self) -> datetime:
        """Measured as of this moment: what was due soon then must not be overdue when it is measured again."""
        return datetime.fromisoformat(self.loaded_at)


def generator() -> str:
    """The same for two loads that would be the same but for their schema: program with its seed, and size."""
    told = hashlib.sha256(f"{VERY_MANY} {SEARCHES}".encode())
    for module in _GENERATOR:
        told.update(Path(str(module.__file__)).read_bytes())
    return told.hexdigest()


@contextmanager
def kept_database(name: str, *, fresh: bool) -> Iterator[tuple[Database, Loaded]]:
    """The database of a million tickets on "sqlite" or "postgresql", loaded unless it is kept from before."""
    folder, note = KEPT / name, KEPT / name / "loaded.json"
    loaded = None if fresh else noted(note)
    if loaded is None:
        shutil.rmtree(folder, ignore_errors=True)
    begun = time.monotonic()
    with place_of(name, folder) as place, fresh_database(place) as database:
        if loaded is None:
            loaded = load(database)
        elif loaded.revisions != migrate.chain():
            settle(database)
            loaded = replace(loaded, revisions=migrate.chain(), upgrade_s=time.monotonic() - begun)
        note.write_text(json.dumps(asdict(loaded), ensure_ascii=False))
        yield database, loaded


@contextmanager
def copied_database(name: str, folder: Path) -> Iterator[Database]:
    """A copy of the kept one, to write into; it is gone afterwards."""
    with place_of(name, KEPT / name) as place:
        if isinstance(place, Path):
            copied = folder / "copy.db"
            shutil.copyfile(place, copied)
            with fresh_database(copied) as database:
                yield database
            copied.unlink()
            return
        address = make_url(place)
        server = sa.create_engine(address.set(database="template1"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql("DROP DATABASE IF EXISTS copy")
            connection.exec_driver_sql(f'CREATE DATABASE copy TEMPLATE "{address.database}" STRATEGY FILE_COPY')
            with fresh_database(address.set(database="copy").render_as_string(hide_password=False)) as database:
                yield database
            connection.exec_driver_sql("DROP DATABASE copy WITH (FORCE)")
        server.dispose()


def noted(note: Path) -> Loaded | None:
    """What is kept, unless it would be loaded differently now, or its schema is none on the way to the present one."""
    if not note.exists():
        return None
    found = json.loads(note.read_text())
    if found.get("generator") != generator():
        return None
    loaded = Loaded(**found)
    return loaded if migrate.chain()[: len(loaded.revisions)] == loaded.revisions else None


@contextmanager
def place_of(name: str, folder: Path) -> Iterator[Path | str]:
    """Where a database of this kind is in this folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    if name == "sqlite":
        yield folder / "million.db"
        return
    with postgresql(folder / "cluster") as url:
        yield url


def load(database: Database) -> Loaded:
    """A city with a million tickets in an empty database."""
    now, begun = SystemClock().now(), time.monotonic()
    founded: City = database.write(found_city, now=now)
    filler = Filler(database, founded, last=1)
    filler.fill(VERY_MANY, now=now)
    return Loaded(
        generator=generator(),
        revisions=migrate.chain(),
        loaded_at=now.isoformat(),
        seconds=time.monotonic() - begun,
        city=founded.as_plain(),
        wishes=wishes(filler.frequencies, SEARCHES),
    )
