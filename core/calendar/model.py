"""Calendar years as they were imported; the newest version of a year counts."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class CalendarYear(Model):
    """One version of one year: its days off on weekdays and its weekend days that are worked."""

    __tablename__ = "calendar_years"
    __table_args__ = (UniqueConstraint("year", "version"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    year: Mapped[int]
    version: Mapped[int]
    #: the notice it follows, e.g. 国办发明电〔2025〕7号
    source: Mapped[str] = mapped_column(String(200))
    #: ISO dates
    holidays: Mapped[list[str]]
    make_up_days: Mapped[list[str]]
    imported_at: Mapped[datetime]
