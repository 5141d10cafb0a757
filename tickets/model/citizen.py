"""What is stored about citizens who look up their ticket: wrong tries, so that nobody guesses phone numbers."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class LookupFailure(Model):
    """A number and phone tail that did not fit; forgotten after a day."""

    __tablename__ = "lookup_failures"
    __table_args__ = (
        Index("ix_lookup_failures_number_at", "number", "at"),
        Index("ix_lookup_failures_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
