"""The loaded ratings, kept under build/ as the million tickets are: another generator or schema loads them again."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.kept import place_of
from bench.places import fresh_database
from bench.ratings import bulk, city, columns, lives, loading
from bench.ratings.city import RatedCity, found_rated_city
from bench.ratings.loading import load_ratings
from core import migrate
from core.clock import SystemClock
from core.database import Database
from indicators.counts.afresh import count_afresh

KEPT = Path("build/ratings")


@dataclass(frozen=True)
class Loaded:
    """What was loaded when and how long it took."""

    generator: str
    revisions: list[str]
    loaded_at: str
    seconds: dict[str, float]
    city: dict[str, Any]

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.loaded_at)

    @property
    def founded(self) -> RatedCity:
        return RatedCity(**self.city)


@contextmanager
def kept_ratings(name: str, count: int, *, fresh: bool, has_trail: bool) -> Iterator[tuple[Database, Loaded]]:
    """About so many ratings on "sqlite" or "postgresql"; a schema that has moved on is brought up and counted anew."""
    folder = KEPT / f"{count}" / name
    note = folder / "loaded.json"
    loaded = None if fresh else _noted(note)
    if loaded is None:
        shutil.rmtree(folder, ignore_errors=True)
    with place_of(name, folder) as place, fresh_database(place) as database:
        if loaded is None:
            loaded = _load(database, count, has_trail=has_trail)
        elif loaded.revisions != migrate.chain():
            database.write(count_afresh, now=database.clock.now())
            loading.settle(database)
            loaded = Loaded(**asdict(loaded) | {"revisions": migrate.chain()})
        note.write_text(json.dumps(asdict(loaded), ensure_ascii=False))
        yield database, loaded


def _load(database: Database, count: int, *, has_trail: bool) -> Loaded:
    now = SystemClock().now()
    founded: RatedCity = database.write(found_rated_city, now=now)
    seconds = load_ratings(database, founded, count, now=now, has_trail=has_trail)
    return Loaded(_generator(), migrate.chain(), now.isoformat(), seconds, founded.as_plain())


def _noted(note: Path) -> Loaded | None:
    if not note.exists():
        return None
    loaded = Loaded(**json.loads(note.read_text()))
    chain = migrate.chain()
    return loaded if loaded.generator == _generator() and chain[: len(loaded.revisions)] == loaded.revisions else None


def _generator() -> str:
    told = hashlib.sha256()
    for module in (bulk, city, columns, lives, loading):
        told.update(Path(str(module.__file__)).read_bytes())
    return told.hexdigest()
