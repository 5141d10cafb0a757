"""Append-only hash chains: rows are written unchained, one sealer chains them, anybody can verify."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import chain as joined
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.model import Id, Model

ALGORITHM = "sha256"
GENESIS = "0" * 64
#: PostgreSQL gives ids before the commit: a row may appear below ids that are sealed already, at most so far below.
OVERTAKEN_MOST = 10_000
#: A row below sealed ones that no sealer has chained for so long is a finding.
UNSEALED_MOST = timedelta(minutes=1)

_HASHES: Mapping[str, Callable[[bytes], Any]] = {"sha256": hashlib.sha256}


class Seal:
    """Columns of a chain's seal table: `class LedgerSeal(Seal, Model)`; make it append-only like the rows."""

    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    row_id: Mapped[int] = mapped_column(Id, unique=True)
    algorithm: Mapped[str] = mapped_column(String(20))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]


@dataclass(frozen=True)
class Chain:
    """A table of rows, the table of their seals, and the columns of a row that are sealed (never change them)."""

    name: str
    rows: type[Model]
    seals: Any
    columns: tuple[str, ...]


@dataclass(frozen=True)
class BadRow:
    """The first place where a chain does not hold."""

    row_id: int
    seq: int | None
    reason: str


@dataclass(frozen=True)
class Verification:
    """What a walk over the whole chain found; `head` is the hash of its last link."""

    chain: str
    sealed: int
    unsealed: int
    head: str
    bad: BadRow | None

    @property
    def holds(self) -> bool:
        return self.bad is None


def canonical_bytes(content: Mapping[str, Any]) -> bytes:
    """One spelling for one content: JSON, keys sorted, no blanks, UTF-8, moments as UTC with microseconds."""
    return _ENCODER.encode(content).encode()


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case Enum():
            return value.value
    raise TypeError(f"{type(value).__name__} has no canonical form")


#: made once: json.dumps makes a new one for every call with options, which is half the time of a walk over the chain
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def link(content: bytes, *, seq: int, previous_hash: str, sealed_at: datetime, algorithm: str) -> str:
    """The hash of one link, over its place, the hash before it and the row's content in canonical bytes."""
    # canonical_bytes of these four, written out: a walk over a million links spells it a million times
    head = f'{{"algorithm":"{algorithm}","previous":"{previous_hash}","sealed_at":"{_plain(sealed_at)}","seq":{seq}}}'
    return str(_HASHES[algorithm](head.encode() + b"\n" + content).hexdigest())


def unsealed(session: Session, chain: Chain, *, at_most: int) -> list[int]:
    """Ids of rows that wait for the sealer, lowest first."""
    rows, seals = chain.rows.__table__, chain.seals.__table__
    highest = session.scalar(select(func.max(seals.c.row_id))) or 0
    waiting = select(rows.c.id).where(*_waits(session, chain, highest)).order_by(rows.c.id).limit(at_most)
    return list(session.scalars(waiting))


def count_unsealed(session: Session, chain: Chain, *, last_row_id: int) -> int:
    """How many rows wait for the sealer; `last_row_id` is that of the last seal.  Looks at the chain's end alone."""
    waiting = select(func.count(chain.rows.__table__.c.id)).where(*_waits(session, chain, last_row_id))
    return session.scalar(waiting) or 0


def _waits(session: Session, chain: Chain, sealed_to: int) -> tuple[ColumnElement[bool], ...]:
    """Near `sealed_to`, given as a number: PostgreSQL plans for it."""
    rows, seals = chain.rows.__table__, chain.seals.__table__
    overtaken_most = 0 if session.get_bind().dialect.name == "sqlite" else OVERTAKEN_MOST
    is_sealed = select(seals.c.row_id).where(seals.c.row_id == rows.c.id).exists()
    return rows.c.id > sealed_to - overtaken_most, ~is_sealed


def seal(session: Session, chain: Chain, *, now: datetime, at_most: int = 1000) -> int:
    """Chain the rows that wait; how many.  The caller holds the sealer's lease."""
    ids = unsealed(session, chain, at_most=at_most)
    if not ids:
        return 0
    rows, seals = chain.rows.__table__, chain.seals.__table__
    last = session.execute(select(seals.c.seq, seals.c.hash).order_by(seals.c.seq.desc()).limit(1)).first()
    seq, previous_hash = (last.seq, last.hash) if last else (0, GENESIS)
    made: list[dict[str, Any]] = []
    for row in session.execute(select(rows).where(rows.c.id.in_(ids)).order_by(rows.c.id)):
        seq += 1
        place: dict[str, Any] = {"seq": seq, "previous_hash": previous_hash, "sealed_at": now, "algorithm": ALGORITHM}
        previous_hash = link(_content(chain, row), **place)
        made.append({"row_id": row.id, "hash": previous_hash, **place})
    session.execute(chain.seals.__table__.insert(), made)
    return len(made)


def _content(chain: Chain, row: Any) -> bytes:
    return canonical_bytes({column: getattr(row, column) for column in chain.columns})


def verify(
    session: Session,
    chain: Chain,
    *,
    now: datetime,
    told: Callable[[int], None] | None = None,
    watch: Callable[[int, bytes], None] | None = None,
) -> Verification:
    """Walk the whole chain and name the first link that does not hold.

    `told` hears how far it is, `watch` every link that holds with the content of its row.
    """
    seq, head, bad = 0, GENESIS, None
    with session.execute(_links(chain)) as links:
        for row in links:
            content = _content(chain, row)
            bad = _fault(row, content, seq + 1, head)
            if bad is not None:
                break
            seq, head = row.seal_seq, row.seal_hash
            if watch is not None:
                watch(seq, content)
            if told is not None and seq % 10_000 == 0:
                told(seq)
    waiting, oldest = _waiting(session, chain, now)
    if bad is None and oldest is not None:
        bad = BadRow(oldest, None, "the row has no seal")
    return Verification(chain.name, seq, waiting, head, bad)


def _links(chain: Chain) -> Select[Any]:
    """Every seal with its row (or NULLs in its place), first to last, read in portions."""
    rows, seals = chain.rows.__table__, chain.seals.__table__
    sealed = [
        seals.c[name].label(f"seal_{name}")
        for name in ("seq", "row_id", "algorithm", "previous_hash", "hash", "sealed_at")
    ]
    content = [rows.c[name] for name in joined(chain.columns, () if "id" in chain.columns else ("id",))]
    every: Select[Any] = select(*sealed, *content).outerjoin_from(seals, rows, seals.c.row_id == rows.c.id)
    return every.order_by(seals.c.seq).execution_options(yield_per=5000)


def _fault(row: Any, content: bytes, seq: int, previous_hash: str) -> BadRow | None:
    reason = None
    if row.seal_seq != seq:
        reason = f"link {seq} is missing"
    elif row.id is None:
        reason = "the row is missing"
    elif row.seal_previous_hash != previous_hash:
        reason = "the link does not follow the one before"
    elif row.seal_algorithm not in _HASHES:
        reason = f"unknown algorithm {row.seal_algorithm}"
    else:
        expected = link(
            content,
            seq=seq,
            previous_hash=previous_hash,
            sealed_at=row.seal_sealed_at,
            algorithm=row.seal_algorithm,
        )
        reason = None if expected == row.seal_hash else "the row's content or its seal was changed"
    return BadRow(row.seal_row_id, row.seal_seq, reason) if reason else None


def _waiting(session: Session, chain: Chain, now: datetime) -> tuple[int, int | None]:
    """How many rows are not sealed, and the first of them that was passed over.

    Rows at the end only wait: the sealer may have been killed, and seals them when it is there again.
    """
    rows, seals = chain.rows.__table__, chain.seals.__table__
    is_free = ~select(seals.c.row_id).where(seals.c.row_id == rows.c.id).exists()
    waiting = session.scalar(select(func.count()).select_from(rows).where(is_free)) or 0
    sealed_since = select(func.max(seals.c.row_id)).scalar_subquery()
    is_old = and_(rows.c.at < now - UNSEALED_MOST, rows.c.id < sealed_since)
    return waiting, session.scalar(select(func.min(rows.c.id)).where(is_free, is_old)) if waiting else None
