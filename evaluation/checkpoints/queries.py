"""Reading checkpoints: what is published, and who keeps it outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.checkpoints.model import ChainWalk, Checkpoint
from evaluation.checkpoints.model import WitnessedCheckpoint
from evaluation.checkpoints.rules import WitnessState, is_in_order


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint, how far each witness has got with it, and what the last walk over its chain found."""

    checkpoint: Checkpoint
    witnesses: Sequence[WitnessedCheckpoint]
    walk: ChainWalk | None

    @property
    def kept(self) -> int:
        return sum(row.state is WitnessState.KEPT for row in self.witnesses)

    def is_in_order(self, now: datetime) -> bool:
        return is_in_order(now - self.checkpoint.at, kept=self.kept)


def newest_checkpoints(session: Session, chain: str, *, limit: int = 60) -> list[Witnessed]:
    """Newest first."""
    newest = select(Checkpoint).where(Checkpoint.chain == chain).order_by(Checkpoint.size.desc()).limit(limit)
    one = aliased(Checkpoint, newest.subquery())
    handed = (
        select(one, WitnessedCheckpoint, ChainWalk)
        .outerjoin(WitnessedCheckpoint, WitnessedCheckpoint.checkpoint_id == one.id)
        .outerjoin(ChainWalk, ChainWalk.chain == one.chain)
    )
    rows: Any = session.execute(handed.order_by(one.size.desc(), WitnessedCheckpoint.witness)).all()
    grouped = groupby(rows, key=lambda row: row[0])
    return [_witnessed(checkpoint, list(of)) for checkpoint, of in grouped]


def _witnessed(checkpoint: Checkpoint, rows: Sequence[Any]) -> Witnessed:
    return Witnessed(checkpoint, [row[1] for row in rows if row[1] is not None], rows[0][2])


def published_note(session: Session, chain: str, size: int) -> str | None:
    """The text that was signed."""
    return session.scalar(select(Checkpoint.note).where(Checkpoint.chain == chain, Checkpoint.size == size))


def is_in_doubt(session: Session, chain: str) -> bool:
    """Whether the last walk over the chain found something that does not hold."""
    walk = session.get(ChainWalk, chain)
    return walk is not None and walk.fault is not None
