"""A half-written act of one person, until the ticket takes it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Model


class ActDraft(Model):
    """What somebody has typed of a return, a request, a dispatch and the like: the fields that were filled."""

    __tablename__ = "act_drafts"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, autoincrement=False)
    #: which form: an act of the table, or one that stands for several, such as the auditor's
    action: Mapped[str] = mapped_column(String(40), primary_key=True)
    saved_at: Mapped[datetime]
    form: Mapped[dict[str, Any]]
