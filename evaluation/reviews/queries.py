"""Everything that is read about reviews."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from evaluation.model import CallbackAttempt, Invitation, Rating
from evaluation.reviews.model import Review, SampleDraw
from evaluation.reviews.rules import Agreement
from evaluation.rules import Subject
from tickets.model import HistoryLine, Ticket


def counting_rating(session: Session, ticket_id: int) -> Rating | None:
    """The rating of the handling that counts: of the last answer that was rated, the last correction."""
    query = (
        select(Rating)
        .join(Invitation, Invitation.id == Rating.invitation_id)
        .where(Rating.ticket_id == ticket_id, Rating.is_current, Rating.subject == Subject.HANDLING)
    )
    return session.scalar(query.order_by(Invitation.rework_no.desc()).limit(1))


def review_of(session: Session, ticket_id: int, seed: str) -> Review | None:
    return session.scalar(select(Review).filter_by(ticket_id=ticket_id, seed=seed))


def draw_of(session: Session, seed: str, first: date, last: date) -> SampleDraw | None:
    """As it was announced."""
    return session.scalar(select(SampleDraw).filter_by(seed=seed, first=first, last=last))


def is_drawn(session: Session, seed: str, number: str) -> bool:
    """Whether a ticket is in any announced draw of this seed."""
    return any(number in drawn for drawn in session.scalars(select(SampleDraw.numbers).filter_by(seed=seed)))


def draws_of(session: Session, first: date, last: date, *, limit: int = 200) -> Sequence[SampleDraw]:
    """Every draw that touches these days, newest first: whoever draws until it suits leaves the others standing."""
    touching = select(SampleDraw).where(SampleDraw.first <= last, SampleDraw.last >= first)
    return session.scalars(touching.order_by(SampleDraw.id.desc()).limit(limit)).all()


def reviews_of_draw(session: Session, drawn: SampleDraw) -> Sequence[Review]:
    """Of the drawn tickets only."""
    of_seed = select(Review).join(Ticket, Ticket.id == Review.ticket_id).where(Review.seed == drawn.seed)
    return session.scalars(of_seed.where(Ticket.number.in_(drawn.numbers))).all()


def took_part(session: Session, rating: Rating, person_id: int) -> bool:
    """Whether this person asked for the rating on the phone, or stands in the ticket's history."""
    called = exists().where(CallbackAttempt.invitation_id == rating.invitation_id, CallbackAttempt.by_id == person_id)
    acted = exists().where(HistoryLine.ticket_id == rating.ticket_id, HistoryLine.actor_id == person_id)
    return bool(session.scalar(select(or_(called, acted))))


def reviews_of(session: Session, ticket_ids: Sequence[int], seed: str) -> dict[int, Review]:
    """By ticket."""
    found = session.scalars(select(Review).where(Review.seed == seed, Review.ticket_id.in_(ticket_ids)))
    return {review.ticket_id: review for review in found}


def agreement(reviews: Iterable[Review]) -> Agreement:
    """Of those who were reached again."""
    all_of_them = list(reviews)
    reached = [review for review in all_of_them if review.found_level is not None]
    return Agreement(
        reached=len(reached),
        agreed=sum(bool(review.is_agreed) for review in reached),
        same=sum(review.found_level == review.level for review in reached),
        unreached=len(all_of_them) - len(reached),
    )
