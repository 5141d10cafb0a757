"""What is stored about 退回补正 and 请求补正: what was missing, who asks the citizen, and what was added."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit
from tickets.kinds import CompletionBy, CompletionState


class Completion(Model):
    """One time that a ticket was sent back for what is missing, or that a unit asked for it."""

    __tablename__ = "ticket_completions"
    __table_args__ = (Index("ix_ticket_completions_state_asks", "state", "asks"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    asks: Mapped[CompletionBy]
    state: Mapped[CompletionState] = mapped_column(default=CompletionState.OPEN)
    #: the unit that asked and keeps the ticket meanwhile; None: a dispatcher sent it back
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    question: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    #: what was added, or why it could not be
    supplement: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit | None] = relationship(lazy="raise")
