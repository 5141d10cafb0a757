"""What is stored of other platforms, of the matters that they handed over, and of what they were told."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class Platform(Model):
    """Another house: a message board, the province's 12345, a ministry. `key_no` rises when its key is renewed."""

    __tablename__ = "platforms"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    #: where it wants to be told; empty: it asks for itself
    write_back_url: Mapped[str] = mapped_column(String(300), default="")
    key_no: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    added_at: Mapped[datetime]


class PlatformTicket(Model):
    """A matter by the platform's own number, and the version of the ticket that the platform was told last."""

    __tablename__ = "platform_tickets"
    __table_args__ = (UniqueConstraint("platform_id", "outside_number"), UniqueConstraint("ticket_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    outside_number: Mapped[str] = mapped_column(String(60))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    taken_at: Mapped[datetime]
    told_version: Mapped[int] = mapped_column(default=0, server_default="0")
    told_at: Mapped[datetime | None]
    #: why it cannot be told, in its own words; empty when it was
    failure: Mapped[str] = mapped_column(String(200), default="", server_default="")


class PlatformWord(Model):
    """What a platform added or urged, by its own number: the same one again says nothing new."""

    __tablename__ = "platform_words"
    __table_args__ = (UniqueConstraint("platform_ticket_id", "outside_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform_ticket_id: Mapped[int] = mapped_column(ForeignKey("platform_tickets.id"))
    outside_id: Mapped[str] = mapped_column(String(60))
    said_at: Mapped[datetime]
