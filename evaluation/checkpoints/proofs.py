"""What a receipt proves: that the rating stands, as it was given, under a published root."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.checkpoints.actions import last_checkpoint
from core.checkpoints.notes import BadNote, Statement, Verifier
from core.checkpoints.tree import BrokenTree, ChainTree
from core.merkle import Merkle
from evaluation.checkpoints.rules import SEALED_MOST, Standing
from evaluation.ledger import LEDGER_CHAIN, is_about
from evaluation.model import LedgerSeal, Rating, RatingWords
from evaluation.rules import Channel, Level, Subject


@dataclass(frozen=True)
class Inclusion:
    """RFC 6962: leaf `index` (`line`, hashed) is among the first `size`, by `path` (base64, from the leaf up).

    `salt` is what the line hashes the receipt code with; None in lines from before.
    """

    line: str
    salt: bytes | None
    index: int
    size: int
    path: list[str]
    algorithm: str
    checkpoint: str
    checkpoint_at: datetime


@dataclass(frozen=True)
class Receipt:
    """A rating by its receipt code; `inclusion` is None before the first checkpoint over it, or if it is gone."""

    rating_id: int
    code: str
    subject: Subject
    level: Level
    channel: Channel
    is_current: bool
    recorded_at: datetime
    standing: Standing
    inclusion: Inclusion | None


def prove(session: Session, code: str, verifier: Verifier) -> Receipt | None:
    """What a receipt code proves, checked by what is stored now; None when no rating has it."""
    rating = session.scalar(select(Rating).filter_by(receipt=code))
    if rating is None:
        return None
    try:
        inclusion = _inclusion(session, rating)
        standing = _standing(session, rating, inclusion, verifier)
    except (BrokenTree, BadNote):
        inclusion, standing = None, Standing.BROKEN
    return Receipt(
        rating.id,
        rating.receipt,
        rating.subject,
        Level(rating.level),
        rating.channel,
        rating.is_current,
        rating.recorded_at,
        standing,
        inclusion,
    )


def as_proof(receipt: Receipt, inclusion: Inclusion, key: Verifier) -> dict[str, Any]:
    """What docs/verify_receipt.py reads: with it and the published checkpoint nobody has to be trusted."""
    return {
        "receipt": receipt.code,
        "salt": inclusion.salt.hex() if inclusion.salt else None,
        "line": inclusion.line,
        "index": inclusion.index,
        "size": inclusion.size,
        "path": inclusion.path,
        "algorithm": inclusion.algorithm,
        "checkpoint": inclusion.checkpoint,
        "key": key.line,
    }


def _inclusion(session: Session, rating: Rating) -> Inclusion | None:
    """Under the newest checkpoint that is over its line.  Raises BrokenTree."""
    sealed = select(LedgerSeal.seq, RatingWords.receipt_salt).join(
        RatingWords, RatingWords.entry_id == LedgerSeal.row_id
    )
    found = session.execute(sealed.where(RatingWords.rating_id == rating.id)).first()
    checkpoint = last_checkpoint(session, LEDGER_CHAIN, over=found.seq) if found else None
    if found is None or checkpoint is None:
        return None
    tree, index = ChainTree(session, LEDGER_CHAIN, checkpoint.algorithm), found.seq - 1
    path = [base64.b64encode(hash_).decode() for hash_ in tree.path(index, checkpoint.size)]
    line, salt = tree.content(index).decode(), found.receipt_salt
    return Inclusion(line, salt, index, checkpoint.size, path, checkpoint.algorithm, checkpoint.note, checkpoint.at)


def _standing(session: Session, rating: Rating, inclusion: Inclusion | None, verifier: Verifier) -> Standing:
    """Raises BadNote."""
    if inclusion is None:
        newest = last_checkpoint(session, LEDGER_CHAIN)
        is_due = newest is not None and newest.at - rating.recorded_at > SEALED_MOST
        return Standing.BROKEN if is_due else Standing.WAITING
    is_proved = _says(inclusion, rating) and _leads(inclusion, verifier.read(inclusion.checkpoint))
    return Standing.PROVED if is_proved else Standing.BROKEN


def _says(inclusion: Inclusion, rating: Rating) -> bool:
    said = json.loads(json.loads(inclusion.line)["body"])
    return is_about(said, rating.receipt, inclusion.salt) and said.get("level") == rating.level


def _leads(inclusion: Inclusion, said: Statement) -> bool:
    """Whether the line, by its path, is under the signed root."""
    merkle = Merkle(inclusion.algorithm)
    leaf, path = merkle.leaf(inclusion.line.encode()), map(base64.b64decode, inclusion.path)
    root = merkle.root_by_path(leaf, inclusion.index, inclusion.size, path)
    return (root, inclusion.size) == (said.root, said.size)
