"""The ledger: every question, answer, correction and silence as a line that nobody can quietly change."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.chain import GENESIS, Chain, Verification, count_unsealed, verify
from evaluation.model import LedgerEntry, LedgerSeal
from evaluation.rules import LedgerKind

#: core.sealer chains what transactions append; `hotline ledger verify` walks it
LEDGER_CHAIN = Chain("ledger", LedgerEntry, LedgerSeal, ("id", "kind", "at", "body"))
#: SHA-256 over the salt and the receipt code behind it
SALTED = "salted-sha256"
SALT_BYTES = 16


@dataclass(frozen=True)
class LedgerLine:
    """A line with its place in the chain; the seal's parts are None until it is sealed."""

    id: int
    kind: LedgerKind
    at: datetime
    body: dict[str, Any]
    seq: int | None
    algorithm: str | None
    previous_hash: str | None
    hash: str | None
    sealed_at: datetime | None


@dataclass(frozen=True)
class LedgerStatus:
    """How long the chain is, its last hash, and how many lines wait for the sealer."""

    sealed: int
    unsealed: int
    head: str
    sealed_until: datetime | None


def append_entry(session: Session, kind: LedgerKind, body: dict[str, Any], *, now: datetime) -> LedgerEntry:
    """Write a line, not yet chained.  `body` holds ids, codes and salted hashes only: nothing in it is ever erased."""
    said = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    entry = LedgerEntry(kind=kind, at=now, body=said)
    session.add(entry)
    session.flush()
    return entry


def salted_hash(salt: bytes, text: str) -> str:
    """What the ledger keeps of personal text: it proves the text while the salt is kept, and nothing afterwards."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def receipt_said(code: str, salt: bytes) -> dict[str, str]:
    """How a line says which receipt it is about: codes are short, so without the salt nobody can try them out."""
    return {"receipt": salted_hash(salt, code), "receipt_rule": SALTED}


def is_about(said: Mapping[str, Any], code: str, salt: bytes | None) -> bool:
    """Whether a line is about this receipt, by the rule that it names; lines from before name none and have no salt.

    A salt of another length is none: what is added to it could be taken from the code.
    """
    match said.get("receipt_rule"):
        case None:
            expected = hashlib.sha256(code.encode()).hexdigest()
        case rule if rule == SALTED and salt is not None and len(salt) == SALT_BYTES:
            expected = salted_hash(salt, code)
        case _:
            return False
    return said.get("receipt") == expected


def verify_ledger(session: Session, *, now: datetime) -> Verification:
    """Walk the whole chain; a million lines take a while, so give it a connection without a read limit."""
    return verify(session, LEDGER_CHAIN, now=now)


def ledger_status(session: Session) -> LedgerStatus:
    last = session.scalar(select(LedgerSeal).order_by(LedgerSeal.seq.desc()).limit(1))
    waiting = count_unsealed(session, LEDGER_CHAIN, last_row_id=last.row_id if last else 0)
    return LedgerStatus(
        last.seq if last else 0, waiting, last.hash if last else GENESIS, last.sealed_at if last else None
    )


def newest_lines(
    session: Session, *, kind: LedgerKind | None = None, before: int | None = None, limit: int = 50
) -> list[LedgerLine]:
    """Newest first, below the line with id `before`."""
    query = _lines().order_by(LedgerEntry.id.desc()).limit(limit)
    if kind is not None:
        query = query.where(LedgerEntry.kind == kind)
    if before is not None:
        query = query.where(LedgerEntry.id < before)
    return [_line(row) for row in session.execute(query)]


def sealed_lines(session: Session, *, after: int, limit: int = 10_000) -> list[LedgerLine]:
    """In the order of their seals, beyond the one numbered `after`: for export, in pages."""
    sealed = select(LedgerEntry, LedgerSeal).join(LedgerSeal, LedgerSeal.row_id == LedgerEntry.id)
    query = sealed.where(LedgerSeal.seq > after).order_by(LedgerSeal.seq).limit(limit)
    return [_line(row) for row in session.execute(query)]


def lines_beyond(session: Session, *, seq: int, after: int = 0, limit: int = 10_000) -> list[LedgerLine]:
    """What was not sealed when the seal `seq` was the last, oldest first, above the line with id `after`.

    A line that is sealed between two pages is in one of them all the same.
    """
    is_beyond = or_(LedgerSeal.seq.is_(None), LedgerSeal.seq > seq)
    query = _lines().where(is_beyond, LedgerEntry.id > after).order_by(LedgerEntry.id).limit(limit)
    return [_line(row) for row in session.execute(query)]


def exported(lines: Sequence[LedgerLine]) -> Iterator[str]:
    """One JSON object a line, as anybody can hash it again."""
    for line in lines:
        yield json.dumps(asdict(line), ensure_ascii=False, sort_keys=True, default=lambda moment: moment.isoformat())


def _lines() -> Any:
    return select(LedgerEntry, LedgerSeal).outerjoin(LedgerSeal, LedgerSeal.row_id == LedgerEntry.id)


def _line(row: Any) -> LedgerLine:
    entry: LedgerEntry = row.LedgerEntry
    seal: LedgerSeal | None = row.LedgerSeal
    return LedgerLine(
        entry.id,
        entry.kind,
        entry.at,
        json.loads(entry.body),
        seal.seq if seal else None,
        seal.algorithm if seal else None,
        seal.previous_hash if seal else None,
        seal.hash if seal else None,
        seal.sealed_at if seal else None,
    )
