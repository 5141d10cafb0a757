"""Which rows owe the exchange a record and have none yet: steps of tickets, ratings, and what became of repairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, literal, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.chain import OVERTAKEN_MOST
from core.model import Id
from evaluation.model import Rating
from evaluation.repairs.model import Repair, RepairLine
from evaluation.repairs.rules import Act
from evaluation.rules import Subject
from evaluation.submissions.model import Submission, SubmissionMark
from evaluation.submissions.rules import KINDS, STREAMS, RecordKind, Stream
from tickets.model import HistoryLine
from tickets.rules import State

#: over with an answer; over without one
_DONE = (State.ANSWERED, State.CLOSED)
_ENDED = (State.REJECTED, State.TRANSFERRED, State.TERMINATED, State.WITHDRAWN)
#: what is told of a repair: its outcome, what was made of an appeal, and its end
_TOLD_ACTS = (
    Act.FIX, Act.BOOK, Act.EXPLAIN, Act.UPHOLD, Act.REFUSE, Act.COMPLETE, Act.RATE_AGAIN, Act.END, Act.WITHDRAW,
    Act.REOPEN,
)  # fmt: skip
_READ_AT_ONCE = 1_000


@dataclass(frozen=True)
class Owed:
    """A row and the record that it owes; `about` names whose order it keeps: a ticket, a call, a hall's matter."""

    stream: Stream
    subject_id: int
    kind: RecordKind
    ticket_id: int | None
    about: str
    at: datetime


@dataclass(frozen=True)
class Reading:
    """What was found and up to which id each table has now been read."""

    owed: Sequence[Owed]
    read_to: dict[Stream, int]


def first_marks(session: Session) -> dict[Stream, int]:
    """The newest row of each table."""
    return {stream: session.scalar(select(func.max(key))) or 0 for stream, key in _KEYS.items()}


def read_owed(session: Session) -> Reading | None:
    """Rows above the marks without a record, each ticket's in the order in which they happened; None before a start.

    PostgreSQL numbers rows before they are committed, so a row may appear below one that was read: it is looked back
    as far as the ledger's sealer looks.  One statement, so that what follows from a row is never seen without it.
    """
    marks = {mark.stream: mark for mark in session.scalars(select(SubmissionMark))}
    if not marks:
        return None
    newest = first_marks(session)
    above = {s: _KEYS[s] > max(mark.begins_after, mark.read_to - OVERTAKEN_MOST) for s, mark in marks.items()}
    found = _unqueued_rows(session, above, limit=_READ_AT_ONCE)
    is_all = len(found) < _READ_AT_ONCE
    read_to = {s: newest[s] if is_all else mark.read_to for s, mark in marks.items()}
    return Reading(_whole_stories(session, found), read_to)


def owed_between(session: Session, begins_at: datetime, ends_at: datetime) -> list[Owed]:
    """Rows of that time without a record, and with each ticket that has none yet its whole story."""
    return _whole_stories(session, _unqueued_rows(session, _within(begins_at, ends_at)))


def told_between(session: Session, begins_at: datetime, ends_at: datetime) -> list[Owed]:
    """Rows of that time that have a record or owe one."""
    return _rows(session, _within(begins_at, ends_at))


def _within(begins_at: datetime, ends_at: datetime) -> dict[Stream, ColumnElement[bool]]:
    return {
        Stream.HISTORY: and_(HistoryLine.at >= begins_at, HistoryLine.at < ends_at),
        Stream.RATING: and_(Rating.recorded_at >= begins_at, Rating.recorded_at < ends_at),
        Stream.REPAIR: and_(RepairLine.at >= begins_at, RepairLine.at < ends_at),
    }


def _whole_stories(session: Session, found: Sequence[Owed]) -> list[Owed]:
    """A ticket's first record is that it was accepted, also where it was older than the first start."""
    ids = {one.ticket_id for one in found if one.ticket_id is not None}
    known = set(session.scalars(select(Submission.ticket_id).where(Submission.ticket_id.in_(ids)))) if ids else set()
    if not (new := ids - known):
        return list(found)
    stories = {
        Stream.HISTORY: HistoryLine.ticket_id.in_(new),
        Stream.RATING: Rating.ticket_id.in_(new),
        Stream.REPAIR: RepairLine.repair_id.in_(select(Repair.id).where(Repair.ticket_id.in_(new))),
    }
    rest = [one for one in found if one.ticket_id not in new]
    return sorted([*rest, *_unqueued_rows(session, stories)], key=_as_it_happened)


def _unqueued_rows(
    session: Session, where: Mapping[Stream, ColumnElement[bool]], limit: int | None = None
) -> list[Owed]:
    return _rows(session, {s: and_(condition, _unqueued(s)) for s, condition in where.items()}, limit)


def _rows(session: Session, where: Mapping[Stream, ColumnElement[bool]], limit: int | None = None) -> list[Owed]:
    parts = [_SELECTS[stream]().where(condition) for stream, condition in where.items()]
    rows = union_all(*parts).subquery()
    ordered = select(rows).order_by(rows.c.at, rows.c.id).limit(limit)
    return sorted((_owed(row) for row in session.execute(ordered)), key=_as_it_happened)


def _as_it_happened(one: Owed) -> tuple[datetime, bool, int, int]:
    """Of one moment: what follows from a rating comes behind it, and everything behind the registration."""
    rank = (Stream.RATING, Stream.REPAIR, Stream.HISTORY).index(one.stream)
    return one.at, one.kind is not RecordKind.ACCEPTED, rank, one.subject_id


def _owed(row: Any) -> Owed:
    about = f"ticket {row.ticket_id}" if row.ticket_id is not None else row.about
    return Owed(STREAMS[row.stream], row.id, KINDS[row.kind], row.ticket_id, about, row.at)


def _unqueued(stream: Stream) -> ColumnElement[bool]:
    return ~exists().where(Submission.stream == stream, Submission.subject_id == _KEYS[stream])


def _steps() -> Select[Any]:
    """The registration, and whatever ends a ticket; acts that leave it where it is tell nothing."""
    begins = and_(HistoryLine.from_state == State.DRAFT, HistoryLine.to_state.not_in((State.DRAFT, State.VOID)))
    moved = and_(HistoryLine.from_state != State.DRAFT, HistoryLine.from_state != HistoryLine.to_state)
    kind = case(
        (begins, RecordKind.ACCEPTED.value),
        (HistoryLine.to_state.in_(_DONE), RecordKind.DONE.value),
        else_=RecordKind.ENDED.value,
    )
    told = begins | and_(moved, HistoryLine.to_state.in_((*_DONE, *_ENDED)))
    return _select(Stream.HISTORY, HistoryLine.id, kind, HistoryLine.ticket_id, null(), HistoryLine.at).where(told)


def _ratings() -> Select[Any]:
    kind = case(
        (Rating.subject == Subject.REPAIR, RecordKind.SECOND.value),
        (Rating.subject == Subject.AGENT, RecordKind.AGENT.value),
        (and_(Rating.window_id.is_not(None), Rating.matter_id.is_(None)), RecordKind.GENERAL.value),
        (Rating.corrects_id.is_not(None), RecordKind.CORRECTION.value),
        else_=RecordKind.RATING.value,
    )
    about = case(
        (Rating.matter_id.is_not(None), literal("matter ") + cast(Rating.matter_id, String)),
        (Rating.call_id.is_not(None), literal("call ") + cast(Rating.call_id, String)),
        else_=literal("rating ") + cast(Rating.id, String),
    )
    return _select(Stream.RATING, Rating.id, kind, Rating.ticket_id, about, Rating.recorded_at)


def _repairs() -> Select[Any]:
    columns = (RepairLine.id, literal(RecordKind.REPAIR.value), Repair.ticket_id, null(), RepairLine.at)
    told = _select(Stream.REPAIR, *columns).join(Repair, Repair.id == RepairLine.repair_id)
    return told.where(RepairLine.act.in_(_TOLD_ACTS), RepairLine.from_state != RepairLine.to_state)


def _select(stream: Stream, key: Any, kind: Any, ticket_id: Any, about: Any, at: Any) -> Select[Any]:
    return select(
        literal(stream.value).label("stream"),
        key.label("id"),
        cast(kind, String).label("kind"),
        cast(ticket_id, Id).label("ticket_id"),
        cast(about, String).label("about"),
        at.label("at"),
    )


_SELECTS = {Stream.HISTORY: _steps, Stream.RATING: _ratings, Stream.REPAIR: _repairs}
_KEYS: dict[Stream, InstrumentedAttribute[int]] = {
    Stream.HISTORY: HistoryLine.id,
    Stream.RATING: Rating.id,
    Stream.REPAIR: RepairLine.id,
}
