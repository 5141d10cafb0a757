"""待我裁定: what waits for a supervisor's word, with how many of each, and as a file."""

from datetime import date
from typing import Self

from aiohttp import web as http
from pydantic import Field

from core.masking import mask_text
from staff.rules import Role
from tickets.kinds import Secrecy, TerminationReason
from tickets.model import Ticket, TicketRequest
from tickets.queries.decisions import DecisionKind, ToDecide, decision_counts, decision_list
from tickets.settings import TicketOffice
from web.api import Api, Count, Moment, Page, Request, View
from web.cutting import words_sought
from web.list_exports import FILES, TICKET_CELLS, paged
from web.list_files import Columns, send_list
from web.sheets import Kind
from web.ticket_filters import TicketFilters
from web.ticket_rows import TicketRow

api = Api()


class WaitingRequest(View):
    """What a unit asks for, and until when; no reason of a sealed ticket, whose page says it."""

    unit: str
    asked_at: Moment
    asked_by: str
    reason: str
    until_on: date | None
    review_on: date | None
    termination_reason: TerminationReason | None

    @classmethod
    def of(cls, asked: TicketRequest | None, ticket: Ticket) -> Self | None:
        if asked is None:
            return None
        return cls(
            unit=asked.unit.short_name,
            asked_at=asked.asked_at,
            asked_by=asked.asked_by,
            reason="" if ticket.secrecy is Secrecy.SEALED else mask_text(asked.reason),
            until_on=asked.until_on,
            review_on=asked.review_on,
            termination_reason=asked.termination_reason,
        )


class DecisionRow(View):
    """A ticket that waits; nothing is asked where units could not agree whose it is."""

    ticket: TicketRow
    asked: WaitingRequest | None


class DecisionsHead(View):
    """How many of each wait, to 1,000."""

    counts: dict[DecisionKind, int]


class DecisionsQuery(TicketFilters):
    """Which of them; and what is looked for among these."""

    decision: DecisionKind = DecisionKind.EXTENSION
    after: str | None = Field(None, max_length=80)
    limit: int = Field(25, ge=1, le=100)


@api.get("/decisions/head", role=Role.SUPERVISOR)
async def show_head(request: Request) -> DecisionsHead:
    """Count what waits for a decision."""

    def view(counts: dict[DecisionKind, int]) -> DecisionsHead:
        return DecisionsHead(counts=counts)

    head: DecisionsHead = await request.read(decision_counts, by=request.actor, view=view)
    return head


@api.get("/decisions", role=Role.SUPERVISOR)
async def show_decisions(request: Request, query: DecisionsQuery) -> Page[DecisionRow]:
    """List what waits for a decision, where the unit's time ends first comes first."""
    page: Page[DecisionRow] = await request.read(
        decision_list,
        query.decision,
        by=request.actor,
        now=request.now,
        filters=query.narrowed_to(await words_sought(request, query.q)),
        phone_key=request.service(TicketOffice).phone_key,
        after=query.after,
        limit=query.limit,
        view=_rows,
    )
    return page


def _rows(found: ToDecide) -> Page[DecisionRow]:
    rows = [
        DecisionRow(ticket=TicketRow.of(ticket), asked=WaitingRequest.of(found.requests.get(ticket.id), ticket))
        for ticket in found.listed.tickets
    ]
    count = Count(n=found.listed.n, more=found.listed.is_more)
    return Page[DecisionRow](rows=rows, next=found.listed.next, count=count)


class DecisionsFile(DecisionsQuery):
    kind: Kind = Kind.CSV


DECISIONS: Columns[DecisionRow] = Columns(
    "decisions",
    "待我裁定",
    TICKET_CELLS
    | {
        "申请单位": lambda row: row.asked.unit if row.asked else "",
        "申请时间": lambda row: row.asked.asked_at if row.asked else None,
        "申请人": lambda row: row.asked.asked_by if row.asked else "",
        "申请理由": lambda row: row.asked.reason if row.asked else "",
        "延期至": lambda row: row.asked.until_on if row.asked else None,
        "复查日": lambda row: row.asked.review_on if row.asked else None,
        "终止原因": lambda row: row.asked.termination_reason if row.asked else None,
    },
)


@api.get("/decisions/export", role=Role.SUPERVISOR, also=(409,), files=FILES)
async def export_decisions(request: Request, query: DecisionsFile) -> http.StreamResponse:
    """Send what waits for a decision as a file."""
    return await send_list(request, DECISIONS, query.kind, paged(show_decisions, request, query))
