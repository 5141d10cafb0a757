"""Keeping what somebody said who was asked again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Invalid
from evaluation.ledger import append_entry
from evaluation.model import Rating
from evaluation.reviews.errors import AlreadyReviewed, NotRated, ReviewerTookPart
from evaluation.reviews.model import Review
from evaluation.reviews.queries import counting_rating, review_of, took_part
from evaluation.reviews.rules import SEED_LONGEST, agrees
from evaluation.rules import LedgerKind, Level
from staff.rules import Actor
from tickets.actions.writing import locked_ticket


@dataclass(frozen=True)
class Found:
    """What the citizen says now; `level` None: nobody was reached."""

    level: Level | None
    note: str = ""


def record_review(session: Session, number: str, found: Found, *, seed: str, by: Actor, now: datetime) -> Review:
    """Keep it beside the rating and in the ledger; neither the rating nor any figure changes.

    A try that reached nobody may be followed by one that did.
    Raises Invalid, TicketNotFound, NotRated, ReviewerTookPart, AlreadyReviewed.
    """
    if not 0 < len(seed) <= SEED_LONGEST:
        raise Invalid([(("body", "seed"), "seed_malformed", f"种子须为 1 至 {SEED_LONGEST} 个字")])
    ticket = locked_ticket(session, number, by)
    rating = counting_rating(session, ticket.id)
    if rating is None:
        raise NotRated(ticket=number)
    if by.person_id is not None and took_part(session, rating, by.person_id):
        raise ReviewerTookPart(ticket=number)
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
