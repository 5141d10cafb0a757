"""抽样复核: the same tickets for everybody who types the same seed, and how far asking again agrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from evaluation.reviews.actions import announce_draw
from evaluation.reviews.model import Review, SampleDraw
from evaluation.reviews.queries import agreement, draw_of, reviews_of
from evaluation.reviews.rules import Agreement, Lot, draw, fingerprint
from indicators.periods import Period
from indicators.satisfaction import Slice, rated_tickets
from staff.model import Unit
from staff.rules import Actor
from tickets.model import Ticket


@dataclass(frozen=True)
class Drawn:
    """A ticket of the sample, its rating, and what was found when its citizen was asked again."""

    ticket: Ticket
    unit_name: str
    level: int
    review: Review | None


@dataclass(frozen=True)
class Sample:
    """What was drawn from how many; `fingerprint` is that of the list it was drawn from."""

    population: int
    fingerprint: str
    rows: Sequence[Drawn]

    @property
    def agreement(self) -> Agreement:
        """Over the drawn tickets only: whoever asks others again does not mend it."""
        return agreement(row.review for row in self.rows if row.review is not None)


def rated_numbers(session: Session, period: Period) -> list[str]:
    """The tickets that the headline's answers are made of: what a sample is drawn from."""
    tickets, rating = rated_tickets(Slice(period))
    found = tickets.with_only_columns(Ticket.number).where(rating.level.is_not(None)).order_by(Ticket.number)
    return list(session.scalars(found))


def announce_sample(session: Session, period: Period, *, seed: str, n: int, by: Actor, now: datetime) -> SampleDraw:
    """Draw `n` of the period's rated tickets, and say so in the ledger.  Raises Invalid, AlreadyDrawn."""
    return announce_draw(
        session, rated_numbers(session, period), Lot(seed, period.first, period.last, n), by=by, now=now
    )


def announced_sample(session: Session, period: Period, *, seed: str) -> Sample | None:
    """What an announced draw drew, whatever was rated since; None where none was announced."""
    drawn = draw_of(session, seed, period.first, period.last)
    if drawn is None:
        return None
    return Sample(drawn.population, drawn.fingerprint, _rows(session, period, drawn.numbers, seed))


def sample(session: Session, period: Period, *, seed: str, n: int) -> Sample:
    """What `n` of the period's rated tickets would be drawn now, in the order of the seed."""
    numbers = rated_numbers(session, period)
    drawn = draw(numbers, seed, n)
    return Sample(len(numbers), fingerprint(numbers), _rows(session, period, drawn, seed))


def _rows(session: Session, period: Period, drawn: Sequence[str], seed: str) -> list[Drawn]:
    tickets, rating = rated_tickets(Slice(period))
    found = tickets.outerjoin(Unit, Unit.id == rating.unit_id).where(Ticket.number.in_(drawn))
    rows = {
        ticket.number: (ticket, name or "", level)
        for ticket, name, level in session.execute(found.with_only_columns(Ticket, Unit.name, rating.level))
    }
    reviews = reviews_of(session, [ticket.id for ticket, _, _ in rows.values()], seed)
    return [Drawn(*rows[number], reviews.get(rows[number][0].id)) for number in drawn if number in rows]
