"""What is stored of halls: the windows, the matters that were done there, and what a matter said before."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from evaluation.counters.rules import Stage, UserKind


class CounterWindow(Model):
    """A window of a hall, whose system is the platform; `link_no` and `device_no` rise when link or key is renewed.

    `device_no` 0: no device stands there.
    """

    __tablename__ = "counter_windows"
    __table_args__ = (UniqueConstraint("platform_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    link_no: Mapped[int] = mapped_column(default=1, server_default="1")
    device_no: Mapped[int] = mapped_column(default=0, server_default="0")
    device_seen_at: Mapped[datetime | None]
    added_at: Mapped[datetime]


class CounterMatter(Model):
    """A matter of a hall (办件) by the hall's own number; who the citizen is stays there, but for the phone's hash.

    `version` is the hall's: what it says later has a higher one.  `asked_at`: when a device first showed the question.
    `ticket_id`: what a bad rating of it opened.
    """

    __tablename__ = "counter_matters"
    __table_args__ = (
        UniqueConstraint("platform_id", "number"),
        Index("ix_counter_matters_done_at_unit_id", "done_at", "unit_id"),
        Index("ix_counter_matters_unit_id_done_at", "unit_id", "done_at"),
        Index("ix_counter_matters_platform_id_window_number_changed_at", "platform_id", "window_number", "changed_at"),
        Index("ix_counter_matters_platform_id_number_tail", "platform_id", "number_tail"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    number: Mapped[str] = mapped_column(String(60))
    number_tail: Mapped[str] = mapped_column(String(6))
    version: Mapped[int]
    item_code: Mapped[str] = mapped_column(String(60))
    item_name: Mapped[str] = mapped_column(String(120))
    stage: Mapped[Stage]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    window_number: Mapped[str] = mapped_column(String(20))
    staff_number: Mapped[str] = mapped_column(String(40))
    applied_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    user_kind: Mapped[UserKind]
    phone_hash: Mapped[str] = mapped_column(String(64))
    tail_hash: Mapped[str] = mapped_column(String(16))
    phone_masked: Mapped[str] = mapped_column(String(20))
    wrong_tails: Mapped[int] = mapped_column(default=0)
    wrong_tail_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(Id, index=True)
    registered_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CounterMatterChange(Model):
    """What a matter said until the hall corrected it.  Append-only.

    `rewritten`: in words, what of it moves a rating that had been said already; empty where nothing does.
    """

    __tablename__ = "counter_matter_changes"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("counter_matters.id"), index=True)
    version: Mapped[int]
    before: Mapped[dict[str, Any]]
    rewritten: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    changed_at: Mapped[datetime] = mapped_column(index=True)
