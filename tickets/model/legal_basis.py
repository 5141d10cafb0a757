"""What is stored of the city's own list of legal bases, on which a unit may found a return."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from tickets.kinds import ReturnBasis


class LegalBasis(Model):
    """A clause of a unit's duties (三定) or of a law.  Never reworded: another entry takes its place from then on."""

    __tablename__ = "legal_bases"
    __table_args__ = (Index("ix_legal_bases_retired_at_kind", "retired_at", "kind"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: DUTY_TEXT or OTHER
    kind: Mapped[ReturnBasis]
    #: as it is cited: 《市城市管理局职能配置规定》第四条第三项
    name: Mapped[str] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[str] = mapped_column(String(80), default="")
