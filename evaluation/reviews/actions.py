"""Keeping what somebody said who was asked again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Invalid
from evaluation.ledger import append_entry
from evaluation.model import Rating
from evaluation.reviews.errors import AlreadyDrawn, AlreadyReviewed, NotDrawn, NotRated, ReviewerTookPart
from evaluation.reviews.model import Review, SampleDraw
from evaluation.reviews.queries import counting_rating, draw_of, is_drawn, review_of, took_part
from evaluation.reviews.rules import SEED_LONGEST, Lot, agrees, draw, fingerprint
from evaluation.rules import LedgerKind, Level
from staff.rules import Actor
from tickets.actions.writing import locked_ticket


@dataclass(frozen=True)
class Found:
    """What the citizen says now; `level` None: nobody was reached."""

    level: Level | None
    note: str = ""


def announce_draw(session: Session, population: Sequence[str], lot: Lot, *, by: Actor, now: datetime) -> SampleDraw:
    """Draw, and say so in the ledger before anybody has seen a row: with which seed, how many, from which list.

    The same lot is drawn once; again, the first is returned.
    Raises Invalid, AlreadyDrawn.
    """
    _check_seed(lot.seed)
    known = draw_of(session, lot.seed, lot.first, lot.last)
    if known is not None:
        if known.n != lot.n:
            raise AlreadyDrawn(n=known.n)
        return known
    drawn = SampleDraw(
        **asdict(lot),
        population=len(population),
        fingerprint=fingerprint(population),
        numbers=draw(population, lot.seed, lot.n),
        drawn_at=now,
        drawn_by=by.label,
    )
    session.add(drawn)
    session.flush()
    body = {
        "draw": drawn.id,
        "seed": drawn.seed,
        "from": drawn.first.isoformat(),
        "to": drawn.last.isoformat(),
        "n": drawn.n,
        "population": drawn.population,
        "fingerprint": drawn.fingerprint,
        "by": by.person_id,
    }
    append_entry(session, LedgerKind.REVIEW, body, now=now)
    return drawn


def _check_seed(seed: str) -> None:
    if not 0 < len(seed) <= SEED_LONGEST:
        raise Invalid([(("body", "seed"), "seed_malformed", f"种子须为 1 至 {SEED_LONGEST} 个字")])


def record_review(session: Session, number: str, found: Found, *, seed: str, by: Actor, now: datetime) -> Review:
    """Keep it beside the rating and in the ledger; neither the rating nor any figure changes.

    A try that reached nobody may be followed by one that did.
    Raises Invalid, TicketNotFound, NotRated, NotDrawn, ReviewerTookPart, AlreadyReviewed.
    """
    _check_seed(seed)
    ticket = locked_ticket(session, number, by)
    rating = counting_rating(session, ticket.id)
    if rating is None:
        raise NotRated(ticket=number)
    if by.person_id is not None and took_part(session, rating, by.person_id):
        raise ReviewerTookPart(ticket=number)
    if not is_drawn(session, seed, number):
        raise NotDrawn(ticket=number)
    review = review_of(session, ticket.id, seed)
    if review is not None and review.found_level is not None:
        raise AlreadyReviewed(found=Level(review.found_level).name_zh)

    review = review or Review(seed=seed, ticket_id=ticket.id)
    _fill(review, found, rating, by=by, now=now)
    session.add(review)
    session.flush()
    body = {
        "review": review.id,
        "ticket": ticket.number,
        "seed": seed,
        "rating": rating.id,
        "level": rating.level,
        "found": review.found_level,
        "agreed": review.is_agreed,
        "by": by.person_id,
    }
    append_entry(session, LedgerKind.REVIEW, body, now=now)
    return review


def _fill(review: Review, found: Found, rating: Rating, *, by: Actor, now: datetime) -> None:
    review.rating_id, review.level = rating.id, rating.level
    review.found_level = None if found.level is None else int(found.level)
    review.is_agreed = None if found.level is None else agrees(rating.level, found.level)
    review.note, review.reviewed_at = found.note, now
    review.reviewed_by, review.reviewed_by_id = by.label, by.person_id
