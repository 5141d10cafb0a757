"""What is stored of an audit: who looked at what was flagged and what they found, and what was flagged last."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from indicators.coverage.rules import Flag


class CoverageCheck(Model):
    """已核查: somebody looked at a flagged row.  A later look is a row of its own; the newest stands on the page."""

    __tablename__ = "coverage_checks"
    __table_args__ = (Index("ix_coverage_checks_flag_key_id", "flag", "key", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    flag: Mapped[Flag]
    #: FlagRow.key
    key: Mapped[str] = mapped_column(String(80))
    #: what was flagged, as it was worded then
    what: Mapped[str] = mapped_column(String(200))
    finding: Mapped[str] = mapped_column(Text)
    checked_at: Mapped[datetime]
    checked_by: Mapped[str] = mapped_column(String(80))
    checked_by_id: Mapped[int | None] = mapped_column(Id)


class FlagCounting(Model):
    """That the flags of some days were counted."""

    __tablename__ = "flag_countings"
    __table_args__ = (UniqueConstraint("first", "last"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    first: Mapped[date]
    last: Mapped[date]
    at: Mapped[datetime]


class FlaggedKey(Model):
    """A row that was flagged then, by FlagRow.key."""

    __tablename__ = "flagged_keys"

    counting_id: Mapped[int] = mapped_column(ForeignKey("flag_countings.id"), primary_key=True)
    flag: Mapped[Flag] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
