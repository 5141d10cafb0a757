"""What is stored beside the figures: a unit's objections to rows of its scores."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit
from tickets.kinds import Named
from tickets.model import Ticket


class ObjectionState(Named):
    """How far a supervisor is with an objection."""

    OPEN = "open", "待答复"
    UPHELD = "upheld", "异议成立"
    REFUSED = "refused", "异议不成立"


class ScoreObjection(Model):
    """有异议: a unit says that a row should not count.  The row stays; one that is upheld is also counted apart."""

    __tablename__ = "score_objections"
    __table_args__ = (
        UniqueConstraint("unit_id", "score", "row_id"),
        Index("ix_score_objections_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    #: name of the score, and of its rows the one that is meant: a holding, or a ticket
    score: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(Id)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    state: Mapped[ObjectionState] = mapped_column(default=ObjectionState.OPEN)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(80), default="")

    unit: Mapped[Unit] = relationship(lazy="raise")
    ticket: Mapped[Ticket] = relationship(lazy="raise")
