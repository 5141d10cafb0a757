"""按期办结率: of all tickets whose citizen clock ended in the period, those answered in time; overdue ones count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from indicators.counts.queries import Changes, Tally, changes, counts
from indicators.counts.rules import CountedPart, Kind
from indicators.periods import Period, shanghai_day
from tickets.model import Ticket
from tickets.rules import OPEN_STATES


class TimelyPart(StrEnum):
    """The rows behind the figure."""

    IN_TIME = "in_time"
    DUE = "due"
    LATE = "late"


@dataclass(frozen=True)
class TimelyCounts:
    """Tickets due in the period, and those of them whose answer passed the audit before that."""

    due: int
    in_time: int


def timely_counts(session: Session, period: Period, *, now: datetime, changed: Changes | None = None) -> TimelyCounts:
    """What is due after `now` is no part of it yet: of the present day the tickets are looked at, earlier ones are
    kept counts.
    """
    today = shanghai_day(now)
    due = in_time = 0
    if period.first < today:
        changed = changes(session) if changed is None else changed
        over = Period(period.first, min(period.last, today - timedelta(days=1)))
        found = counts(session, changed, Tally([over], [Kind.DUE]))[0]
        in_time, late = found[Kind.DUE, CountedPart.IN_TIME], found[Kind.DUE, CountedPart.LATE]
        due = in_time + late
    if period.first <= today <= period.last:
        due_today, in_time_today = _counted(session, Period(today, today), now)
        due, in_time = due + due_today, in_time + in_time_today
    return TimelyCounts(due, in_time)


def _counted(session: Session, period: Period, now: datetime) -> tuple[int, int]:
    due, in_time = session.execute(
        select(func.count(), func.count(case((_in_time(), 1)))).where(*_due(period, now))
    ).one()
    return due, in_time


def timely_rows(
    session: Session, part: TimelyPart, period: Period, *, now: datetime, after: int | None = None, limit: int = 50
) -> Sequence[Ticket]:
    """Newest first, below the ticket with id `after`."""
    conditions = {TimelyPart.IN_TIME: [_in_time()], TimelyPart.LATE: [~_in_time()], TimelyPart.DUE: []}[part]
    query = select(Ticket).where(*_due(period, now), *conditions).order_by(Ticket.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Ticket.id < after)
    return session.scalars(query).all()


def _due(period: Period, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Due times are exclusive: a limit that ends at 24:00 of a day is stored as the next 00:00 and is of that day.

    Rejected, transferred, withdrawn and terminated ones, and answers on the spot, owe no unit's answer.
    """
    return (
        Ticket.citizen_due_at > period.begins_at,
        Ticket.citizen_due_at <= min(period.ends_at, now),
        or_(Ticket.state.in_(OPEN_STATES), Ticket.close_reason.is_not(None)),
    )


def _in_time() -> ColumnElement[bool]:
    return func.coalesce(Ticket.answered_at < Ticket.citizen_due_at, False)
