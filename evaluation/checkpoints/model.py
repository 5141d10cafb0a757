"""Which witness was handed which checkpoint."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Model
from evaluation.checkpoints.rules import WitnessState


class WitnessedCheckpoint(Model):
    """One checkpoint and one witness; `fault` is why it was not taken."""

    __tablename__ = "witnessed_checkpoints"

    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"), primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(400), primary_key=True)
    state: Mapped[WitnessState]
    fault: Mapped[str] = mapped_column(String(400), default="")
    told_at: Mapped[datetime | None]
