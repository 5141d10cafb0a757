"""What is stored of mass incidents: one matter of many callers, and what each of them is told at once."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from tickets.model.catalogue import Place
from tickets.model.ticket import Ticket


class Incident(Model):
    """群体事件: a ticket under which every caller of the same matter joins; `version` rises with every write."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(60))
    #: what callers are told besides its name and when it will be over
    words: Mapped[str] = mapped_column(String(200))
    expected_at: Mapped[datetime | None]
    #: who calls from here is offered it; None: from anywhere
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    declared_at: Mapped[datetime]
    declared_by: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    end_note: Mapped[str] = mapped_column(String(200), default="")

    ticket: Mapped[Ticket] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
