"""What is stored about a ticket that several work on: helpers' parts, and what units send down their own tree."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit
from tickets.kinds import InnerState, PartState


class HelperPart(Model):
    """What a helping unit (协办) has to do for the one that leads; the lead answers for the whole."""

    __tablename__ = "helper_parts"
    __table_args__ = (Index("ix_helper_parts_unit_id_state", "unit_id", "state"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    task: Mapped[str] = mapped_column(Text)
    state: Mapped[PartState] = mapped_column(default=PartState.OPEN)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    #: what the helper did, or why nobody waits for it any longer
    result: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit] = relationship(lazy="raise")


class WaitingReply(Model):
    """What somebody of the unit wrote and a second person of it releases (审签); one for each holding.

    It stays when it was sent back, so that its writer goes on from it; whether it waits stands in the ticket.
    """

    __tablename__ = "waiting_replies"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"), unique=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    author_label: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime]
    #: the fields of the reply's form
    form: Mapped[dict[str, Any]]


class ReplyDraft(Model):
    """What somebody of the unit has typed of its reply so far; one for each ticket, of the present holding only."""

    __tablename__ = "reply_drafts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"), index=True)
    version: Mapped[int]
    #: whose words they are: of whoever saved last
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    author_label: Mapped[str] = mapped_column(String(80))
    saved_at: Mapped[datetime]
    #: the fields of the reply's form that were filled
    form: Mapped[dict[str, Any]]


class InnerHolding(Model):
    """A unit below works on it: 区 → 街道 → 社区. `parent_id` is the one above in the same chain.

    The holding of the unit that leads stays open, and its clock runs.
    """

    __tablename__ = "inner_holdings"
    __table_args__ = (
        Index("ix_inner_holdings_unit_id_state", "unit_id", "state"),
        Index("ix_inner_holdings_from_unit_id_state", "from_unit_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("inner_holdings.id"))
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    state: Mapped[InnerState] = mapped_column(default=InnerState.SENT)
    sent_at: Mapped[datetime]
    sent_by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    handler: Mapped[str] = mapped_column(String(40), default="")
    reported_at: Mapped[datetime | None]
    report: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="raise", foreign_keys=[unit_id])
    from_unit: Mapped[Unit] = relationship(lazy="raise", foreign_keys=[from_unit_id])
