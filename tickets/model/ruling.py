"""What is stored of rulings: each decides one dispute and is a precedent for the next."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit
from tickets.model.catalogue import Place, Topic


class Ruling(Model):
    """裁定: which unit answers for such a matter in such a place, and which ones had refused it."""

    __tablename__ = "rulings"
    __table_args__ = (UniqueConstraint("year", "running"), Index("ix_rulings_topic_id_id", "topic_id", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    year: Mapped[int]
    running: Mapped[int]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    #: units that gave the ticket back before
    refused_by: Mapped[list[int]]
    reason: Mapped[str] = mapped_column(Text)
    ruled_at: Mapped[datetime]
    ruled_by: Mapped[str] = mapped_column(String(80))
    #: the line of the catalogue that was made of it
    catalogue_line_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_lines.id"))

    topic: Mapped[Topic | None] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
    unit: Mapped[Unit] = relationship(lazy="raise")

    @property
    def number(self) -> str:
        """裁〔2026〕12号."""
        return f"裁〔{self.year}〕{self.running}号"
