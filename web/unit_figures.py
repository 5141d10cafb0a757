"""我的数据: a unit's own scores, every row behind them, and its objections."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Self

from aiohttp import web as http
from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.verdict import wilson
from indicators.model import ObjectionState, ScoreObjection
from indicators.objections import object_to
from indicators.periods import shanghai_day
from indicators.tree import Branch, branches
from indicators.unit_scores import (
    NO_SCORES,
    SCORES,
    Score,
    ScoreCounts,
    ScoreParts,
    ScoreRow,
    score_named,
    score_rows,
    scores_of_units,
)
from staff.model import Unit
from staff.queries import has_below, reach_of, unit_by_id
from staff.rules import Actor, Role, is_within
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
    """Whose: an officer's own unit or one below it, whatever is asked; alone, or with all below it."""

    unit_id: RowId | None = None
    with_below: bool = False

    def unit_of(self, session: Session, actor: Actor) -> Unit:
        """Raises UnitNotFound."""
        own_id = actor.unit_id or 0
        if self.unit_id is None:
            return unit_by_id(session, own_id)
        asked = unit_by_id(session, self.unit_id)
        if actor.may_act_as((Role.SUPERVISOR, Role.INSPECTOR)):
            return asked
        own = unit_by_id(session, own_id)
        return asked if is_within(asked.path, own.path) else own

    def units(self, session: Session, actor: Actor) -> Sequence[Unit]:
        """The unit first.  Raises UnitNotFound."""
        return reach_of(session, self.unit_of(session, actor), with_below=self.with_below)


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


class ScorePart(View):
    """What a line adds to one score."""

    n: int
    counted: int


class ScoreLine(View):
    """The unit itself (`is_own`) or one right below it with all below that; by name of the score, all lines add up."""

    unit_id: int
    unit_name: str
    is_own: bool
    has_below: bool
    parts: dict[str, ScorePart]

    @classmethod
    def of(cls, branch: Branch[ScoreParts]) -> Self:
        return cls(
            unit_id=branch.unit.id,
            unit_name=branch.unit.name,
            is_own=branch.is_own,
            has_below=branch.has_below,
            parts={name: ScorePart(n=one.n, counted=one.counted) for name, one in branch.part.by_name.items()},
        )


class UnitFiguresView(View):
    """Every score of a unit in one period; `lines` when it is shown with all below it."""

    unit_id: int
    unit_name: str
    has_below: bool
    lines: list[ScoreLine]
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
    """One row behind a score: the unit that leads, the ticket, when it counted, its limit, and the objection to it.

    Of a rating the unit learns whether it was satisfied, not its level nor its words.
    """

    row_id: int
    unit_id: int
    unit_name: str
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
            unit_id=row.unit.id,
            unit_name=row.unit.short_name,
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
        units = query.units(session, request.actor)
        found = scores_of_units(session, [unit.id for unit in units], period, now=request.now)
        total = sum(found.values(), NO_SCORES)
        unit = units[0]
        lines = branches(units, found, top=unit) if query.with_below else []
        return UnitFiguresView(
            unit_id=unit.id,
            unit_name=unit.name,
            has_below=len(units) > 1 or has_below(session, unit),
            lines=[ScoreLine.of(line) for line in lines],
            first=period.first,
            last=period.last,
            scores=[ScoreView.of(score, total.by_name[name]) for name, score in SCORES.items()],
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
    period = query.period(shanghai_day(request.now))

    def view(session: Session) -> list[ScoreRowView]:
        rows = score_rows(
            session,
            name,
            [unit.id for unit in query.units(session, request.actor)],
            period,
            by=request.actor,
            now=request.now,
            is_counted=is_counted,
            after=after,
            limit=limit,
        )
        return [ScoreRowView.of(row) for row in rows]

    return await request.read(view)


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
            "主办单位": lambda row: row.unit_name,
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
        text=body.text,
        by=request.actor,
        now=request.now,
        view=ObjectionView.of,
    )
    return made
