"""The loaded million, kept under build/ so that measuring it again takes minutes; `--fresh` loads it again."""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import city, filling, words
from bench.city import City, found_city
from bench.filling import Filler, wishes
from bench.places import fresh_database, postgresql
from core import migrate
from core.clock import SystemClock
from core.database import Database

KEPT = Path("build/million")
VERY_MANY, SEARCHES = 1_000_000, 200
#: what decides what is loaded, besides the schema
_GENERATOR = (city, filling, words)


@dataclass(frozen=True)
class Loaded:
    """What was loaded when: `city` as plain values, `wishes` drawn by the frequency of the words in its texts."""

    fingerprint: str
    loaded_at: str
    seconds: float
    city: dict[str, Any]
    wishes: list[str]

    @property
    def at(self) -> datetime:
        """Measured as of this moment: what was due soon then must not be overdue when it is measured again."""
        return datetime.fromisoformat(self.loaded_at)


def fingerprint() -> str:
    """The same for two loads that would be the same: schema, generator with its seed, size."""
    told = hashlib.sha256(f"{migrate.heads()} {VERY_MANY} {SEARCHES}".encode())
    for module in _GENERATOR:
        told.update(Path(str(module.__file__)).read_bytes())
    return told.hexdigest()


@contextmanager
def kept_database(name: str, *, fresh: bool) -> Iterator[tuple[Database, Loaded]]:
    """The database of a million tickets on "sqlite" or "postgresql", loaded unless it is kept from before."""
    folder, note = KEPT / name, KEPT / name / "loaded.json"
    loaded = None if fresh else _noted(note)
    if loaded is None:
        shutil.rmtree(folder, ignore_errors=True)
    with place_of(name, folder) as place, fresh_database(place) as database:
        if loaded is None:
            loaded = load(database)
            note.write_text(json.dumps(asdict(loaded), ensure_ascii=False))
        yield database, loaded


def _noted(note: Path) -> Loaded | None:
    """What is kept, unless it would be loaded differently now."""
    if not note.exists():
        return None
    loaded = Loaded(**json.loads(note.read_text()))
    return loaded if loaded.fingerprint == fingerprint() else None


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
        fingerprint=fingerprint(),
        loaded_at=now.isoformat(),
        seconds=time.monotonic() - begun,
        city=founded.as_plain(),
        wishes=wishes(filler.frequencies, SEARCHES),
    )
