"""What is stored about repairs: the order itself, each act on it, and appeals with both their sides."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from evaluation.repairs.rules import Act, Ground, Outcome, RepairState
from staff.model import Unit
from tickets.kinds import ContactMade
from tickets.model import Ticket


class Repair(Model):
    """整改单: one for each question whose answer was bad.  It is no ticket and is counted nowhere as one.

    `rating_id` and `level` are the answer that counts now.  `contact_due_at` is None where no contact is owed; both
    limits are past the loaded calendar (`waits_for_calendar`).  `contacted_at` is when the citizen was spoken with
    where the hotline's own records say so, else when the unit said it; `is_contact_proven` which of the two, None where
    none is owed or has come about.  `booked_on` is the unit's own promise and moves no limit.
    """

    __tablename__ = "repairs"
    __table_args__ = (
        Index("ix_repairs_state_opened_at_id", "state", "opened_at", "id"),
        Index("ix_repairs_unit_id_state_opened_at_id", "unit_id", "state", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), unique=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    level: Mapped[int]
    is_real_name: Mapped[bool]
    state: Mapped[RepairState]
    outcome: Mapped[Outcome | None]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    contact_due_at: Mapped[datetime | None]
    contact_why: Mapped[str] = mapped_column(String(400), default="")
    fix_due_at: Mapped[datetime | None]
    fix_why: Mapped[str] = mapped_column(String(400), default="")
    booked_on: Mapped[date | None]
    waits_for_calendar: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0)
    contacted_at: Mapped[datetime | None]
    contact_way: Mapped[ContactMade | None]
    is_contact_proven: Mapped[bool | None]
    done_at: Mapped[datetime | None]
    second_invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), unique=True)
    second_level: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    ticket: Mapped[Ticket] = relationship(lazy="raise")
    unit: Mapped[Unit] = relationship(lazy="raise")


class RepairLine(Model):
    """One act on a repair.  Append-only."""

    __tablename__ = "repair_lines"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    repair_id: Mapped[int] = mapped_column(ForeignKey("repairs.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[Act]
    from_state: Mapped[RepairState | None]
    to_state: Mapped[RepairState]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    actor_label: Mapped[str] = mapped_column(String(80))
    actor_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    words: Mapped[str] = mapped_column(Text)
    particulars: Mapped[dict[str, Any]]


class RepairAppeal(Model):
    """申诉: what the unit holds against the rating, and what another body made of it; the rating stays as it is.

    `salt` is what `reason` is hashed with in the ledger's line (kind ruling), so that it can be erased.
    """

    __tablename__ = "repair_appeals"
    __table_args__ = (Index("ix_repair_appeals_decided_at", "decided_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    repair_id: Mapped[int] = mapped_column(ForeignKey("repairs.id"), index=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    ground: Mapped[Ground]
    evidence: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    is_upheld: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"))
