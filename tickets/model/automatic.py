"""What is stored about dispatches that the system made by itself, and a person's word on those that were drawn."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit
from tickets.model.ticket import Holding, Ticket


class AutomaticDispatch(Model):
    """One dispatch by the system.  It outlives the holding: what was recalled or given back stays in the sample."""

    __tablename__ = "automatic_dispatches"
    __table_args__ = (Index("ix_automatic_dispatches_sent_at_id", "sent_at", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    #: empty: sent by a release that did not keep it
    model_name: Mapped[str] = mapped_column(String(60), default="")
    sent_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200))
    #: by lot; only these are checked, and only these count
    is_drawn: Mapped[bool]
    #: the label: None until a person has said it
    is_right: Mapped[bool | None]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[str] = mapped_column(String(80), default="")
    checked_by_id: Mapped[int | None] = mapped_column(Id)

    ticket: Mapped[Ticket] = relationship(lazy="raise")
    holding: Mapped[Holding] = relationship(lazy="raise")
    unit: Mapped[Unit] = relationship(lazy="raise")
