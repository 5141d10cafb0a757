"""Reads of the queue: the field map in force, lists, one record with its story, and how the connection stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from evaluation.submissions.errors import SubmissionNotFound
from evaluation.submissions.fields import COLUMNS, Field, shipped_rows
from evaluation.submissions.judging import judge_fields
from evaluation.submissions.model import Submission, SubmissionField, SubmissionLine
from evaluation.submissions.rules import MOVING, PASSED, STUCK, RecordKind, SubmissionState
from evaluation.submissions.scores import Score, missed
from staff.rules import Actor
from tickets.importing.reading import Sheet
from tickets.queries.access import not_kept_from


def fields_in_force(session: Session) -> list[Field]:
    """The city's own map, or the shipped one.  What was put in was judged then."""
    own = session.scalars(select(SubmissionField).order_by(SubmissionField.position))
    rows = [tuple(row.cells) for row in own] or list(shipped_rows())
    fields, _ = judge_fields(Sheet(COLUMNS, tuple(enumerate(rows, start=2))))
    return fields


@dataclass(frozen=True)
class Wanted:
    """What of the records is looked at; nothing said: all of them."""

    states: tuple[SubmissionState, ...] = ()
    kind: RecordKind | None = None
    words: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    #: what a score lacks
    missed: Score | None = None


ALL = Wanted()


def submissions_page(
    session: Session, wanted: Wanted = ALL, *, by: Actor, now: datetime, before: int | None = None, limit: int = 25
) -> Sequence[Submission]:
    """Newest first, below the one with id `before`; without what is kept from `by`."""
    query = _narrowed(select(Submission), wanted, by, now)
    if before is not None:
        query = query.where(Submission.id < before)
    found: Sequence[Submission] = session.scalars(query.order_by(Submission.id.desc()).limit(limit)).all()
    return found


def _narrowed(query: Any, wanted: Wanted, by: Actor, now: datetime) -> Any:
    """Words are the beginning of a record's own number or of 办件编号."""
    query = query.where(_may_look(by))
    if wanted.states:
        query = query.where(Submission.state.in_(wanted.states))
    if wanted.kind is not None:
        query = query.where(Submission.kind == wanted.kind)
    if said := "".join(wanted.words.split()):
        beginning = said.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        like = [column.like(beginning, escape="\\") for column in (Submission.number, Submission.serial)]
        query = query.where(or_(*like))
    if wanted.begins_at is not None:
        query = query.where(Submission.happened_at >= wanted.begins_at)
    if wanted.ends_at is not None:
        query = query.where(Submission.happened_at < wanted.ends_at)
    return query if wanted.missed is None else query.where(missed(wanted.missed, now))


def _may_look(by: Actor) -> ColumnElement[bool]:
    return or_(Submission.ticket_id.is_(None), not_kept_from(by, Submission.ticket_id))


def submission_by_number(session: Session, number: str, by: Actor) -> Submission:
    """Raises SubmissionNotFound, also where `by` may not look."""
    submission = session.scalar(select(Submission).where(Submission.number == number, _may_look(by)))
    if submission is None:
        raise SubmissionNotFound(number=number)
    return submission


def lines_of(session: Session, submission_id: int) -> Sequence[SubmissionLine]:
    """A record's story, oldest first."""
    return session.scalars(
        select(SubmissionLine).filter_by(submission_id=submission_id).order_by(SubmissionLine.id)
    ).all()


def awaited_by(session: Session, submission: Submission) -> Submission | None:
    """The earlier record of the same matter for which this one waits."""
    earlier = select(Submission).where(
        Submission.order_key == submission.order_key, Submission.id < submission.id, Submission.state.not_in(PASSED)
    )
    return session.scalar(earlier.order_by(Submission.id).limit(1))


@dataclass(frozen=True)
class QueueHead:
    """How many records are in each state, and since when the oldest of those on their way has been waiting."""

    counts: dict[SubmissionState, int]
    oldest_at: datetime | None

    @property
    def n_stuck(self) -> int:
        return sum(self.counts.get(state, 0) for state in STUCK)

    @property
    def n_moving(self) -> int:
        return sum(self.counts.get(state, 0) for state in MOVING)


def queue_head(session: Session) -> QueueHead:
    """Of everything."""
    counts = {row[0]: row[1] for row in session.execute(_counted())}
    waiting = select(func.min(Submission.queued_at)).where(Submission.state.in_(MOVING))
    return QueueHead({state: counts.get(state, 0) for state in SubmissionState}, session.scalar(waiting))


def counts_of(session: Session, wanted: Wanted, *, by: Actor, now: datetime) -> dict[SubmissionState, int]:
    """Of what the other filters leave; the state that is looked at changes no count."""
    found = session.execute(_narrowed(_counted(), replace(wanted, states=()), by, now))
    counts = {row[0]: row[1] for row in found}
    return {state: counts.get(state, 0) for state in SubmissionState}


def _counted() -> Any:
    return select(Submission.state, func.count()).group_by(Submission.state)
