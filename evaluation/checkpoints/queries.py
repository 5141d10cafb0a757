"""Reading checkpoints: what is published, and who keeps it outside."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.checkpoints.model import Checkpoint
from evaluation.checkpoints.model import WitnessedCheckpoint


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint, and how far each witness has got with it."""

    checkpoint: Checkpoint
    witnesses: Sequence[WitnessedCheckpoint]


def newest_checkpoints(session: Session, chain: str, *, limit: int = 60) -> list[Witnessed]:
    """Newest first; two statements."""
    newest = select(Checkpoint).where(Checkpoint.chain == chain).order_by(Checkpoint.size.desc()).limit(limit)
    checkpoints = session.scalars(newest).all()
    ids = [checkpoint.id for checkpoint in checkpoints]
    kept = select(WitnessedCheckpoint).where(WitnessedCheckpoint.checkpoint_id.in_(ids))
    rows = session.scalars(kept.order_by(WitnessedCheckpoint.witness)).all()
    return [Witnessed(one, [row for row in rows if row.checkpoint_id == one.id]) for one in checkpoints]


def published_note(session: Session, chain: str, size: int) -> str | None:
    """The text that was signed."""
    return session.scalar(select(Checkpoint.note).where(Checkpoint.chain == chain, Checkpoint.size == size))
