"""我已派 and 自动派出: what has been sent, taken back with a reason, and what the system sent checked by a person."""

from dataclasses import replace
from typing import Annotated, Self

from aiohttp import web as http
from pydantic import Field

from staff.rules import Role
from tickets.actions import automatic
from tickets.actions.dispatching import recall_tickets
from tickets.model import AutomaticDispatch
from tickets.queries.sent import (
    AutomaticHead,
    Checking,
    Sending,
    SentPage,
    automatic_head,
    sent_automatically,
    sent_by,
)
from tickets.rules import Action
from tickets.settings import TicketOffice
from web.api import Api, Body, Count, Moment, Page, Query, Request, RowId, View
from web.list_exports import FILES, TICKET_CELLS, paged
from web.list_files import Columns, send_list
from web.piles import OneOutcome, outcomes
from web.sheets import Kind
from web.ticket_acts import ALSO
from web.ticket_rows import TicketNumber, TicketRow, UnitRef
from web.ticket_views import TicketView
from web.tickets import act, roles_for

api = Api()
DISPATCHERS = (Role.DISPATCHER, Role.SUPERVISOR)


class AutomaticView(View):
    """Why the system sent it; `is_right` is the word of whoever checked it, null until somebody has."""

    reason: str
    is_drawn: bool
    is_right: bool | None
    checked_by: str
    checked_at: Moment | None

    @classmethod
    def of(cls, sent: AutomaticDispatch) -> Self:
        return cls.model_validate(sent)


class SentRowView(View):
    """A ticket as it stands, and one dispatch of it; `end_action` says how the holding ended, empty while it lasts."""

    ticket: TicketRow
    to: UnitRef
    sent_at: Moment
    signed_at: Moment | None
    ended_at: Moment | None
    end_action: str
    automatic: AutomaticView | None

    @classmethod
    def of(cls, sending: Sending) -> Self:
        held, system = sending.holding, sending.automatic
        unit = system.unit if system is not None else held.unit
        return cls(
            ticket=TicketRow.of(sending.ticket),
            to=UnitRef(id=unit.id, name=unit.short_name),
            sent_at=held.dispatched_at,
            signed_at=held.signed_at,
            ended_at=held.ended_at,
            end_action=held.end_action,
            automatic=AutomaticView.of(system) if system is not None else None,
        )


def _page(found: SentPage) -> Page[SentRowView]:
    rows = [SentRowView.of(row) for row in found.rows]
    following = str(found.next) if found.next is not None else None
    return Page[SentRowView](rows=rows, next=following, count=Count(n=found.n, more=found.is_more))


class SentQuery(Query):
    """`after` is the cursor of the page before."""

    after: RowId | None = None
    limit: int = Field(25, ge=1, le=100)


class AutomaticQuery(SentQuery):
    """Those that wait for a person's word, those that have it, those found wrong; without it all of the last day."""

    checking: Checking | None = None


@api.get("/dispatch-list/sent", role=DISPATCHERS)
async def show_sent(request: Request, query: SentQuery) -> Page[SentRowView]:
    """我已派: one's own dispatches of today, the newest first."""
    page: Page[SentRowView] = await request.read(
        sent_by, by=request.actor, now=request.now, after=query.after, limit=query.limit, view=_page
    )
    return page


@api.get("/dispatch-list/automatic", role=DISPATCHERS)
async def show_automatic(request: Request, query: AutomaticQuery) -> Page[SentRowView]:
    """自动派出: what the system sent in the last 24 hours, the newest first."""
    page: Page[SentRowView] = await request.read(
        sent_automatically,
        by=request.actor,
        now=request.now,
        checking=query.checking,
        after=query.after,
        limit=query.limit,
        view=_page,
    )
    return page


SENT: Columns[SentRowView] = Columns(
    "sent",
    "已派工单",
    TICKET_CELLS
    | {
        "派往单位": lambda row: row.to.name,
        "派出时间": lambda row: row.sent_at,
        "签收时间": lambda row: row.signed_at,
        "自动派出依据": lambda row: row.automatic.reason if row.automatic else "",
        "抽检": lambda row: row.automatic.is_right if row.automatic else None,
    },
)


AUTOMATIC = replace(SENT, name="automatic", title="自动派出")


class SentFile(SentQuery):
    kind: Kind = Kind.CSV


@api.get("/dispatch-list/sent/export", role=DISPATCHERS, also=(409,), files=FILES)
async def export_sent(request: Request, query: SentFile) -> http.StreamResponse:
    """Send one's own dispatches of today as a file."""
    return await send_list(request, SENT, query.kind, paged(show_sent, request, query))


class AutomaticFile(AutomaticQuery):
    kind: Kind = Kind.CSV


@api.get("/dispatch-list/automatic/export", role=DISPATCHERS, also=(409,), files=FILES)
async def export_automatic(request: Request, query: AutomaticFile) -> http.StreamResponse:
    """Send what the system sent in the last 24 hours as a file."""
    return await send_list(request, AUTOMATIC, query.kind, paged(show_automatic, request, query))


class AutomaticHeadView(View):
    """What the system sent in the last day, and how many drawn ones wait for a word."""

    sent: int
    owed: int

    @classmethod
    def of(cls, head: AutomaticHead) -> Self:
        return cls.model_validate(head)


@api.get("/dispatch-list/automatic/head", role=DISPATCHERS)
async def show_automatic_head(request: Request) -> AutomaticHeadView:
    """Count what the tab 自动派出 holds."""
    head: AutomaticHeadView = await request.read(automatic_head, now=request.now, view=AutomaticHeadView.of)
    return head


class Recall(Body):
    """撤回 of several; a reason is needed once the units have been told, ten seconds after sending."""

    numbers: Annotated[list[TicketNumber], Field(min_length=1, max_length=100)]
    reason: str = Field("", max_length=1000)


@api.post("/dispatch-list/recall", role=roles_for(Action.RECALL))
async def recall(request: Request, body: Recall) -> list[OneOutcome]:
    """Take a pile back onto the list; what was signed meanwhile is named and does not keep the others back."""
    done: list[OneOutcome] = await request.write(
        recall_tickets,
        body.numbers,
        by=request.actor,
        office=request.service(TicketOffice),
        now=request.now,
        reason=body.reason,
        view=outcomes,
    )
    return done


class Check(Body):
    """对 or 错."""

    is_right: bool


@api.post("/tickets/{number}/check", role=DISPATCHERS, also=ALSO)
async def check(request: Request, number: TicketNumber, body: Check) -> TicketView:
    """Say whether a drawn automatic dispatch was right; one's own word may be corrected."""
    return await act(request, automatic.check_dispatch, number, is_right=body.is_right)
