"""What is stored of tickets that the hotline terminated, and of how their citizens were told."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from tickets.kinds import EndTold, TerminationReason


class Termination(Model):
    """One end without an answer; `message_id` is the SMS that says so, `told_note` what a person did instead."""

    __tablename__ = "terminations"
    __table_args__ = (Index("ix_terminations_told_ticket_id", "told", "ticket_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    ended_at: Mapped[datetime]
    reason: Mapped[TerminationReason]
    #: who takes the matter instead; empty when nobody does
    channel: Mapped[str] = mapped_column(String(100), default="")
    #: the last day on which the citizen may object
    object_until: Mapped[date]
    told: Mapped[EndTold] = mapped_column(default=EndTold.WAITING)
    #: why no SMS could say it
    why_not_sms: Mapped[str] = mapped_column(String(80), default="")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("sms_messages.id"), index=True)
    told_at: Mapped[datetime | None]
    told_by: Mapped[str] = mapped_column(String(80), default="")
