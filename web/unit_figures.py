"""我的数据: a unit's own scores, every row behind them, and its objections."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Self

from aiohttp import web as http
from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.verdict import wilson
from indicators.model import ObjectionState, ScoreObjection
from indicators.objections import object_to
from indicators.periods import shanghai_day
from indicators.unit_scores import SCORES, Score, ScoreCounts, ScoreRow, score_counts, score_named, score_rows
from staff.queries import unit_by_id
from staff.rules import Actor, Role
from tickets.kinds import TicketType
from web.api import Api, Body, Moment, Request, RowId, View
from web.indicators import CardView, PeriodQuery
from web.list_files import BATCH, Batch, Columns, send_list
from web.masked_views import title_of
from web.sheets import CONTENT_TYPES, Kind

api = Api()
READERS = (Role.UNIT_OFFICER, Role.SUPERVISOR, Role.INSPECTOR)
PAGE_ROWS = 50


class FiguresQuery(PeriodQuery):
    """Whose; an officer's own unit, whatever is asked."""

    unit_id: RowId | None = None

    def unit_of(self, actor: Actor) -> int:
        asks_for_other = self.unit_id is not None and actor.may_act_as((Role.SUPERVISOR, Role.INSPECTOR))
        return (self.unit_id if asks_for_other else actor.unit_id) or 0


class ScoreRowsQuery(FiguresQuery):
    """`counted`: only what stands in the numerator, or only what does not."""

    counted: bool | None = None
    after: RowId | None = None


class ScoreExportQuery(FiguresQuery):
    kind: Kind = Kind.XLSX


class ScoreView(View):
    """A score with n; rate and interval are null without rows.  `is_good`: counted rows speak for the unit.

    The parts without upheld objections stand beside the figure and never replace it.
    """

    card: CardView
    is_good: bool
    n: int
    counted: int
    rate: float | None
    low: float | None
    high: float | None
    objected: int
    upheld: int
    n_without_upheld: int
    counted_without_upheld: int

    @classmethod
    def of(cls, score: Score, counts: ScoreCounts) -> Self:
        low, high = wilson(counts.counted, counts.n) if counts.n else (None, None)
        return cls(
            card=CardView.of(score.card),
            is_good=score.is_good,
            n=counts.n,
            counted=counts.counted,
            rate=counts.counted / counts.n if counts.n else None,
            low=low,
            high=high,
            objected=counts.objected,
            upheld=counts.upheld,
            n_without_upheld=counts.n_without_upheld,
            counted_without_upheld=counts.counted_without_upheld,
        )


class UnitFiguresView(View):
    """Every score of a unit in one period."""

    unit_id: int
    unit_name: str
    first: date
    last: date
    scores: list[ScoreView]


class ObjectionView(View):
    """What the unit says of a row, and what it was answered."""

    id: int
    state: ObjectionState
    text: str
    made_at: Moment
    made_by: str
    answer: str
    answered_at: Moment | None
    answered_by: str

    @classmethod
    def of(cls, objection: ScoreObjection) -> Self:
        return cls.model_validate(objection)


class ScoreRowView(View):
    """One row behind a score: the ticket, when it counted, its limit, and the objection to it.

    Of a rating the unit learns whether it was satisfied, not its level nor its words.
    """

    row_id: int
    number: str
    title: str
    type: TicketType
    at: Moment | None
    due_at: Moment | None
    is_counted: bool
    objection: ObjectionView | None

    @classmethod
    def of(cls, row: ScoreRow) -> Self:
        return cls(
            row_id=row.row_id,
            number=row.ticket.number,
            title=title_of(row.ticket),
            type=row.ticket.type,
            at=row.at,
            due_at=row.due_at,
            is_counted=row.is_counted,
            objection=ObjectionView.of(row.objection) if row.objection else None,
        )


class ScoreRowsView(View):
    rows: list[ScoreRowView]
    next: int | None


@api.get("/unit/figures", role=READERS, also=(404,))
async def show_figures(request: Request, query: FiguresQuery) -> UnitFiguresView:
    """Show every score of the unit in one period; without days the present statistical month."""
    period = query.period(shanghai_day(request.now))

    def view(session: Session) -> UnitFiguresView:
        unit = unit_by_id(session, query.unit_of(request.actor))
        count = partial(score_counts, session, unit_id=unit.id, period=period, now=request.now)
        scores = [ScoreView.of(score, count(name)) for name, score in SCORES.items()]
        return UnitFiguresView(
            unit_id=unit.id, unit_name=unit.name, first=period.first, last=period.last, scores=scores
        )

    return await request.read(view)


@api.get("/unit/figures/{name}/rows", role=READERS, also=(404,))
async def show_rows(request: Request, name: str, query: ScoreRowsQuery) -> ScoreRowsView:
    """Every row behind one score, newest first."""
    rows = await _rows(request, name, query, is_counted=query.counted, after=query.after, limit=PAGE_ROWS)
    return ScoreRowsView(rows=rows, next=rows[-1].row_id if len(rows) == PAGE_ROWS else None)


async def _rows(
    request: Request, name: str, query: FiguresQuery, *, is_counted: bool | None, after: int | None, limit: int
) -> list[ScoreRowView]:
    def view(rows: Sequence[ScoreRow]) -> list[ScoreRowView]:
        return [ScoreRowView.of(row) for row in rows]

    period = query.period(shanghai_day(request.now))
    shown: list[ScoreRowView] = await request.read(
        score_rows,
        name,
        query.unit_of(request.actor),
        period,
        by=request.actor,
        now=request.now,
        is_counted=is_counted,
        after=after,
        limit=limit,
        view=view,
    )
    return shown


@api.get("/unit/figures/{name}/export", role=READERS, also=(404,), files=CONTENT_TYPES.values())
async def export_rows(request: Request, name: str, query: ScoreExportQuery) -> http.StreamResponse:
    """Every row behind one score as a file; who took how many stands in the audit log."""
    score = score_named(name)

    async def fetch(after: int | None) -> Batch[ScoreRowView]:
        rows = await _rows(request, name, query, is_counted=None, after=after, limit=BATCH)
        return Batch(rows, rows[-1].row_id if len(rows) == BATCH else None)

    return await send_list(request, _columns(score), query.kind, fetch)


def _columns(score: Score) -> Columns[ScoreRowView]:
    def said(name: str) -> Callable[[ScoreRowView], Any]:
        return lambda row: getattr(row.objection, name, "")

    return Columns(
        score.card.name,
        f"我的数据：{score.card.title}",
        {
            "指标": lambda _row: score.card.title,
            "工单编号": lambda row: row.number,
            "标题": lambda row: row.title,
            "类型": lambda row: row.type,
            "时限": lambda row: row.due_at,
            "时间": lambda row: row.at,
            "计入分子": lambda row: row.is_counted,
            "异议": said("state"),
            "异议理由": said("text"),
            "答复": said("answer"),
        },
    )


class ObjectBody(Body):
    """Why the row should not count."""

    row_id: RowId
    text: str = Field(max_length=1000)


@api.post("/unit/figures/{name}/objections", role=Role.UNIT_OFFICER, status=201, idempotent=True, also=(404, 409))
async def object_(request: Request, name: str, query: FiguresQuery, body: ObjectBody) -> ObjectionView:
    """有异议: object to a row of the period; a supervisor answers."""
    period = query.period(shanghai_day(request.now))
    made: ObjectionView = await request.write(
        object_to,
        name,
        body.row_id,
        period,
        text=body.text.strip(),
        by=request.actor,
        now=request.now,
        view=ObjectionView.of,
    )
    return made
