"""What is stored about requests that do not stop the clock, the pauses that do, and the ladder of supervision."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit
from tickets.kinds import OversightKind, OversightTrigger, RequestKind, RequestState, TerminationReason, ToldBy
from tickets.model.ticket import Ticket


class TicketRequest(Model):
    """A unit asks for more time, for the shelf or for an end; its clock runs on until that is granted."""

    __tablename__ = "ticket_requests"
    __table_args__ = (Index("ix_ticket_requests_state_asked_at", "state", "asked_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[RequestKind]
    state: Mapped[RequestState] = mapped_column(default=RequestState.PENDING)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    #: extension: the last day of the new limit, and how much longer that is, in `Allowance.extended` units
    until_on: Mapped[date | None]
    extra: Mapped[int] = mapped_column(default=0)
    told_by: Mapped[ToldBy | None]
    told_note: Mapped[str] = mapped_column(String(400), default="")
    #: parking: what will be done, and when somebody looks again
    plan: Mapped[str] = mapped_column(Text, default="")
    review_on: Mapped[date | None]
    #: termination: why, and who takes the matter instead
    termination_reason: Mapped[TerminationReason | None]
    channel: Mapped[str] = mapped_column(String(100), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decision_note: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit] = relationship(lazy="raise")


class Pause(Model):
    """A stretch in which both clocks stand still; open while `ended_at` is None."""

    __tablename__ = "ticket_pauses"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    plan: Mapped[str] = mapped_column(Text)
    review_on: Mapped[date]


class PaperYear(Model):
    """How many papers of a kind a Shanghai year has given out."""

    __tablename__ = "paper_years"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    running: Mapped[int]


class Oversight(Model):
    """One paper of the ladder (催办通知书, 督办单, …) with its number of the year, and the unit's receipt."""

    __tablename__ = "oversights"
    __table_args__ = (
        UniqueConstraint("kind", "year", "running"),
        Index("ix_oversights_unit_id_received_at", "unit_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    #: None, as the unit: an instruction that came before any unit had the ticket; whoever gets it has one of its own
    holding_id: Mapped[int | None] = mapped_column(ForeignKey("holdings.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[OversightKind]
    year: Mapped[int]
    running: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(80))
    is_by_rule: Mapped[bool] = mapped_column(default=False)
    #: why; None: a leader's instruction, or written before triggers were
    trigger: Mapped[OversightTrigger | None]
    #: whose instruction it is, for 领导批示件
    leader: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    answer_by: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    received_by: Mapped[str] = mapped_column(String(80), default="")
    answer: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit | None] = relationship(lazy="raise")
    ticket: Mapped[Ticket] = relationship(lazy="raise")
