"""Satisfaction with what was closed in a period: the rows behind each of its numbers, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, false, or_, select, union
from sqlalchemy.orm import Session, aliased

from evaluation.counters.model import CounterMatter
from evaluation.model import Invitation, Rating
from evaluation.queries import reasons_of
from evaluation.rules import BadReason, Channel, Subject
from indicators.counters import counter_rows, counter_rows_rated, was_asked
from indicators.counts.facts import last_rating
from indicators.counts.model import CountedTicket, StaleTicket
from indicators.counts.questions import counted_question
from indicators.counts.units import counting_unit
from indicators.periods import Period
from staff.model import Unit
from telephony.model import Call
from telephony.rules import CallResult
from tickets.kinds import Named
from tickets.model import Ticket
from tickets.rules import SATISFIED_FROM, State

#: for which unit and on which day a ticket was counted
_COUNTED = {
    Subject.HANDLING: (CountedTicket.handled_unit_id, CountedTicket.handled_on),
    Subject.DIRECT: (CountedTicket.direct_unit_id, CountedTicket.direct_on),
}


class Part(StrEnum):
    """The rows behind a number of the page."""

    CLOSED = "closed"
    ANSWERED = "answered"
    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    SILENT = "silent"
    NOT_INVITED = "not_invited"
    NOT_DELIVERED = "not_delivered"


class Basis(Named):
    """By which moment a matter belongs to a period."""

    CLOSED = "closed", "办结时间"
    RATED = "rated", "评价时间"


@dataclass(frozen=True)
class Slice:
    """What is looked at: one subject (never two added up) in one period, perhaps some units' part or one topic's.

    Of one channel, or by the moment of rating, there are answers only: silence has no channel and no moment.
    """

    period: Period
    subject: Subject = Subject.HANDLING
    unit_ids: tuple[int, ...] | None = None
    topic_id: int | None = None
    channel: Channel | None = None
    basis: Basis = Basis.CLOSED

    @property
    def has_answers_only(self) -> bool:
        return self.channel is not None or self.basis is Basis.RATED

    @property
    def has_no_rows(self) -> bool:
        """A call is no unit's, and neither a call nor a matter at a window has a topic."""
        if self.subject is Subject.AGENT:
            return self.unit_ids is not None or self.topic_id is not None
        return self.subject is Subject.COUNTER and self.topic_id is not None


@dataclass(frozen=True)
class AnswerRow:
    """One row behind the figure; `level` None is silence, `reasons` are those of a bad one."""

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
    is_solved: bool | None = None
    reasons: Sequence[BadReason] = ()


def answer_rows(
    session: Session, wanted: Slice, part: Part, *, after: int | None = None, limit: int = 50
) -> list[AnswerRow]:
    """The rows of `part`, newest first, below the one with id `after`."""
    matter, rating, base = rated_matters(wanted)
    if matter is CounterMatter:
        return _counter_rows(session, base, part, after=after, limit=limit)
    if matter is not Ticket:
        return _call_rows(session, base, rating, part, after=after, limit=limit)
    question = counted_question(rating, wanted.subject)
    asked, reached = question.is_not(None), Invitation.delivered_at.is_not(None)
    unit_name = select(Unit.name).where(Unit.id == counting_unit(rating, wanted.subject))
    query = (
        base.with_only_columns(
            Ticket.id,
            Ticket.number,
            Ticket.title,
            unit_name.correlate(Ticket, rating).scalar_subquery(),
            Ticket.closed_at,
            rating.level,
            rating.channel,
            rating.recorded_at,
            asked.label("is_invited"),
            reached.label("is_delivered"),
            rating.is_solved,
            rating.id,
        )
        .outerjoin(Invitation, Invitation.id == question)
        .where(_of_part(rating, part, asked, reached))
        .order_by(Ticket.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Ticket.id < after)
    return _with_reasons(session, query)


def rated_tickets(wanted: Slice, among: Select[Any] | None = None) -> tuple[Select[Any], Any]:
    """The slice's tickets, silence included, and the rating that counts: for figures that are made of the same rows.

    `among`: ids of few tickets of any period, where only those are looked for.
    """
    rating = aliased(Rating)
    return _tickets(wanted, rating, among), rating


def rated_matters(wanted: Slice) -> tuple[type[Any], Any, Select[Any]]:
    """What could have been rated (ticket, call, counter matter), the rating that counts, both joined with silence."""
    if wanted.subject is Subject.COUNTER:
        return CounterMatter, Rating, _counter_matters(wanted)
    rating = aliased(Rating)
    if wanted.subject is Subject.AGENT:
        return Call, rating, _calls(wanted, rating)
    return Ticket, rating, _tickets(wanted, rating)


def _tickets(wanted: Slice, rating: Any, among: Select[Any] | None = None) -> Select[Any]:
    """Closed tickets with the last rating given; a rework that nobody answered does not wipe out the answer before.

    A rated ticket that is not closed counts when it was rated: leaving it open does not hide a bad answer.  Whoever was
    rated stays so (ADR 0062).
    """
    query = (
        select(Ticket.id)
        .outerjoin(rating, rating.id == last_rating(wanted.subject))
        .where(Ticket.id.in_(_candidates(wanted) if among is None else among), _belongs(wanted, rating))
    )
    if wanted.channel is not None:
        query = query.where(rating.channel == wanted.channel)
    if wanted.unit_ids is not None:
        query = query.where(counting_unit(rating, wanted.subject).in_(wanted.unit_ids))
    if wanted.topic_id is not None:
        query = query.where(Ticket.topic_id == wanted.topic_id)
    return query


def _belongs(wanted: Slice, rating: Any) -> ColumnElement[bool]:
    """To the period."""
    begins_at, ends_at = wanted.period.begins_at, wanted.period.ends_at
    rated: ColumnElement[bool] = (rating.recorded_at >= begins_at) & (rating.recorded_at < ends_at)
    if wanted.basis is Basis.RATED:
        return rated
    is_closed = _is_closed(wanted.subject)
    return or_(is_closed & (Ticket.closed_at >= begins_at) & (Ticket.closed_at < ends_at), ~is_closed & rated)


def _candidates(wanted: Slice) -> Select[Any] | CompoundSelect[Any]:
    """Tickets closed or rated in the period, found by index: the rating that counts is looked up for these only.

    Of units' tickets, what counts for another one than has it is known of what was counted; what was not has a mark.
    """
    begins_at, ends_at = wanted.period.begins_at, wanted.period.ends_at
    rated = select(Rating.ticket_id).where(
        Rating.subject == wanted.subject,
        Rating.recorded_at >= begins_at,
        Rating.recorded_at < ends_at,
        Rating.ticket_id.is_not(None),
    )
    if wanted.unit_ids is not None:
        rated = rated.where(Rating.unit_id.in_(wanted.unit_ids))
    if wanted.basis is Basis.RATED:
        return rated
    closed = select(Ticket.id).where(Ticket.closed_at >= begins_at, Ticket.closed_at < ends_at)
    if wanted.unit_ids is None:
        return union(closed, rated)
    moved = _counts_elsewhere(wanted).where(_COUNTED[wanted.subject][0].in_(wanted.unit_ids))
    return union(closed.where(Ticket.unit_id.in_(wanted.unit_ids)), rated, moved, select(StaleTicket.ticket_id))


def _counts_elsewhere(wanted: Slice) -> Select[Any]:
    """Those of the period that count for another unit than has them."""
    unit_id, day = _COUNTED[wanted.subject]
    return select(CountedTicket.ticket_id).where(
        unit_id != CountedTicket.unit_id, day >= wanted.period.first, day <= wanted.period.last
    )


def _is_closed(subject: Subject) -> ColumnElement[bool]:
    """转办件办理 went to a unit and was closed, 直接答复 was answered at once; counter matters are no tickets."""
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
    moment = Call.ended_at if wanted.basis is Basis.CLOSED else rating.recorded_at
    query = (
        select(Call.id)
        .outerjoin(rating, (rating.call_id == Call.id) & rating.is_current & (rating.subject == Subject.AGENT))
        .where(moment >= wanted.period.begins_at, moment < wanted.period.ends_at, Call.result == CallResult.ANSWERED)
    )
    if wanted.channel is not None:
        query = query.where(rating.channel == wanted.channel)
    return query.where(false()) if wanted.has_no_rows else query


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


def _counter_matters(wanted: Slice) -> Select[Any]:
    by_basis = {Basis.CLOSED: counter_rows, Basis.RATED: counter_rows_rated}
    query = by_basis[wanted.basis](wanted.period, wanted.unit_ids)
    if wanted.channel is not None:
        query = query.where(Rating.channel == wanted.channel)
    return query.where(false()) if wanted.has_no_rows else query


def _counter_rows(session: Session, base: Select[Any], part: Part, *, after: int | None, limit: int) -> list[AnswerRow]:
    """The ticket is the one that a bad rating opened; the matter's own number is none, and stands with its name."""
    columns: list[Any] = [
        CounterMatter.id,
        Ticket.number,
        CounterMatter.number + " " + CounterMatter.item_name,
        Unit.name,
        CounterMatter.done_at,
        Rating.level,
        Rating.channel,
        Rating.recorded_at,
        was_asked(),
        was_asked(),
        Rating.is_solved,
        Rating.id,
    ]
    query = (
        base.join(Unit, Unit.id == CounterMatter.unit_id)
        .outerjoin(Ticket, Ticket.id == CounterMatter.ticket_id)
        .with_only_columns(*columns)
        .where(_of_part(Rating, part, was_asked(), was_asked()))
        .order_by(CounterMatter.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(CounterMatter.id < after)
    return _with_reasons(session, query)


def _with_reasons(session: Session, query: Select[Any]) -> list[AnswerRow]:
    """`query` gives the columns of a row, and the id of the rating that counts."""
    rows: list[Any] = [tuple(row) for row in session.execute(query)]
    reasons = reasons_of(session, [row[-1] for row in rows if row[-1] is not None])
    return [replace(AnswerRow(*row[:-1]), reasons=reasons.get(row[-1], ())) for row in rows]


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
