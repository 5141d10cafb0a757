"""What is stored of bulletins: what was published, and one row for each unit that it went to."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit


class Bulletin(Model):
    """通知公告: it stands until the end of `valid_until` (Shanghai), or until it is withdrawn."""

    __tablename__ = "bulletins"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    #: to whom, in words: 全部单位, 市住建局等 2 个单位及其下级
    audience: Mapped[str] = mapped_column(String(100))
    valid_until: Mapped[date] = mapped_column(index=True)
    #: the last day to sign for it; None: reading is enough
    receive_by: Mapped[date | None]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(80))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(String(80), default="")
    withdraw_reason: Mapped[str] = mapped_column(String(200), default="")


class BulletinReceipt(Model):
    """One unit that a bulletin went to, and when who signed for it."""

    __tablename__ = "bulletin_receipts"
    __table_args__ = (
        UniqueConstraint("bulletin_id", "unit_id"),
        Index("ix_bulletin_receipts_unit_id_received_at", "unit_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletins.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    received_at: Mapped[datetime | None]
    received_by: Mapped[str] = mapped_column(String(80), default="")

    unit: Mapped[Unit] = relationship(lazy="raise")
    bulletin: Mapped[Bulletin] = relationship(lazy="raise")
