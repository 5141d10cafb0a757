"""What is stored about notices: one row for each event and way, and what became of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit
from staff.rules import DutyRank
from telephony.duty_phone import RingOutcome
from tickets.model import Ticket
from tickets.notices.rules import NoticeKind, NoticeState, NoticeWay


class UnitNotice(Model):
    """One event told by one way.  `key` makes it once; `joined_into_id` is the notice that tells of it as well.

    `told` is whom it went to, masked; `rank`, `outcome`: of a ring; `inner_id`: of work that was sent down; `due_at`: a
    limit that is not the ticket's own.
    """

    __tablename__ = "unit_notices"
    __table_args__ = (
        Index("ix_unit_notices_unit_id_way_state", "unit_id", "way", "state"),
        Index("ix_unit_notices_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"))
    inner_id: Mapped[int | None] = mapped_column(ForeignKey("inner_holdings.id"))
    kind: Mapped[NoticeKind]
    way: Mapped[NoticeWay]
    rank: Mapped[DutyRank | None]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.WAITING)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    due_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    joined_into_id: Mapped[int | None] = mapped_column(ForeignKey("unit_notices.id"), index=True)
    n: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(String(200), default="")
    told: Mapped[str] = mapped_column(String(100), default="")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("sms_messages.id"), index=True)
    outcome: Mapped[RingOutcome | None]
    error: Mapped[str] = mapped_column(String(200), default="")
    handed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="raise")
    ticket: Mapped[Ticket] = relationship(lazy="raise")
