"""What is stored of visits to the place of a matter."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit


class Visit(Model):
    """现场走访: who went there, when and where, and whom they met; `met` is empty when nobody was there."""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    visitors: Mapped[str] = mapped_column(String(80))
    visited_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    met: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(80))

    unit: Mapped[Unit] = relationship(lazy="raise")
