"""The ledger: rows sealed and verified per second, beside a plain loop of hashlib over the same bytes."""

import hashlib
import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from app.processes import WALK_LIMIT_S
from bench.figures import Figure
from bench.places import fresh_database, postgresql
from core.chain import GENESIS, canonical_bytes
from core.checkpoints.actions import keep_nodes, take_checkpoint
from core.checkpoints.notes import Signer
from core.checkpoints.walk import walk
from core.clock import SystemClock
from core.database import Database
from core.sealer import Sealer
from evaluation.ledger import LEDGER_CHAIN, SALT_BYTES, receipt_said
from evaluation.rules import LedgerKind

MANY, VERY_MANY = 100_000, 1_000_000
SEALED_A_SECOND = 1_000
#: 1,000,000 rows in 20 s
VERIFIED_A_SECOND = 50_000
PAGE = 10_000
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
_ENTRIES: Table = LEDGER_CHAIN.rows.__table__  # type: ignore[assignment]


def measure(folder: Path, count: int) -> list[Figure]:
    """Fill, seal and verify `count` rows on each database; every root of a checkpoint over all of them as well."""
    figures: list[Figure] = []
    for kind, name in NAMES.items():
        with _database(folder, kind) as database:
            figures += _of(database, name, count)
    return figures


def _of(database: Database, name: str, count: int) -> list[Figure]:
    now = SystemClock().now()
    for first in range(1, count + 1, PAGE):
        database.write(lambda session, rows: session.execute(insert(_ENTRIES), rows), list(_rows(first, PAGE, now)))
    seal_s = _timed(lambda: Sealer(database, [LEDGER_CHAIN]).seal_all(LEDGER_CHAIN))
    signer = Signer("bench.example/ledger", bytes(32))
    while database.write(keep_nodes, LEDGER_CHAIN, now=now):
        pass
    database.write(take_checkpoint, LEDGER_CHAIN, signer, now=now)
    begun, cpu = time.perf_counter(), time.process_time()
    found = database.read(walk, LEDGER_CHAIN, signer.verifier, now=now)
    verify_s, verify_cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    assert found.holds
    assert found.verification.sealed == count
    plain = f"plain loop of hashlib {_plain_loop(now):,.0f}/s"
    return [
        Figure(f"ledger rows sealed, {count:,}, {name}", count / seal_s, "/s", at_least=SEALED_A_SECOND, peer=plain),
        Figure(
            f"ledger rows verified, {count:,}, {name}", count / verify_s, "/s", at_least=VERIFIED_A_SECOND, peer=plain
        ),
        Figure("  by second of our own CPU", count / verify_cpu_s, "/s", peer=plain),
    ]


def _rows(first: int, count: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Ratings as citizens give them, a second apart."""
    dice = random.Random(first)
    for n in range(first, first + count):
        said = {
            "rating": n,
            "invitation": n,
            "call": None,
            "person": None,
            "subject": "handling",
            "unit": dice.randrange(1, 200),
            "level": dice.choice((5, 5, 5, 4, 3, 2, 1)),
            "solved": True,
            "channel": "sms",
            "corrects": None,
            "words": None,
            **receipt_said(f"R{n:09}", dice.randbytes(SALT_BYTES)),
        }
        body = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield {"id": n, "kind": LedgerKind.ANSWER, "at": now - timedelta(seconds=n), "body": body}


def _plain_loop(now: datetime) -> float:
    """Links a second that hashlib makes of such rows, which lie in memory ready to be hashed."""
    contents, previous = [canonical_bytes(row) for row in _rows(1, PAGE, now)], GENESIS
    begun = time.perf_counter()
    for seq, content in enumerate(contents):
        head = canonical_bytes({"algorithm": "sha256", "previous": previous, "sealed_at": now, "seq": seq})
        previous = hashlib.sha256(head + b"\n" + content).hexdigest()
    return len(contents) / (time.perf_counter() - begun)


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def _database(folder: Path, kind: str) -> Iterator[Database]:
    """An empty one on which a walk may take as long as for `hotline ledger verify`."""
    (folder / "ledger").mkdir(exist_ok=True)
    if kind == "postgresql":
        with postgresql(folder / "ledger") as url, fresh_database(url) as database:
            yield database
    else:
        with fresh_database(folder / "ledger" / "ledger.db") as migrated:
            patient = migrated.settings.model_copy(update={"read_limit_s": WALK_LIMIT_S})
        with Database(patient) as database:
            yield database
