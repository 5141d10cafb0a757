"""抽样复核: whom to ask again, what was found, and how far it agrees with the ratings."""

from typing import Annotated, Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.masking import mask_text
from evaluation.reviews.actions import Found, record_review
from evaluation.reviews.model import Review
from evaluation.reviews.rules import SAMPLE_MOST, SEED_LONGEST
from evaluation.rules import Level
from indicators.coverage.sampling import Drawn, Sample, sample
from indicators.periods import shanghai_day
from staff.rules import Actor
from tickets.model import Ticket
from web.api import Api, Body, Moment, Request, View
from web.coverage import JUDGES, READERS, shown_tickets
from web.indicators import PeriodQuery
from web.masked_views import title_of
from web.ticket_rows import TicketNumber

api = Api()
Seed = Annotated[str, Field(min_length=1, max_length=SEED_LONGEST)]


class SampleQuery(PeriodQuery):
    """A public seed and how many; the same tickets for whoever asks."""

    seed: Seed
    n: Annotated[int, Field(ge=1, le=SAMPLE_MOST)] = 20


class ReviewView(View):
    """What was found; `found_level` is None when nobody was reached."""

    found_level: int | None
    is_agreed: bool | None
    note: str
    reviewed_at: Moment
    reviewed_by: str

    @classmethod
    def of(cls, review: Review) -> Self:
        return cls(
            found_level=review.found_level,
            is_agreed=review.is_agreed,
            note=mask_text(review.note),
            reviewed_at=review.reviewed_at,
            reviewed_by=review.reviewed_by,
        )


class SampleRow(View):
    """A ticket of the sample; without number and title where it is kept from the reader."""

    number: str | None
    title: str
    unit_name: str
    level: int
    review: ReviewView | None

    @classmethod
    def of(cls, drawn: Drawn, shown: Ticket | None) -> Self:
        return cls(
            number=shown.number if shown else None,
            title=title_of(shown) if shown else "",
            unit_name=drawn.unit_name,
            level=drawn.level,
            review=ReviewView.of(drawn.review) if drawn.review else None,
        )


class AgreementView(View):
    """Shares are 0…1 and None while nobody was reached; `low` and `high` are the 95 % Wilson interval."""

    reached: int
    agreed: int
    same: int
    unreached: int
    rate: float | None
    low: float | None
    high: float | None


class SampleView(View):
    """`fingerprint` is the SHA-256 of the list it was drawn from."""

    population: int
    fingerprint: str
    rows: list[SampleRow]
    agreement: AgreementView
    next: None = None

    @classmethod
    def of(cls, found: Sample, session: Session, by: Actor) -> Self:
        seen = shown_tickets(session, [row.ticket.number for row in found.rows], by=by)
        counted = found.agreement
        low, high = counted.interval or (None, None)
        return cls(
            population=found.population,
            fingerprint=found.fingerprint,
            rows=[SampleRow.of(row, seen.get(row.ticket.number)) for row in found.rows],
            agreement=AgreementView(
                reached=counted.reached,
                agreed=counted.agreed,
                same=counted.same,
                unreached=counted.unreached,
                rate=counted.rate,
                low=low,
                high=high,
            ),
        )


class ReviewBody(Body):
    """What the citizen says now; `level` null: nobody was reached."""

    number: TicketNumber
    seed: Seed
    level: Annotated[int, Field(ge=1, le=5)] | None
    note: str = Field("", max_length=200)


@api.get("/coverage/sample", role=READERS)
async def show_sample(request: Request, query: SampleQuery) -> SampleView:
    """Draw it, with what has been found so far."""
    period = query.period(shanghai_day(request.now))

    def view(session: Session) -> SampleView:
        return SampleView.of(sample(session, period, seed=query.seed, n=query.n), session, request.actor)

    return await request.read(view)


@api.post("/coverage/reviews", role=JUDGES, also=(404, 409))
async def review(request: Request, body: ReviewBody) -> ReviewView:
    """Keep what was found beside the rating and in the ledger; no figure changes."""
    found = Found(None if body.level is None else Level(body.level), body.note)
    reviewed: ReviewView = await request.write(
        record_review, body.number, found, seed=body.seed, by=request.actor, now=request.now, view=ReviewView.of
    )
    return reviewed
