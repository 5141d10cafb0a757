"""督办: which tickets should be supervised and why, and the papers issued, with their receipts."""

from collections.abc import Sequence
from typing import Any, Self

from aiohttp import web as http
from pydantic import Field
from sqlalchemy.orm import Session

from core.masking import plain_number
from staff.rules import Actor, Role
from tickets.kinds import OversightKind, OversightTrigger
from tickets.model import Oversight
from tickets.queries.oversight import OversightHead, clues, is_late, oversight_head, papers, triggers_of
from tickets.queries.paging import Listed
from web.api import Api, Count, Page, Query, Request, RowId, View
from web.list_exports import FILES, TICKET_CELLS, paged
from web.list_files import Columns, send_list
from web.masked_views import title_of
from web.sharing_views import PaperView
from web.sheets import Kind
from web.ticket_rows import TicketRow

api = Api()
READERS = (Role.ESCALATION, Role.SUPERVISOR, Role.SHIFT_LEADER, Role.INSPECTOR)


class ClueView(View):
    """A ticket that should be supervised, and why."""

    ticket: TicketRow
    triggers: list[OversightTrigger]


class CluesQuery(Query):
    """One trigger at a time."""

    trigger: OversightTrigger | None = None
    after: str | None = Field(None, max_length=80)
    limit: int = Field(25, ge=1, le=100)


class OversightHeadView(View):
    """Clues by trigger; papers without a receipt, and how many of these are past the moment they ask an answer for."""

    clues: dict[OversightTrigger, int]
    without_receipt: int
    late: int

    @classmethod
    def of(cls, head: OversightHead) -> Self:
        return cls.model_validate(head)


class PaperRow(View):
    """A paper with the ticket that it is about."""

    number: str
    title: str
    paper: PaperView
    is_late: bool


class PapersQuery(Query):
    """Newest first; each filter narrows."""

    kind_of: OversightKind | None = None
    unit_id: RowId | None = None
    is_waiting: bool = False
    search: str = Field("", max_length=40)
    after: RowId | None = None
    limit: int = Field(25, ge=1, le=100)


class PaperList(View):
    """A page of papers."""

    rows: list[PaperRow]
    next: int | None


@api.get("/oversight/head", role=READERS)
async def show_head(request: Request) -> OversightHeadView:
    """Count the clues of each trigger, and papers that wait for a receipt."""
    head: OversightHeadView = await request.read(
        oversight_head, by=request.actor, now=request.now, view=OversightHeadView.of
    )
    return head


@api.get("/oversight/clues", role=READERS)
async def show_clues(request: Request, query: CluesQuery) -> Page[ClueView]:
    """List tickets that a rule says should be supervised and that are not, what is due first comes first."""

    def view(listed: Listed) -> Page[ClueView]:
        rows = [
            ClueView(ticket=TicketRow.of(ticket), triggers=triggers_of(ticket, request.now))
            for ticket in listed.tickets
        ]
        return Page[ClueView](rows=rows, next=listed.next, count=Count(n=listed.n, more=listed.is_more))

    page: Page[ClueView] = await request.read(
        clues, by=request.actor, now=request.now, **query.model_dump(include={"trigger", "after", "limit"}), view=view
    )
    return page


@api.get("/oversight/papers", role=READERS)
async def show_papers(request: Request, query: PapersQuery) -> PaperList:
    """List the papers issued."""
    return await request.read(_papers, query, by=request.actor, request=request)


def _papers(session: Session, query: PapersQuery, *, by: Actor, request: Request) -> PaperList:
    found: Sequence[Oversight] = papers(
        session,
        by=by,
        kind=query.kind_of,
        unit_id=query.unit_id,
        digits=plain_number(query.search),
        is_waiting=query.is_waiting,
        before=query.after,
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    rows = [
        PaperRow(
            number=paper.ticket.number,
            title=title_of(paper.ticket),
            paper=PaperView.of(paper),
            is_late=is_late(paper, request.now),
        )
        for paper in shown
    ]
    return PaperList(rows=rows, next=shown[-1].id if len(found) > query.limit else None)


class CluesFile(CluesQuery):
    kind: Kind = Kind.CSV


CLUES: Columns[ClueView] = Columns(
    "clues",
    "督办线索",
    {"督办事由": lambda row: "、".join(trigger.name_zh for trigger in row.triggers), **TICKET_CELLS},
)


@api.get("/oversight/clues/export", role=READERS, also=(409,), files=FILES)
async def export_clues(request: Request, query: CluesFile) -> http.StreamResponse:
    """Send the clues as a file."""
    return await send_list(request, CLUES, query.kind, paged(show_clues, request, query))


class PapersFile(PapersQuery):
    kind: Kind = Kind.CSV


_OF_PAPER: dict[str, Any] = {
    "文号": lambda paper: paper.number,
    "文种": lambda paper: paper.kind,
    "督办事由": lambda paper: paper.trigger,
    "承办单位": lambda paper: paper.unit,
    "发出时间": lambda paper: paper.issued_at,
    "发出人": lambda paper: paper.issued_by,
    "批示人": lambda paper: paper.leader,
    "内容": lambda paper: paper.text,
    "要求反馈": lambda paper: paper.answer_by,
    "签收时间": lambda paper: paper.received_at,
    "签收人": lambda paper: paper.received_by,
    "反馈": lambda paper: paper.answer,
}


def _of_paper(cell: Any) -> Any:
    return lambda row: cell(row.paper)


PAPERS: Columns[PaperRow] = Columns(
    "papers",
    "督办件",
    {"工单编号": lambda row: row.number, "标题": lambda row: row.title}
    | {heading: _of_paper(cell) for heading, cell in _OF_PAPER.items()},
)


@api.get("/oversight/papers/export", role=READERS, also=(409,), files=FILES)
async def export_papers(request: Request, query: PapersFile) -> http.StreamResponse:
    """Send the papers as a file."""
    return await send_list(request, PAPERS, query.kind, paged(show_papers, request, query))
