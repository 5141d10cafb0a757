"""自评: the five scores by which a province judges what it is sent, each with its parts and the rows behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from evaluation.model import Rating
from evaluation.rules import Subject
from evaluation.submissions.model import Submission, SubmissionLine
from evaluation.submissions.rules import ANSWERED, TRIES, Happening, RecordKind, Stream, SubmissionState
from staff.rules import Actor
from tickets.kinds import Named
from tickets.model import Ticket
from tickets.queries.access import not_kept_from
from tickets.rules import State


class Score(Named):
    """What counties are scored by every month (Lianyungang's report)."""

    DATA = "data", "数据完整"
    CONTENT = "content", "内容完整"
    FIRST_PASS = "first_pass", "一次通过"
    TIMELY = "timely", "及时"
    STABLE = "stable", "接口稳定"


@dataclass(frozen=True)
class Scored:
    """`rate` is None where there is nothing to count."""

    score: Score
    numerator: int
    n: int

    @property
    def rate(self) -> float | None:
        return self.numerator / self.n if self.n else None


@dataclass(frozen=True)
class Missing:
    """Something of the time that owes a record and is not even in the queue."""

    kind: RecordKind
    serial: str
    at: datetime


def scores(session: Session, begins_at: datetime, ends_at: datetime, *, now: datetime) -> list[Scored]:
    """Of what happened in that time; of tries, those made in it."""
    of_records = [score for score in Score if score is not Score.STABLE]
    columns = [
        func.count().filter(condition) for score in of_records for condition in (_meets(score), _counts(score, now))
    ]
    within = Submission.happened_at >= begins_at, Submission.happened_at < ends_at
    counted = session.execute(select(*columns).where(*within)).one()
    found = {score: Scored(score, counted[2 * i], counted[2 * i + 1]) for i, score in enumerate(of_records)}
    whole = found[Score.DATA]
    found[Score.DATA] = Scored(Score.DATA, whole.numerator, whole.n + count_missing(session, begins_at, ends_at))
    return [*(found[score] for score in of_records), _stable(session, begins_at, ends_at)]


def _counts(score: Score, now: datetime) -> ColumnElement[bool]:
    """Which records stand below the line."""
    match score:
        case Score.CONTENT:
            return Submission.is_complete.is_not(None)
        case Score.FIRST_PASS:
            return Submission.is_first_pass.is_not(None)
        case Score.TIMELY:
            is_over = or_(Submission.accepted_at.is_not(None), Submission.timely_until <= now)
            return and_(Submission.timely_until.is_not(None), is_over)
    return Submission.id.is_not(None)


def _meets(score: Score) -> ColumnElement[bool]:
    match score:
        case Score.CONTENT:
            return Submission.is_complete.is_(True)
        case Score.FIRST_PASS:
            return Submission.is_first_pass.is_(True)
        case Score.TIMELY:
            return Submission.accepted_at <= Submission.timely_until
    return Submission.state == SubmissionState.ACCEPTED


def missed(score: Score, now: datetime) -> ColumnElement[bool]:
    """The records that a score lacks; of 接口稳定 those with a try that no answer came to."""
    if score is Score.STABLE:
        silent = SubmissionLine.what.in_((Happening.SENT, Happening.NOT_REACHED))
        return exists().where(SubmissionLine.submission_id == Submission.id, silent)
    return and_(_counts(score, now), func.coalesce(_meets(score), False).is_(False))


def _stable(session: Session, begins_at: datetime, ends_at: datetime) -> Scored:
    within = SubmissionLine.at >= begins_at, SubmissionLine.at < ends_at
    answered = func.count().filter(SubmissionLine.what.in_(ANSWERED))
    tries = func.count().filter(SubmissionLine.what.in_(TRIES))
    numerator, n = session.execute(select(answered, tries).where(*within)).one()
    return Scored(Score.STABLE, numerator, n)


def count_missing(session: Session, begins_at: datetime, ends_at: datetime) -> int:
    """Tickets that were registered and ratings that were given then, without any record."""
    tickets = select(func.count()).select_from(Ticket).where(*_untold_ticket(begins_at, ends_at))
    ratings = select(func.count()).select_from(Rating).where(*_untold_rating(begins_at, ends_at))
    return (session.scalar(tickets) or 0) + (session.scalar(ratings) or 0)


def missing(
    session: Session, begins_at: datetime, ends_at: datetime, *, by: Actor, limit: int = 100
) -> Sequence[Missing]:
    """The same as rows, oldest first; without what is kept from `by`."""
    tickets: Any = select(Ticket.number, Ticket.registered_at).where(*_untold_ticket(begins_at, ends_at))
    tickets = session.execute(tickets.where(not_kept_from(by)).order_by(Ticket.registered_at).limit(limit))
    ratings: Any = select(Ticket.number, Rating.recorded_at).outerjoin(Ticket, Ticket.id == Rating.ticket_id)
    may_look = or_(Rating.ticket_id.is_(None), not_kept_from(by, Rating.ticket_id))
    ratings = ratings.where(*_untold_rating(begins_at, ends_at), may_look).order_by(Rating.recorded_at).limit(limit)
    found = [Missing(RecordKind.ACCEPTED, number, at) for number, at in tickets]
    found += [Missing(RecordKind.RATING, number or "", at) for number, at in session.execute(ratings)]
    return sorted(found, key=lambda row: row.at)[:limit]


def _untold_ticket(begins_at: datetime, ends_at: datetime) -> tuple[ColumnElement[bool], ...]:
    told = exists().where(Submission.ticket_id == Ticket.id)
    within = Ticket.registered_at >= begins_at, Ticket.registered_at < ends_at
    return *within, Ticket.state.not_in((State.DRAFT, State.VOID)), ~told


def _untold_rating(begins_at: datetime, ends_at: datetime) -> tuple[ColumnElement[bool], ...]:
    """By subject, as their index begins with it."""
    told = exists().where(Submission.stream == Stream.RATING, Submission.subject_id == Rating.id)
    within = Rating.recorded_at >= begins_at, Rating.recorded_at < ends_at
    return Rating.subject.in_(list(Subject)), *within, ~told
