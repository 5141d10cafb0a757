"""What is stored about tickets: the ticket itself, who held it, what was done and answered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model
from staff.model import Unit
from tickets.kinds import (
    CallerKind,
    CloseReason,
    ContactMade,
    ContactTime,
    InnerState,
    OversightKind,
    PhoneKind,
    ReplyResult,
    ReplyWay,
    Salutation,
    Secrecy,
    Source,
    SuggestionVerdict,
    TicketType,
    Urgency,
)
from tickets.model.catalogue import Place, Topic
from tickets.rules import UNANSWERED_STATES, State

#: tickets on which an answer is owed, in SQL: SQLite uses an index of some rows only for a condition in its own words
OWING = f"state IN ({', '.join(repr(state.value) for state in UNANSWERED_STATES)})"

#: what stands in figures of a period: nothing is written there when a ticket is created
CLOSED = "closed_at IS NOT NULL"

#: archived without having been closed: answered at once, rejected, terminated and the like
ENDED_OTHERWISE = f"close_reason IS NULL AND state = {State.ARCHIVED.value!r}"

#: the few whose unit has promised something with its answer and not done it yet
PROMISED = "promise_due_at IS NOT NULL"

#: the few whose citizen was not satisfied
REPAIR_SQLITE, REPAIR_POSTGRESQL = "needs_repair IS 1", "needs_repair IS true"

#: the few that are not found by words, and the few that a unit must not find, likewise
ACCUSING = "accused_unit_id IS NOT NULL"
SEALED = f"secrecy = {Secrecy.SEALED.value!r}"


def _index_where(name: str, *columns: str, sqlite: str, postgresql: str) -> Index:
    """An index of those rows only that a list asks for."""
    return Index(name, *columns, sqlite_where=text(sqlite), postgresql_where=text(postgresql))


class NumberDay(Model):
    """How many numbers a Shanghai day has given out."""

    __tablename__ = "ticket_number_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    running: Mapped[int]


class Ticket(Model):
    """One matter of one citizen. `version` rises with every write; due times are None past the loaded calendar."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_state_step_due_at_id", "state", "step_due_at", "id"),
        Index("ix_tickets_state_id", "state", "id"),
        Index("ix_tickets_unit_id_state_unit_due_at_id", "unit_id", "state", "unit_due_at", "id"),
        Index("ix_tickets_working_unit_id_state_unit_due_at_id", "working_unit_id", "state", "unit_due_at", "id"),
        Index("ix_tickets_topic_id_id", "topic_id", "id"),
        Index("ix_tickets_topic_id_citizen_due_at_id", "topic_id", "citizen_due_at", "id"),
        Index("ix_tickets_state_citizen_due_at_id", "state", "citizen_due_at", "id"),
        _index_where("ix_tickets_unit_id_closed_at", "unit_id", "closed_at", sqlite=CLOSED, postgresql=CLOSED),
        Index("ix_tickets_topic_id_state_id", "topic_id", "state", "id"),
        Index("ix_tickets_unit_id_id_type_urgency", "unit_id", "id", "type", "urgency"),
        Index("ix_tickets_unit_id_needs_repair_id", "unit_id", "needs_repair", "id"),
        Index("ix_tickets_urgency_id_type", "urgency", "id", "type"),
        Index("ix_tickets_registered_by_id_id", "registered_by_id", "id"),
        _index_where(
            "ix_tickets_owing",
            *("citizen_due_at", "id", "type", "state", "unit_id"),
            sqlite=OWING,
            postgresql=OWING,
        ),
        _index_where("ix_tickets_sealed", "id", sqlite=SEALED, postgresql=SEALED),
        _index_where("ix_tickets_accused", "accused_unit_id", sqlite=ACCUSING, postgresql=ACCUSING),
        _index_where(
            "ix_tickets_unit_id_ended_otherwise",
            *("unit_id", "close_reason", "state"),
            sqlite=ENDED_OTHERWISE,
            postgresql=ENDED_OTHERWISE,
        ),
        _index_where("ix_tickets_promised", "promise_due_at", "id", sqlite=PROMISED, postgresql=PROMISED),
        _index_where(
            "ix_tickets_unit_id_promised",
            *("unit_id", "promise_due_at", "id"),
            sqlite=PROMISED,
            postgresql=PROMISED,
        ),
        _index_where("ix_tickets_repair", "id", sqlite=REPAIR_SQLITE, postgresql=REPAIR_POSTGRESQL),
        _index_where(
            "ix_tickets_repair_changed_at", "changed_at", "id", sqlite=REPAIR_SQLITE, postgresql=REPAIR_POSTGRESQL
        ),
        _index_where(
            "ix_tickets_drawn", "id", sqlite="is_drawn_for_check IS 1", postgresql="is_drawn_for_check IS true"
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[State]

    type: Mapped[TicketType]
    urgency: Mapped[Urgency]
    secrecy: Mapped[Secrecy]
    source: Mapped[Source]
    outside_number: Mapped[str] = mapped_column(String(60), default="")
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    place_text: Mapped[str] = mapped_column(String(200), default="")
    accused: Mapped[str] = mapped_column(String(100), default="")
    #: the unit that is complained of; while the caller wants secrecy it never sees the ticket
    accused_unit_id: Mapped[int | None] = mapped_column(Id)
    happened_text: Mapped[str] = mapped_column(String(60), default="")
    #: what was said to the questions of its topic: {name, value}, in their order
    points: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    people_count: Mapped[int] = mapped_column(default=1)
    representative: Mapped[str] = mapped_column(String(40), default="")
    #: chooses rows of the profile besides type and urgency: utility, complex, or empty
    limit_class: Mapped[str] = mapped_column(String(40), default="")

    caller_name: Mapped[str] = mapped_column(String(40), default="")
    caller_salutation: Mapped[Salutation] = mapped_column(default=Salutation.UNKNOWN)
    caller_kind: Mapped[CallerKind] = mapped_column(default=CallerKind.PERSON)
    company_name: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    phone_kind: Mapped[PhoneKind] = mapped_column(default=PhoneKind.NONE)
    #: keyed hash of the phone: the same caller's tickets are found by it without reading numbers
    phone_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    contact_time: Mapped[ContactTime] = mapped_column(default=ContactTime.ANY)
    reply_way: Mapped[ReplyWay] = mapped_column(default=ReplyWay.PHONE)

    call_id: Mapped[int | None] = mapped_column(Id, index=True)
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: the matter under which this one was merged; it keeps its own reply and rating
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    child_count: Mapped[int] = mapped_column(default=0, server_default="0")
    #: the oldest open ticket that seemed to be about the same matter when this one came
    similar_to_id: Mapped[int | None] = mapped_column(Id, index=True)
    #: the same person's earlier ticket about the same matter
    repeat_of_id: Mapped[int | None] = mapped_column(Id)

    #: the unit that leads and alone answers to the hotline
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    #: no foreign keys here: holdings point at their ticket already
    holding_id: Mapped[int | None] = mapped_column(Id)
    #: the unit that works on it now: the one that leads, or one below it to which it was sent down
    working_unit_id: Mapped[int | None] = mapped_column(Id)
    inner_id: Mapped[int | None] = mapped_column(Id)
    inner_state: Mapped[InnerState | None]
    #: helpers' parts that are not done yet
    open_parts: Mapped[int] = mapped_column(default=0, server_default="0")
    has_request: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: a reply waits for the unit's own second person
    waits_for_release: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: the highest step of the ladder in this holding
    oversight: Mapped[OversightKind | None]
    reply_id: Mapped[int | None] = mapped_column(Id)
    #: the end of the day by which the unit has promised to be done with the rest; None once it has said that it is
    promise_due_at: Mapped[datetime | None]
    is_ruled: Mapped[bool] = mapped_column(default=False)
    return_count: Mapped[int] = mapped_column(default=0)
    rework_no: Mapped[int] = mapped_column(default=0)
    urged_count: Mapped[int] = mapped_column(default=0)
    is_auto_dispatched: Mapped[bool] = mapped_column(default=False)
    is_drawn_for_check: Mapped[bool] = mapped_column(default=False)
    is_uncertain: Mapped[bool] = mapped_column(default=False)
    is_returned: Mapped[bool] = mapped_column(default=False)
    #: what somebody is asking the citizen for (退回补正); empty: nothing
    missing: Mapped[str] = mapped_column(String(200), default="")
    #: the latest time that it was sent back for completion
    completion_id: Mapped[int | None] = mapped_column(Id)
    #: since when the caller wants nothing more of it, while others under it do
    caller_withdrew_at: Mapped[datetime | None]
    needs_repair: Mapped[bool] = mapped_column(default=False)
    rating_level: Mapped[int | None]

    registered_at: Mapped[datetime] = mapped_column(index=True)
    #: when whoever acts now must have acted: dispatcher, unit (signing), auditor, callback agent
    step_due_at: Mapped[datetime | None]
    #: from when that step is counted: when the calendar changes, it is counted again
    step_began_at: Mapped[datetime | None]
    citizen_due_at: Mapped[datetime | None] = mapped_column(index=True)
    citizen_due_why: Mapped[str] = mapped_column(String(400), default="")
    unit_due_at: Mapped[datetime | None]
    #: the year whose calendar is not loaded; a due time that could not be computed waits for it
    waits_for_calendar: Mapped[int | None] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    close_reason: Mapped[CloseReason | None]
    archived_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    topic: Mapped[Topic | None] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
    unit: Mapped[Unit | None] = relationship(lazy="raise")


class Holding(Model):
    """A period in which one unit holds a ticket: its clock starts at `dispatched_at`, not when it signs."""

    __tablename__ = "holdings"
    __table_args__ = (
        Index("ix_holdings_unit_id_ticket_id", "unit_id", "ticket_id"),
        Index("ix_holdings_dispatched_by_id_dispatched_at", "dispatched_by_id", "dispatched_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    rework_no: Mapped[int] = mapped_column(default=0)
    dispatched_at: Mapped[datetime]
    dispatched_by: Mapped[str] = mapped_column(String(80))
    dispatched_by_id: Mapped[int | None] = mapped_column(Id)
    sign_due_at: Mapped[datetime | None]
    sign_why: Mapped[str] = mapped_column(String(400), default="", server_default="")
    return_until: Mapped[datetime | None]
    #: until when it must have taken a first step (首次处置), and when it did
    first_due_at: Mapped[datetime | None]
    first_why: Mapped[str] = mapped_column(String(400), default="", server_default="")
    first_acted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_why: Mapped[str] = mapped_column(String(400), default="")
    signed_at: Mapped[datetime | None]
    #: 经办人: who works on it inside the unit
    handler: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None]
    end_action: Mapped[str] = mapped_column(String(40), default="")

    unit: Mapped[Unit] = relationship(lazy="raise")


class HistoryLine(Model):
    """One line of a ticket's story: who did what, when and why."""

    __tablename__ = "ticket_history"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[State | None]
    to_state: Mapped[State | None]
    actor_id: Mapped[int | None] = mapped_column(Id)
    #: as it was then: 李明（A012）, 系统, 群众
    actor_label: Mapped[str] = mapped_column(String(80))
    actor_unit_id: Mapped[int | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text, default="")
    #: what the act carried besides: unit, basis, proposed unit, old and new values
    particulars: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_internal: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int]


class Reply(Model):
    """What a unit answers, and what the auditor said of it."""

    __tablename__ = "replies"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    author_label: Mapped[str] = mapped_column(String(80))
    replied_at: Mapped[datetime]
    result: Mapped[ReplyResult]
    #: 给群众的话: read aloud or sent as written
    text: Mapped[str] = mapped_column(Text)
    internal_note: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(String(400), default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    finish_on: Mapped[date | None]
    contact: Mapped[ContactMade]
    contact_note: Mapped[str] = mapped_column(String(400), default="")
    #: 没人联系我: when the citizen said that the contact was never made
    contact_denied_at: Mapped[datetime | None]
    handler: Mapped[str] = mapped_column(String(40), default="")
    signer: Mapped[str] = mapped_column(String(40), default="")
    audited_at: Mapped[datetime | None]
    auditor_label: Mapped[str] = mapped_column(String(80), default="")
    audit_passed: Mapped[bool | None]
    audit_note: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit] = relationship(lazy="raise")


class Claim(Model):
    """A dispatcher works on a ticket of the list; nobody else does until `until`."""

    __tablename__ = "ticket_claims"
    __table_args__ = (UniqueConstraint("ticket_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    person_name: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime]


class Suggestion(Model):
    """What the classifier said of a ticket: `topics` are {topic_id, name, confidence, certainty, words}, surest first.

    `unit_id` is whom the catalogue names for the surest topic in that place; None when it names nobody.
    """

    __tablename__ = "suggestions"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    made_at: Mapped[datetime]
    model_name: Mapped[str] = mapped_column(String(60))
    topics: Mapped[list[Any]]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    verdict: Mapped[SuggestionVerdict]
    reason: Mapped[str] = mapped_column(String(200))
