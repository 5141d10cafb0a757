"""Append-only hash chains: rows are written unchained, one sealer chains them, anybody can verify."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import partial
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, DateTime, String, and_, func, select, type_coerce
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.hashes import HASHES
from core.model import Id, Model, UtcDateTime

#: of new rows, where nobody chose another (core.hashes); every row names its own
ALGORITHM = "sha256"
GENESIS = "0" * 64
#: PostgreSQL gives ids before the commit: a row may appear below ids that are sealed already, at most so far below.
OVERTAKEN_MOST = 10_000
#: A row below sealed ones that no sealer has chained for so long is a finding.
UNSEALED_MOST = timedelta(minutes=1)
#: links that a walk reads at once
_PAGE = 10_000


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


#: runs a function of a Session, as Database.read does
Read = Callable[..., Any]


class Reached(NamedTuple):
    """The last link of a walk so far: its number and its hash."""

    seq: int = 0
    head: str = GENESIS


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


def row_bytes(columns: Sequence[str], values: Sequence[Any]) -> bytes:
    """canonical_bytes of a row whose `columns` are sorted, spelt in a quarter of the time: a walk spells a million."""
    said = ",".join([f'"{name}":{_spelt(value)}' for name, value in zip(columns, values, strict=True)])
    return f"{{{said}}}".encode()


def _spelt(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if type(value) is int:
        return repr(value)
    if type(value) is datetime:
        return f'"{_moment(value)}"'
    return "null" if value is None else _ENCODER.encode(value)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case Enum():
            return value.value
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _moment(value: datetime) -> str:
    """A naive one is UTC, as `_plainly` reads it from SQLite."""
    if value.tzinfo is not None:
        return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
    return value.isoformat(timespec="microseconds") + "Z"


#: made once: json.dumps makes a new one for every call with options, which is half the time of a walk over the chain
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def link(content: bytes, *, seq: int, previous_hash: str, sealed_at: str, algorithm: str) -> str:
    """The hash of one link, over its place, the hash before it and the row's content in canonical bytes."""
    # canonical_bytes of these four, written out: a walk over a million links spells it a million times
    head = f'{{"algorithm":"{algorithm}","previous":"{previous_hash}","sealed_at":"{sealed_at}","seq":{seq}}}\n'
    return HASHES[algorithm](head.encode() + content).hex()


def end_of(session: Session, chain: Chain) -> Reached:
    """The last link there is."""
    seals = chain.seals.__table__
    last = session.execute(select(seals.c.seq, seals.c.hash).order_by(seals.c.seq.desc()).limit(1)).first()
    return Reached(last.seq, last.hash) if last else Reached()


def hash_at(session: Session, chain: Chain, seq: int) -> str | None:
    """The hash of a link; of link 0, before the first, GENESIS."""
    seals = chain.seals.__table__
    return session.scalar(select(seals.c.hash).where(seals.c.seq == seq)) if seq else GENESIS


def unsealed(session: Session, chain: Chain, *, at_most: int) -> list[int]:
    """Ids of rows that wait for the sealer, lowest first.

    Two ranges of indexes are set against each other: PostgreSQL, when it does not know yet how a table has grown, would
    look for the seal of each row among all of them.
    """
    rows, seals = chain.rows.__table__, chain.seals.__table__
    after = _settled_to(session, session.scalar(select(func.max(seals.c.row_id))) or 0)
    near = select(rows.c.id).where(rows.c.id > after).order_by(rows.c.id).limit(at_most + OVERTAKEN_MOST).subquery()
    waiting = select(near.c.id).except_(select(seals.c.row_id).where(seals.c.row_id > after)).subquery()
    return list(session.scalars(select(waiting.c.id).order_by(waiting.c.id).limit(at_most)))


def count_unsealed(session: Session, chain: Chain, *, last_row_id: int) -> int:
    """How many rows wait for the sealer; `last_row_id` is that of the last seal.  Looks at the chain's end alone."""
    rows, seals = chain.rows.__table__, chain.seals.__table__
    after = _settled_to(session, last_row_id)
    written = select(func.count()).where(rows.c.id > after).scalar_subquery()
    sealed = select(func.count()).where(seals.c.row_id > after).scalar_subquery()
    return session.scalar(select(written - sealed)) or 0


def _settled_to(session: Session, sealed_to: int) -> int:
    """The id below which no row can wait any more: on PostgreSQL a higher id may be committed, and sealed, before."""
    return sealed_to if session.get_bind().dialect.name == "sqlite" else sealed_to - OVERTAKEN_MOST


def seal(session: Session, chain: Chain, *, now: datetime, at_most: int = 1000, algorithm: str = ALGORITHM) -> int:
    """Chain the rows that wait, by this algorithm (core.hashes); how many.  The caller holds the sealer's lease."""
    ids = unsealed(session, chain, at_most=at_most)
    if not ids:
        return 0
    rows, (seq, previous_hash) = chain.rows.__table__, end_of(session, chain)
    made: list[dict[str, Any]] = []
    columns = sorted(chain.columns)
    waiting = select(rows.c.id, *(rows.c[name].label(f"row_{name}") for name in columns))
    sealed_at = _moment(now)
    for row_id, *content in session.execute(waiting.where(rows.c.id.in_(ids)).order_by(rows.c.id)):
        seq += 1
        place: dict[str, Any] = {"seq": seq, "previous_hash": previous_hash, "algorithm": algorithm}
        previous_hash = link(row_bytes(columns, content), sealed_at=sealed_at, **place)
        made.append({"row_id": row_id, "hash": previous_hash, "sealed_at": now, **place})
    session.execute(chain.seals.__table__.insert(), made)
    return len(made)


def verify(
    session: Session,
    chain: Chain,
    *,
    now: datetime,
    told: Callable[[int], None] | None = None,
    watch: Callable[[int, bytes], None] | None = None,
) -> Verification:
    """Walk the whole chain, on one snapshot, and name the first link that does not hold.

    `told` hears how far it is, `watch` every link that holds with the content of its row.
    """
    return verify_by(partial(_within, session), chain, now=now, told=told, watch=watch)


def verify_by(
    read: Read,
    chain: Chain,
    *,
    now: datetime,
    told: Callable[[int], None] | None = None,
    watch: Callable[[int, bytes], None] | None = None,
) -> Verification:
    """The same in many short reads: what is sealed behind it meanwhile is walked over as well."""
    reached, bad = Reached(), None
    while bad is None:
        before = reached
        reached, bad = read(verify_part, chain, after=before, watch=watch)
        if reached == before:
            break
        if told is not None:
            told(reached.seq)
    waiting, oldest = read(_waiting, chain, now)
    if bad is None and oldest is not None:
        bad = BadRow(oldest, None, "the row has no seal")
    return Verification(chain.name, reached.seq, waiting, reached.head, bad)


def _within(session: Session, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    return fn(session, *args, **kwargs)


def verify_part(
    session: Session,
    chain: Chain,
    *,
    after: Reached,
    at_most: int = _PAGE,
    watch: Callable[[int, bytes], None] | None = None,
) -> tuple[Reached, BadRow | None]:
    """Walk some links behind `after`: the last that holds, and the first that does not.  At the end it is `after`.

    All are read before `watch` hears the first, so that a read that is tried again tells nothing twice.
    """
    columns, reached = sorted(chain.columns), after
    moment, sealed_at = None, ""
    for found, values in _links(session, chain, columns, after=after.seq, at_most=at_most):
        content = row_bytes(columns, values)
        if found.sealed_at != moment:  # the same for all that were sealed at once
            moment, sealed_at = found.sealed_at, _moment(found.sealed_at)
        if bad := _fault(found, content, sealed_at, reached):
            return reached, bad
        reached = Reached(found.seq, found.hash)
        if watch is not None:
            watch(found.seq, content)
    return reached, None


class _Link(NamedTuple):
    """A seal; `found` is the id of its row, None where that is gone."""

    seq: int
    row_id: int
    algorithm: str
    previous_hash: str
    hash: str
    sealed_at: datetime
    found: int | None


def _links(
    session: Session, chain: Chain, columns: Sequence[str], *, after: int, at_most: int
) -> Iterator[tuple[_Link, Sequence[Any]]]:
    """Seals in order, each with the values of its row (None where that is gone)."""
    rows, seals = chain.rows.__table__, chain.seals.__table__
    sealed = [_plainly(seals.c[name]) for name in _Link._fields[:-1]]
    content = [_plainly(rows.c[name]).label(f"row_{name}") for name in columns]
    every: Any = select(*sealed, rows.c.id, *content).outerjoin_from(seals, rows, seals.c.row_id == rows.c.id)
    some = every.where(seals.c.seq > after).order_by(seals.c.seq).limit(at_most)
    width = len(_Link._fields)
    for row in session.execute(some).all():
        yield _Link._make(row[:width]), row[width:]


def _plainly(column: Any) -> ColumnElement[Any]:
    """As the driver hands it over: making moments and members of enumerations ours takes as long as hashing them."""
    if isinstance(column.type, UtcDateTime):
        return type_coerce(column, DateTime)
    return type_coerce(column, String) if isinstance(column.type, SqlEnum) else column


def _fault(found: _Link, content: bytes, sealed_at: str, before: Reached) -> BadRow | None:
    seq, reason = before.seq + 1, None
    if found.seq != seq:
        reason = f"link {seq} is missing"
    elif found.found is None:
        reason = "the row is missing"
    elif found.previous_hash != before.head:
        reason = "the link does not follow the one before"
    elif found.algorithm not in HASHES:
        reason = f"unknown algorithm {found.algorithm}"
    elif found.hash != link(
        content, seq=seq, previous_hash=before.head, sealed_at=sealed_at, algorithm=found.algorithm
    ):
        reason = "the row's content or its seal was changed"
    return BadRow(found.row_id, found.seq, reason) if reason else None


def _waiting(session: Session, chain: Chain, now: datetime) -> tuple[int, int | None]:
    """How many rows are not sealed, and the first of them that was passed over.

    Rows at the end only wait: the sealer may have been killed, and seals them when it is there again.
    """
    rows, seals = chain.rows.__table__, chain.seals.__table__
    free = select(rows.c.id).except_(select(seals.c.row_id)).subquery()
    waiting = session.scalar(select(func.count()).select_from(free)) or 0
    sealed_since = select(func.max(seals.c.row_id)).scalar_subquery()
    is_old = and_(rows.c.at < now - UNSEALED_MOST, rows.c.id < sealed_since)
    overtaken = select(func.min(rows.c.id)).where(rows.c.id.in_(select(free.c.id)), is_old)
    return waiting, session.scalar(overtaken) if waiting else None
