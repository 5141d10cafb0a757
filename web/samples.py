"""抽样复核: whom to ask again, what was found, and how far it agrees with the ratings."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.masking import mask_text
from evaluation.reviews.actions import Found, record_review
from evaluation.reviews.model import Review, SampleDraw
from evaluation.reviews.queries import agreement, draws_of, reviews_of_draw
from evaluation.reviews.rules import SAMPLE_MOST, SEED_LONGEST, Agreement
from evaluation.rules import Level
from indicators.coverage.sampling import Drawn, Sample, announce_sample, announced_sample
from indicators.periods import shanghai_day
from staff.rules import Actor
from tickets.model import Ticket
from web.api import Api, Body, Moment, Request, View
from web.coverage import FLAG_READERS, JUDGES, READERS, shown_tickets
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

    @classmethod
    def of(cls, counted: Agreement) -> Self:
        low, high = counted.interval or (None, None)
        return cls(
            reached=counted.reached,
            agreed=counted.agreed,
            same=counted.same,
            unreached=counted.unreached,
            rate=counted.rate,
            low=low,
            high=high,
        )


class SampleView(View):
    """`fingerprint` is the SHA-256 of the list it was drawn from.  Nothing is shown of an unannounced draw."""

    is_announced: bool
    population: int
    fingerprint: str
    rows: list[SampleRow]
    agreement: AgreementView
    next: None = None

    @classmethod
    def of(cls, found: Sample | None, session: Session, by: Actor) -> Self:
        if found is None:
            nobody = AgreementView.of(agreement(()))
            return cls(is_announced=False, population=0, fingerprint="", rows=[], agreement=nobody)
        seen = shown_tickets(session, [row.ticket.number for row in found.rows], by=by)
        return cls(
            is_announced=True,
            population=found.population,
            fingerprint=found.fingerprint,
            rows=[SampleRow.of(row, seen.get(row.ticket.number)) for row in found.rows],
            agreement=AgreementView.of(found.agreement),
        )


class DrawBody(Body):
    """A lot, before anything is drawn."""

    seed: Seed
    n: Annotated[int, Field(ge=1, le=SAMPLE_MOST)] = 20


class DrawView(View):
    """An announced draw, and how far asking again agreed with the ratings; None: not one was reached."""

    seed: str
    first: date
    last: date
    n: int
    population: int
    fingerprint: str
    drawn_at: Moment
    drawn_by: str
    agreement: AgreementView

    @classmethod
    def of(cls, drawn: SampleDraw, session: Session) -> Self:
        return cls(
            seed=drawn.seed,
            first=drawn.first,
            last=drawn.last,
            n=drawn.n,
            population=drawn.population,
            fingerprint=drawn.fingerprint,
            drawn_at=drawn.drawn_at,
            drawn_by=drawn.drawn_by,
            agreement=AgreementView.of(agreement(reviews_of_draw(session, drawn))),
        )


class DrawList(View):
    """Newest first; `agreement` is over all of them."""

    rows: list[DrawView]
    agreement: AgreementView


class ReviewBody(Body):
    """What the citizen says now; `level` null: nobody was reached."""

    number: TicketNumber
    seed: Seed
    level: Annotated[int, Field(ge=1, le=5)] | None
    note: str = Field("", max_length=200)


@api.get("/coverage/sample", role=READERS)
async def show_sample(request: Request, query: SampleQuery) -> SampleView:
    """What was drawn, with what has been found so far; nothing before the draw was announced."""
    period = query.period(shanghai_day(request.now))

    def view(session: Session) -> SampleView:
        return SampleView.of(announced_sample(session, period, seed=query.seed), session, request.actor)

    return await request.read(view)


@api.get("/coverage/draws", role=FLAG_READERS)
async def list_draws(request: Request, query: PeriodQuery) -> DrawList:
    """Every draw that touches these days, with its agreement: whoever draws until it suits leaves them standing."""
    period = query.period(shanghai_day(request.now))

    def view(session: Session) -> DrawList:
        draws = draws_of(session, period.first, period.last)
        reviews = [review for drawn in draws for review in reviews_of_draw(session, drawn)]
        return DrawList(
            rows=[DrawView.of(one, session) for one in draws], agreement=AgreementView.of(agreement(reviews))
        )

    return await request.read(view)


@api.post("/coverage/draws", role=JUDGES, also=(409,))
async def announce(request: Request, query: PeriodQuery, body: DrawBody) -> DrawView:
    """Say in the ledger what is drawn, before its rows are shown; the same lot again is the first."""
    period = query.period(shanghai_day(request.now))

    def keep(session: Session) -> DrawView:
        drawn = announce_sample(session, period, seed=body.seed, n=body.n, by=request.actor, now=request.now)
        return DrawView.of(drawn, session)

    return await request.write(keep)


@api.post("/coverage/reviews", role=JUDGES, also=(404, 409))
async def review(request: Request, body: ReviewBody) -> ReviewView:
    """Keep what was found beside the rating and in the ledger; no figure changes."""
    found = Found(None if body.level is None else Level(body.level), body.note)
    reviewed: ReviewView = await request.write(
        record_review, body.number, found, seed=body.seed, by=request.actor, now=request.now, view=ReviewView.of
    )
    return reviewed
