"""What is stored of tickets that the hotline ended without a unit's answer, and of how their citizens were told."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from tickets.kinds import EndTold, TerminationReason
from tickets.rules import Action


class Ending(Model):
    """A termination, rejection or transfer; `message_id` is the SMS that says so."""

    __tablename__ = "terminations"
    __table_args__ = (Index("ix_terminations_told_ticket_id", "told", "ticket_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    action: Mapped[Action] = mapped_column(default=Action.TERMINATE, server_default=Action.TERMINATE.value)
    ended_at: Mapped[datetime]
    #: none of a transfer
    reason: Mapped[TerminationReason | None]
    #: who takes the matter instead; empty when nobody does
    channel: Mapped[str] = mapped_column(String(100), default="")
    #: the last day on which the citizen may object; none: as long as it is not archived, to a transfer never
    object_until: Mapped[date | None]
    told: Mapped[EndTold] = mapped_column(default=EndTold.WAITING)
    #: why no SMS could say it
    why_not_sms: Mapped[str] = mapped_column(String(80), default="")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("sms_messages.id"), index=True)
    told_at: Mapped[datetime | None]
    told_by: Mapped[str] = mapped_column(String(80), default="")
