"""剔除误评后: the answers without those whose appeal was upheld, and which those are."""

from collections.abc import Sequence
from typing import Self

from sqlalchemy.orm import Session

from evaluation.repairs.rules import Ground
from evaluation.rules import Channel
from evaluation.verdict import Answers
from indicators.answers import answers
from indicators.given import given
from indicators.periods import shanghai_day
from indicators.upheld import UpheldRow, upheld_rows, without_upheld
from web.api import Api, Moment, Request, RowId, View
from web.ledger import READERS
from web.satisfaction import SatisfactionQuery
from web.satisfaction_views import PAGE_ROWS, AnswersView

api = Api()


class UpheldView(View):
    """An answer whose appeal was upheld; it stands and counts in every other figure."""

    id: int
    ticket_number: str
    ticket_title: str
    unit_name: str | None
    repair_number: str
    ground: Ground
    ground_name: str
    reason: str
    decided_by: str
    decided_at: Moment
    level: int
    channel: Channel
    rated_at: Moment

    @classmethod
    def of(cls, row: UpheldRow) -> Self:
        return cls(**vars(row), ground_name=row.ground.name_zh)


class UpheldAnswers(View):
    """`headline` has all answers, `answers` those without the `left_out` ones: both values stand."""

    headline: AnswersView
    answers: AnswersView
    left_out: int
    rows: list[UpheldView]
    next: int | None

    @classmethod
    def of(cls, headline: Answers, left: Answers, rows: Sequence[UpheldRow]) -> Self:
        shown = [UpheldView.of(row) for row in rows]
        return cls(
            headline=AnswersView.of(headline),
            answers=AnswersView.of(left),
            left_out=headline.answered - left.answered,
            rows=shown,
            next=shown[-1].id if len(shown) == PAGE_ROWS else None,
        )


class UpheldQuery(SatisfactionQuery):
    after: RowId | None = None


@api.get("/satisfaction/upheld", role=READERS)
async def show_upheld(request: Request, query: UpheldQuery) -> UpheldAnswers:
    """The same answers without those that another body ruled to be mistaken, malicious or about another unit."""

    def view(session: Session) -> UpheldAnswers:
        wanted = query.slice(shanghai_day(request.now), query.units(session))
        headline = given(session, wanted) if wanted.has_answers_only else answers(session, wanted)
        left = without_upheld(session, wanted, headline)
        return UpheldAnswers.of(headline, left, upheld_rows(session, wanted, after=query.after, limit=PAGE_ROWS))

    return await request.read(view)
