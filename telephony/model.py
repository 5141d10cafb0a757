"""What is stored about calls and seats."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from telephony.rules import (
    CallResult,
    CallState,
    EndedBy,
    PauseReason,
    Phase,
    Presence,
    RatingState,
    SeatKind,
    SeatState,
    Source,
    Verb,
)


class CallEventRow(Model):
    """A fact about a call, as telephony/facts.py types it; the key lets it in once, whoever tells it how often."""

    __tablename__ = "call_events"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    node: Mapped[str] = mapped_column(String(40))
    uid: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    mark: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime]
    source: Mapped[Source]
    detail: Mapped[dict[str, Any]]
    stored_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("node", "uid", "kind", "mark"),)


class Call(Model):
    """A call, folded from its events; None is not known.  `caller` is shown masked unless somebody reveals it."""

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    node: Mapped[str] = mapped_column(String(40))
    uid: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    caller: Mapped[str | None] = mapped_column(String(40), index=True)
    dialled: Mapped[str | None] = mapped_column(String(40))
    line: Mapped[str | None] = mapped_column(String(40))
    queue: Mapped[str | None] = mapped_column(String(80))
    channel: Mapped[str | None] = mapped_column(String(120))
    seat_channel: Mapped[str | None] = mapped_column(String(120))
    #: the first thing known of the call; lists are ordered by it
    began_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    greeted_at: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    state: Mapped[CallState]
    result: Mapped[CallResult | None]
    ended_by: Mapped[EndedBy | None]
    waited_s: Mapped[float | None]
    talk_s: Mapped[float | None]
    hold_s: Mapped[float | None]
    is_held: Mapped[bool]
    ring_attempts: Mapped[int]
    #: the interfaces, for seats that we do not know
    answered_seat: Mapped[str | None] = mapped_column(String(80))
    ringing_seat: Mapped[str | None] = mapped_column(String(80))
    #: the seat that answered, and who sat there then
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recording: Mapped[str | None] = mapped_column(String(200))
    rating: Mapped[RatingState]
    rating_key: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("node", "uid"),
        Index("ix_calls_began_at_id", "began_at", "id"),
        Index("ix_calls_state_began_at", "state", "began_at"),
        Index("ix_calls_person_id_began_at", "person_id", "began_at"),
    )


class Seat(Model):
    """A place that takes calls.  Asterisk's queue is made to agree with `presence` and `phase`."""

    __tablename__ = "seats"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    node: Mapped[str] = mapped_column(String(40))
    #: how Asterisk names it, e.g. PJSIP/1001
    interface: Mapped[str] = mapped_column(String(80))
    kind: Mapped[SeatKind]
    queue: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    presence: Mapped[Presence]
    phase: Mapped[Phase]
    reason: Mapped[PauseReason | None]
    #: when the state that others see began
    state_since: Mapped[datetime]
    wrap_up_until: Mapped[datetime | None]
    #: how often this wrap-up has been extended
    extended: Mapped[int]
    #: the call it has now; no foreign key, since calls point at seats
    call_id: Mapped[int | None] = mapped_column(Id)
    version: Mapped[int]
    #: the membership that we want, counted, and the count that Asterisk has
    wanted: Mapped[int]
    pushed: Mapped[int]
    push_error: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (UniqueConstraint("node", "interface"),)


class SeatChange(Model):
    """One change of a seat's state: what it became, who sat there, why."""

    __tablename__ = "seat_states"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[SeatState]
    reason: Mapped[PauseReason | None]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    #: why, in the person's own words
    note: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_seat_states_seat_id_at", "seat_id", "at"),)


class SeatCommand(Model):
    """What a seat wants done to its call; taken once, and not at all when it has waited too long."""

    __tablename__ = "seat_commands"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    node: Mapped[str] = mapped_column(String(40))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    verb: Mapped[Verb]
    channel: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (Index("ix_seat_commands_node_taken_at", "node", "taken_at"),)


class CallGap(Model):
    """A stretch in which something may have been missed, or one thing that could not be read."""

    __tablename__ = "call_gaps"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    node: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(200))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    missed: Mapped[int | None]
    #: when queue_log had been read past the gap
    repaired_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_call_gaps_node_repaired_at", "node", "repaired_at"),)


class QueueLogPosition(Model):
    """How far a node's queue_log has been read: which file, and the offset behind the last whole line."""

    __tablename__ = "queue_log_positions"

    node: Mapped[str] = mapped_column(String(40), primary_key=True)
    inode: Mapped[int] = mapped_column(Id)
    offset: Mapped[int] = mapped_column(Id)
    read_at: Mapped[datetime]


class CallLayerState(Model):
    """A node's call layer: when it was last alive, and how its link to Asterisk stood then."""

    __tablename__ = "call_layers"

    node: Mapped[str] = mapped_column(String(40), primary_key=True)
    alive_at: Mapped[datetime]
    #: a LinkState, and the code of the error that led to it
    link_state: Mapped[str] = mapped_column(String(20))
    link_error: Mapped[str | None] = mapped_column(String(60))
