"""What is stored of classes: each decision a row that stays."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from evaluation.classes.rules import MatterClass


class ClassDecision(Model):
    """What somebody decided about one answer of a ticket; of several before the rating the last one stands."""

    __tablename__ = "matter_classes"
    __table_args__ = (
        Index("ix_matter_classes_ticket_id_rework_no", "ticket_id", "rework_no"),
        Index("ix_matter_classes_matter_class_ticket_id", "matter_class", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    rework_no: Mapped[int]
    matter_class: Mapped[MatterClass]
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: a later decision about the same answer stands in its place
    is_current: Mapped[bool]
