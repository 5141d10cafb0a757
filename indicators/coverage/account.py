"""Does everything that came in stand somewhere? Registered matters, the numbers given out, the calls answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from evaluation.rules import Subject
from indicators.coverage.rules import OUTCOME_TIME
from indicators.periods import Period
from indicators.satisfaction import Slice, rated_tickets
from telephony.model import Call
from telephony.rules import CallResult
from tickets.kinds import CallOutcome
from tickets.model import CallSummary, NumberDay, Ticket
from tickets.numbers import number_of
from tickets.queries.direct import stands_at_once

#: how many missing numbers are named; where more are gone, names help nobody
NAMED = 200


@dataclass(frozen=True)
class MissingNumbers:
    """How many numbers were given out and have no ticket any more, and the first of them."""

    n: int
    numbers: Sequence[str]


def missing_numbers(session: Session, period: Period) -> MissingNumbers:
    """A day's numbers leave no gap (tickets.numbers): one without a ticket is a ticket that somebody took away."""
    days = session.execute(
        select(NumberDay.day, NumberDay.running)
        .where(NumberDay.day >= period.first, NumberDay.day <= period.last)
        .order_by(NumberDay.day)
    ).all()
    lost, named = 0, list[str]()
    for day, running in days:
        within = Ticket.number.between(f"{day:%y%m%d}", f"{day:%y%m%d}{running:05d}9")
        gone = running - (session.scalar(select(func.count()).select_from(Ticket).where(within)) or 0)
        if gone > 0:
            lost += gone
            there = set(session.scalars(select(Ticket.number).where(within)))
            numbers = (number_of(day, count) for count in range(1, running + 1))
            named += [number for number in numbers if number not in there][: NAMED - len(named)]
    return MissingNumbers(lost, named)


def rated_open(session: Session, period: Period, subject: Subject = Subject.HANDLING) -> int:
    """Matters not closed whose last rating was given in the period: satisfaction counts them beside the closed ones.

    Of what was answered at once: those that were taken up again.
    """
    is_open = Ticket.close_reason.is_(None) if subject is Subject.HANDLING else ~stands_at_once()
    matters, _ = rated_tickets(Slice(period, subject))
    return session.scalar(matters.with_only_columns(func.count()).where(is_open)) or 0


def calls_unaccounted(session: Session, period: Period, *, now: datetime) -> int:
    """Answered calls of the period of which nobody has said what came of them, or whose ticket is not there."""
    return session.scalar(_unaccounted(period, now).with_only_columns(func.count())) or 0


def call_rows(
    session: Session, period: Period, *, now: datetime, after: int | None = None, limit: int = 50
) -> Sequence[Call]:
    """These calls, newest first, below the one with id `after`."""
    query = _unaccounted(period, now).order_by(Call.id.desc()).limit(limit)
    return session.scalars(query if after is None else query.where(Call.id < after)).all()


def _unaccounted(period: Period, now: datetime) -> Select[Call]:
    return (
        select(Call)
        .outerjoin(CallSummary, CallSummary.call_id == Call.id)
        .where(
            Call.began_at >= period.begins_at,
            Call.began_at < period.ends_at,
            Call.result == CallResult.ANSWERED,
            Call.ended_at < now - OUTCOME_TIME,
            _is_unsaid(),
            ~select(Ticket.id).where(Ticket.call_id == Call.id).exists(),
        )
    )


def _is_unsaid() -> ColumnElement[bool]:
    """新单 says that there is a ticket: without one it says nothing."""
    return CallSummary.id.is_(None) | (CallSummary.outcome == CallOutcome.TICKET)
