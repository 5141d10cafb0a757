"""What is stored of records on their way up: the queue, each one's story, how far the tables were read, the map."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from evaluation.submissions.rules import Happening, RecordKind, Stream, SubmissionState


class Submission(Model):
    """A record for the exchange, known there by `number` for good.

    `order_key`: of those with the same one a later record waits until the exchange has taken the earlier.
    `body` is what leaves, fixed from the first try until its outcome is known, so that a second try says the same; it
    holds personal data and is gone then.  `shown` is what of it people may look at, as {field, name, value}.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("stream", "subject_id"),
        Index("ix_submissions_state_due_at_id", "state", "due_at", "id"),
        Index("ix_submissions_order_key_id", "order_key", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    stream: Mapped[Stream]
    subject_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[RecordKind]
    order_key: Mapped[str] = mapped_column(String(40))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    #: 办件编号: the ticket's number, a hall's own, or that of a call
    serial: Mapped[str] = mapped_column(String(60), default="", index=True)
    happened_at: Mapped[datetime] = mapped_column(index=True)
    timely_until: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    state: Mapped[SubmissionState] = mapped_column(default=SubmissionState.WAITING)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    #: since when it is tried; a person who sends it again starts anew
    first_tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    receipt: Mapped[str] = mapped_column(String(80), default="")
    #: why it is stuck: the exchange's code and words, or the first fault of our own check
    why: Mapped[str] = mapped_column(String(40), default="")
    words: Mapped[str] = mapped_column(String(400), default="")
    #: what our own check found, as {field, reason}
    faults: Mapped[list[Any]] = mapped_column(default=list)
    body: Mapped[str | None] = mapped_column(Text)
    body_hash: Mapped[str] = mapped_column(String(64), default="")
    shown: Mapped[list[Any]] = mapped_column(default=list)
    #: what the first check, and the exchange's first word, made of it; None until then
    is_complete: Mapped[bool | None]
    is_first_pass: Mapped[bool | None]


class SubmissionLine(Model):
    """One line of a record's story: a try and its outcome, or what a person did."""

    __tablename__ = "submission_lines"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    what: Mapped[Happening]
    why: Mapped[str] = mapped_column(String(40), default="")
    words: Mapped[str] = mapped_column(String(400), default="")
    actor_label: Mapped[str] = mapped_column(String(80), default="")


class SubmissionMark(Model):
    """How far a table was read, and above which id it is read at all: what was before the first start is not told."""

    __tablename__ = "submission_marks"

    stream: Mapped[Stream] = mapped_column(primary_key=True)
    begins_after: Mapped[int] = mapped_column(Id)
    read_to: Mapped[int] = mapped_column(Id)


class SubmissionField(Model):
    """A row of the city's own field map, as it was written; without any the shipped one counts."""

    __tablename__ = "submission_fields"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cells: Mapped[list[str]]
