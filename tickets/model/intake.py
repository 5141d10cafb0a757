"""What is stored before there is a ticket, and what came of each call."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from tickets.kinds import CallOutcome, RejectReason, VoidReason
from tickets.rules import State


class Draft(Model):
    """A form that is being filled; `form` holds whatever was typed so far, by field name. A call may have several."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_person_id_state", "person_id", "state"),
        UniqueConstraint("call_id", "matter_no"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    call_id: Mapped[int | None] = mapped_column(Id)
    #: 诉求1, 诉求2 of one call
    matter_no: Mapped[int] = mapped_column(default=1)
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    form: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    void_reason: Mapped[VoidReason | None]


class CallSummary(Model):
    """What came of a call (通话结果). One a call; a later one replaces it and the earlier stands in `earlier`."""

    __tablename__ = "call_summaries"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    call_id: Mapped[int] = mapped_column(Id, unique=True)
    outcome: Mapped[CallOutcome]
    #: the ticket that was asked about, urged or supplemented
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    article: Mapped[str] = mapped_column(String(100), default="")
    reject_reason: Mapped[RejectReason | None]
    channel_told: Mapped[str] = mapped_column(String(100), default="")
    void_reason: Mapped[VoidReason | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    earlier: Mapped[list[Any]] = mapped_column(default=list)
