"""What is stored of reviews."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class Review(Model):
    """What a citizen said who was asked again; one for a ticket and seed.  The ledger keeps it as well.

    `found_level` and `is_agreed` are None when nobody was reached; a later try may still fill them in.
    """

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("seed", "ticket_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    seed: Mapped[str] = mapped_column(String(60))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    #: the rating it was compared with, and its level
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"))
    level: Mapped[int]
    found_level: Mapped[int | None]
    is_agreed: Mapped[bool | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[str] = mapped_column(String(80))
    reviewed_by_id: Mapped[int | None] = mapped_column(Id)


class SampleDraw(Model):
    """A draw as it was announced: its seed, from which list, and the numbers it drew.  Append-only; so is its line."""

    __tablename__ = "sample_draws"
    __table_args__ = (UniqueConstraint("seed", "first", "last"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    seed: Mapped[str] = mapped_column(String(60))
    first: Mapped[date]
    last: Mapped[date]
    n: Mapped[int]
    population: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: in the order of the seed
    numbers: Mapped[list[str]]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str] = mapped_column(String(80))
