"""What is stored of words that are used again: what to ask and say of a topic, and saved replies."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class TopicGuide(Model):
    """口径: what an agent asks of a topic and may say at once; a topic without its own has that of the one above."""

    __tablename__ = "topic_guides"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True, autoincrement=False)
    #: each a Question as JSON, or a bare name from before they had kinds
    questions: Mapped[list[Any]]
    script: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))


class SavedReply(Model):
    """常用答复: words that a unit often gives citizens; with a `person_id` one person's own."""

    __tablename__ = "saved_replies"
    __table_args__ = (Index("ix_saved_replies_unit_id_name", "unit_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    name: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(Text)
