"""What is stored of recounts."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class RecountRun(Model):
    """One recount of a period: how many numbers differed, and the first of them by name."""

    __tablename__ = "recount_runs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    first: Mapped[date]
    last: Mapped[date]
    at: Mapped[datetime]
    differences: Mapped[int]
    named: Mapped[list[str]]
