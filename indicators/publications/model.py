"""What is stored of publications: each issue as it was told, and the typical cases beside it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Json, Model


class Publication(Model):
    """One statistical month as it was told to everybody; told again with a `note`, it is another version, both stay."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("first", "version"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    first: Mapped[date]
    last: Mapped[date]
    version: Mapped[int]
    #: indicators.publications.issue.Issue as plain values
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(String(200), default="")
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(80))


class TypicalCase(Model):
    """典型案例: it stands until it is withdrawn."""

    __tablename__ = "typical_cases"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(60), default="")
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(80))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(String(80), default="")
    withdraw_reason: Mapped[str] = mapped_column(String(200), default="")
