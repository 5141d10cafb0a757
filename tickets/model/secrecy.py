"""What is stored about who must keep away from a ticket."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class Recusal(Model):
    """回避: somebody with an interest neither sees the ticket nor acts on it (Jinan 2018)."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("ticket_id", "person_id"), Index("ix_recusals_person_id", "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(400))
    recused_at: Mapped[datetime]
    recused_by: Mapped[str] = mapped_column(String(80))


class MarkedBox(Model):
    """Words of the ticket's text that somebody has hidden, or shown again, in the 承办版: characters from 0."""

    __tablename__ = "marked_boxes"
    __table_args__ = (UniqueConstraint("ticket_id", "begins", "ends"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    begins: Mapped[int]
    ends: Mapped[int]
    is_hidden: Mapped[bool]
    marked_at: Mapped[datetime]
    marked_by: Mapped[str] = mapped_column(String(80))
