"""What is kept of figures: counts by day, what each ticket last added to them, and which tickets changed since."""

from datetime import date

from sqlalchemy import Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from evaluation.rules import InvitationState
from indicators.counts.rules import Kind, Scope, Standing


class StaleTicket(Model):
    """A ticket that changed since it was counted; written by triggers on what a figure is made of, once a change."""

    __tablename__ = "stale_tickets"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(Id)


def _moved(name: str) -> Index:
    """Of what counts for another unit than the one that has it."""
    is_moved, columns = text(f"{name}_unit_id <> unit_id"), (f"{name}_unit_id", f"{name}_on")
    return Index(f"ix_counted_tickets_{name}_moved", *columns, sqlite_where=is_moved, postgresql_where=is_moved)


def _elsewhere(name: str) -> Index:
    """Of the few that were rated as the work of several units."""
    is_told = text(f"{name}_elsewhere IS NOT NULL")
    return Index(f"ix_counted_tickets_{name}_elsewhere", "topic_id", sqlite_where=is_told, postgresql_where=is_told)


class CountedTicket(Model):
    """What a ticket adds to the kept counts now; see indicators.counts.rules.Facts."""

    __tablename__ = "counted_tickets"
    __table_args__ = (
        Index("ix_counted_tickets_topic_id_handled_unit_id", "topic_id", "handled_unit_id"),
        Index("ix_counted_tickets_topic_id_handled_on", "topic_id", "handled_on"),
        Index("ix_counted_tickets_topic_id_direct_on", "topic_id", "direct_on"),
        _moved("handled"),
        _moved("direct"),
        _elsewhere("handled"),
        _elsewhere("direct"),
    )

    ticket_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(Id)
    topic_id: Mapped[int] = mapped_column(Id)
    handled_unit_id: Mapped[int] = mapped_column(Id, default=0, server_default="0")
    direct_unit_id: Mapped[int] = mapped_column(Id, default=0, server_default="0")
    registered_on: Mapped[date | None]
    standing: Mapped[Standing | None]
    due_on: Mapped[date | None]
    is_in_time: Mapped[bool]
    handled_on: Mapped[date | None]
    handled_level: Mapped[int | None]
    direct_on: Mapped[date | None]
    direct_level: Mapped[int | None]
    handled_said_on: Mapped[date | None]
    handled_channel: Mapped[str | None] = mapped_column(String(40))
    handled_solved: Mapped[bool | None]
    handled_every: Mapped[int | None] = mapped_column(Id)
    #: unit:level,unit:level
    handled_elsewhere: Mapped[str | None] = mapped_column(Text)
    handled_class: Mapped[str | None] = mapped_column(String(40))
    direct_said_on: Mapped[date | None]
    direct_channel: Mapped[str | None] = mapped_column(String(40))
    direct_solved: Mapped[bool | None]
    direct_every: Mapped[int | None] = mapped_column(Id)
    #: unit:level,unit:level
    direct_elsewhere: Mapped[str | None] = mapped_column(Text)
    is_responded: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: of what a unit did; the two below of what was answered at once
    invitation: Mapped[InvitationState | None]
    is_delivered: Mapped[bool]
    direct_invitation: Mapped[InvitationState | None]
    direct_delivered: Mapped[bool] = mapped_column(default=False, server_default=false())


class StaleAnswer(Model):
    """A call or a matter at a window that changed since it was counted; written by triggers."""

    __tablename__ = "stale_answers"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(String(40))
    matter_id: Mapped[int] = mapped_column(Id)


class CountedAnswer(Model):
    """What such a one adds to the kept counts now; see indicators.counts.alone.Answered."""

    __tablename__ = "counted_answers"

    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    matter_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    owner_id: Mapped[int] = mapped_column(Id)
    day: Mapped[date | None]
    level: Mapped[int | None]
    channel: Mapped[str | None] = mapped_column(String(40))
    said_on: Mapped[date | None]
    is_asked: Mapped[bool]


class _Count:
    """How many tickets of an owner count on a day; `owner_id` is 0 for everybody's, and where there is none."""

    kind: Mapped[Kind] = mapped_column(primary_key=True)
    scope: Mapped[Scope] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    #: a CountedPart, a Standing or the state of a question
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int]


class DayCount(_Count, Model):
    """By day."""

    __tablename__ = "day_counts"
    __table_args__ = (
        Index("ix_day_counts_scope_owner_id_kind_day_part_n", "scope", "owner_id", "kind", "day", "part", "n"),
    )


class MonthCount(_Count, Model):
    """The same by statistical month, `day` being its first; written by triggers on those by day."""

    __tablename__ = "month_counts"
    __table_args__ = (
        Index("ix_month_counts_scope_owner_id_kind_day_part_n", "scope", "owner_id", "kind", "day", "part", "n"),
    )
