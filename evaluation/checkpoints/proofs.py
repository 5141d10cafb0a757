"""What a receipt proves: that the rating stands, as it was given, under a published root."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.checkpoints.actions import last_checkpoint
from core.checkpoints.notes import Verifier
from core.checkpoints.tree import ChainTree
from evaluation.ledger import LEDGER_CHAIN
from evaluation.model import LedgerSeal, Rating, RatingWords
from evaluation.rules import Channel, Level, Subject


@dataclass(frozen=True)
class Inclusion:
    """RFC 6962: leaf `index` (`line`, hashed) is among the first `size`, by `path` (base64, from the leaf up)."""

    line: str
    index: int
    size: int
    path: list[str]
    algorithm: str
    checkpoint: str
    checkpoint_at: datetime


@dataclass(frozen=True)
class Receipt:
    """A rating by its receipt code; `inclusion` is None until the first checkpoint after it."""

    code: str
    subject: Subject
    level: Level
    channel: Channel
    is_current: bool
    recorded_at: datetime
    inclusion: Inclusion | None


def prove(session: Session, code: str) -> Receipt | None:
    """What a receipt code proves; None when no rating has it."""
    rating = session.scalar(select(Rating).filter_by(receipt=code))
    if rating is None:
        return None
    seq = session.scalar(
        select(LedgerSeal.seq)
        .join(RatingWords, RatingWords.entry_id == LedgerSeal.row_id)
        .where(RatingWords.rating_id == rating.id)
    )
    return Receipt(
        rating.receipt,
        rating.subject,
        Level(rating.level),
        rating.channel,
        rating.is_current,
        rating.recorded_at,
        None if seq is None else _inclusion(session, seq),
    )


def as_proof(receipt: Receipt, inclusion: Inclusion, key: Verifier) -> dict[str, Any]:
    """What docs/verify_receipt.py reads: with it and the published checkpoint nobody has to be trusted."""
    return {
        "receipt": receipt.code,
        "receipt_hash": hashlib.sha256(receipt.code.encode()).hexdigest(),
        "line": inclusion.line,
        "index": inclusion.index,
        "size": inclusion.size,
        "path": inclusion.path,
        "algorithm": inclusion.algorithm,
        "checkpoint": inclusion.checkpoint,
        "key": key.line,
    }


def _inclusion(session: Session, seq: int) -> Inclusion | None:
    """Under the newest checkpoint that is over it."""
    checkpoint = last_checkpoint(session, LEDGER_CHAIN, over=seq)
    if checkpoint is None:
        return None
    tree, index = ChainTree(session, LEDGER_CHAIN, checkpoint.algorithm), seq - 1
    path = [base64.b64encode(hash_).decode() for hash_ in tree.path(index, checkpoint.size)]
    line = tree.content(index).decode()
    return Inclusion(line, index, checkpoint.size, path, checkpoint.algorithm, checkpoint.note, checkpoint.at)
