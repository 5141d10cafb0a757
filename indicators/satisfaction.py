"""Satisfaction with what was closed in a period: three denominators, the units behind it, and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, exists, false, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from evaluation.model import Invitation, Rating
from evaluation.rules import Channel, InvitationState, Subject
from evaluation.verdict import Answers
from indicators.periods import Period
from staff.model import Unit
from telephony.model import Call
from telephony.rules import CallResult
from tickets.model import Ticket
from tickets.rules import SATISFIED_FROM, State

#: in which a ticket may have been rated and is not closed
_NOT_CLOSED = tuple(state for state in State if state not in {State.CLOSED, State.ARCHIVED})


class Part(StrEnum):
    """The rows behind a number of the page."""

    CLOSED = "closed"
    ANSWERED = "answered"
    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    SILENT = "silent"
    NOT_INVITED = "not_invited"
    NOT_DELIVERED = "not_delivered"


@dataclass(frozen=True)
class Slice:
    """What is looked at: one subject (never two added up) in one period, perhaps one unit or topic."""

    period: Period
    subject: Subject = Subject.HANDLING
    unit_id: int | None = None
    topic_id: int | None = None


@dataclass(frozen=True)
class UnitAnswers:
    """A unit's part of the figure; `unit_id` None where no unit held it."""

    unit_id: int | None
    unit_name: str
    answers: Answers
    not_invited: int


@dataclass(frozen=True)
class AnswerRow:
    """One row behind the figure; `level` None is silence."""

    id: int
    ticket_number: str | None
    ticket_title: str | None
    unit_name: str | None
    closed_at: datetime | None
    level: int | None
    channel: Channel | None
    rated_at: datetime | None
    is_invited: bool
    is_delivered: bool


def answers(session: Session, wanted: Slice) -> Answers:
    """Closed, answered and satisfied of a slice, in one query."""
    _, rating, base = _matters(wanted)
    counted = base.with_only_columns(func.count(), func.count(rating.level), _satisfied(rating))
    closed, answered, satisfied = session.execute(counted).one()
    return Answers(closed=closed, answered=answered, satisfied=satisfied)


def unit_answers(session: Session, wanted: Slice) -> list[UnitAnswers]:
    """One line per unit with something closed, in order of verdict, then of bad answers; no rank."""
    matter, rating, base = _matters(wanted)
    if matter is not Ticket:
        return []
    asked = exists().where(Invitation.ticket_id == Ticket.id)
    counted = (
        base.outerjoin(Unit, Unit.id == Ticket.unit_id)
        .with_only_columns(
            Ticket.unit_id,
            Unit.name,
            func.count(),
            func.count(rating.level),
            _satisfied(rating),
            func.sum(case((asked, 0), else_=1)),
        )
        .group_by(Ticket.unit_id, Unit.name)
    )
    lines = [
        UnitAnswers(unit_id, name or "", Answers(closed=closed, answered=answered, satisfied=satisfied), missing)
        for unit_id, name, closed, answered, satisfied, missing in session.execute(counted)
    ]
    return sorted(lines, key=_unit_order)


def answer_rows(
    session: Session, wanted: Slice, part: Part, *, after: int | None = None, limit: int = 50
) -> list[AnswerRow]:
    """The rows of `part`, newest first, below the one with id `after`."""
    matter, rating, base = _matters(wanted)
    if matter is not Ticket:
        return _call_rows(session, base, rating, part, after=after, limit=limit)
    asked = exists().where(Invitation.ticket_id == Ticket.id)
    reached = asked.where(Invitation.delivered_at.is_not(None))
    query = (
        base.outerjoin(Unit, Unit.id == Ticket.unit_id)
        .with_only_columns(
            Ticket.id,
            Ticket.number,
            Ticket.title,
            Unit.name,
            Ticket.closed_at,
            rating.level,
            rating.channel,
            rating.recorded_at,
            asked.label("is_invited"),
            reached.label("is_delivered"),
        )
        .where(_of_part(rating, part, asked, reached))
        .order_by(Ticket.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Ticket.id < after)
    return [AnswerRow(*row) for row in session.execute(query)]


def invitations_by_state(session: Session, wanted: Slice) -> dict[InvitationState, int]:
    """What became of the invitations of the slice's tickets: the last one of each ticket; none for calls."""
    if wanted.subject is Subject.AGENT:
        return {}
    _, _, base = _matters(wanted)
    last = select(func.max(Invitation.id)).where(Invitation.ticket_id == Ticket.id).correlate(Ticket).scalar_subquery()
    query = (
        base.join(Invitation, Invitation.id == last)
        .with_only_columns(Invitation.state, func.count())
        .group_by(Invitation.state)
    )
    return {state: count for state, count in session.execute(query)}  # noqa: C416  no dict() of rows


def delivered(session: Session, wanted: Slice) -> int:
    """How many of the slice's citizens have the question on their phone."""
    _, _, base = _matters(wanted)
    if wanted.subject is Subject.AGENT:
        return 0
    reached = exists().where(Invitation.ticket_id == Ticket.id, Invitation.delivered_at.is_not(None))
    return session.scalar(base.with_only_columns(func.count()).where(reached)) or 0


def repairs(session: Session, *, limit: int = 50) -> Sequence[Ticket]:
    """Tickets whose citizen was not satisfied and still waits for a call, the longest waiting first."""
    query = select(Ticket).where(Ticket.needs_repair.is_(True)).order_by(Ticket.changed_at).limit(limit)
    return session.scalars(query).all()


def rated_tickets(wanted: Slice) -> tuple[Select[Any], Any]:
    """The slice's tickets, silence included, and the rating that counts: for figures that are made of the same rows."""
    rating = aliased(Rating)
    return _tickets(wanted, rating), rating


def _matters(wanted: Slice) -> tuple[type[Any], Any, Select[Any]]:
    """What could have been rated (tickets or calls), the rating that counts, and both joined, silence included."""
    rating = aliased(Rating)
    if wanted.subject is Subject.AGENT:
        return Call, rating, _calls(wanted, rating)
    return Ticket, rating, _tickets(wanted, rating)


def _tickets(wanted: Slice, rating: Any) -> Select[Any]:
    """Closed tickets with the last rating given; a rework that nobody answered does not wipe out the answer before.

    A rated ticket that is not closed counts when it was rated: leaving it open does not hide a bad answer.
    """
    given = aliased(Rating)
    last = (
        select(given.id)
        .join(Invitation, Invitation.id == given.invitation_id)
        .where(given.ticket_id == Ticket.id, given.is_current, given.subject == wanted.subject)
        .order_by(Invitation.rework_no.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )
    begins_at, ends_at = wanted.period.begins_at, wanted.period.ends_at
    closed = _is_closed(wanted.subject) & (Ticket.closed_at >= begins_at) & (Ticket.closed_at < ends_at)
    rated = ~_is_closed(wanted.subject) & (rating.recorded_at >= begins_at) & (rating.recorded_at < ends_at)
    query = (
        select(Ticket.id)
        .outerjoin(rating, rating.id == last)
        .where(Ticket.id.in_(_candidates(wanted)), or_(closed, rated))
    )
    if wanted.unit_id is not None:
        query = query.where(Ticket.unit_id == wanted.unit_id)
    if wanted.topic_id is not None:
        query = query.where(Ticket.topic_id == wanted.topic_id)
    return query


def _candidates(wanted: Slice) -> CompoundSelect[Any]:
    """Tickets closed or rated in the period, found by index: the rating that counts is looked up for these only."""
    begins_at, ends_at = wanted.period.begins_at, wanted.period.ends_at
    closed = select(Ticket.id).where(Ticket.closed_at >= begins_at, Ticket.closed_at < ends_at)
    if wanted.unit_id is not None:
        of_unit = Ticket.unit_id == wanted.unit_id
        return union(closed.where(of_unit), select(Ticket.id).where(of_unit, Ticket.state.in_(_NOT_CLOSED)))
    rated = select(Rating.ticket_id).where(
        Rating.subject == wanted.subject,
        Rating.recorded_at >= begins_at,
        Rating.recorded_at < ends_at,
        Rating.ticket_id.is_not(None),
    )
    return union(closed, rated)


def _is_closed(subject: Subject) -> ColumnElement[bool]:
    """转办件办理 went to a unit and was closed, 直接答复 was answered at once; a counter has no matters here yet."""
    if subject is Subject.HANDLING:
        return Ticket.close_reason.is_not(None)
    if subject is Subject.DIRECT:
        return (
            Ticket.close_reason.is_(None)
            & Ticket.answered_at.is_not(None)
            & Ticket.state.in_([State.ANSWERED, State.ARCHIVED])
        )
    return false()


def _calls(wanted: Slice, rating: Any) -> Select[Any]:
    """Calls that somebody answered, with the key pressed afterwards."""
    return (
        select(Call.id)
        .outerjoin(rating, (rating.call_id == Call.id) & rating.is_current & (rating.subject == Subject.AGENT))
        .where(
            Call.ended_at >= wanted.period.begins_at,
            Call.ended_at < wanted.period.ends_at,
            Call.result == CallResult.ANSWERED,
        )
    )


def _call_rows(
    session: Session, base: Select[Any], rating: Any, part: Part, *, after: int | None, limit: int
) -> list[AnswerRow]:
    everyone = Call.id.is_not(None)
    query = (
        base.with_only_columns(Call.id, Call.ended_at, rating.level, rating.channel, rating.recorded_at)
        .where(_of_part(rating, part, everyone, everyone))
        .order_by(Call.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Call.id < after)
    return [
        AnswerRow(id_, None, None, None, ended_at, level, channel, rated_at, True, True)
        for id_, ended_at, level, channel, rated_at in session.execute(query)
    ]


def _satisfied(rating: Any) -> ColumnElement[int]:
    return func.count(case((rating.level >= SATISFIED_FROM, 1)))


def _of_part(rating: Any, part: Part, asked: ColumnElement[bool], reached: ColumnElement[bool]) -> ColumnElement[bool]:
    conditions: dict[Part, ColumnElement[bool]] = {
        Part.CLOSED: ~false(),
        Part.ANSWERED: rating.level.is_not(None),
        Part.SATISFIED: rating.level >= SATISFIED_FROM,
        Part.DISSATISFIED: rating.level < SATISFIED_FROM,
        Part.SILENT: rating.level.is_(None),
        Part.NOT_INVITED: ~asked,
        Part.NOT_DELIVERED: asked & ~reached,
    }
    return conditions[part]


def _unit_order(line: UnitAnswers) -> tuple[int, int, str]:
    verdicts = list(type(line.answers.verdict))
    bad = line.answers.answered - line.answers.satisfied
    return verdicts.index(line.answers.verdict), -bad, line.unit_name
