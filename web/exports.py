"""Any ticket list as a file: read and sent batch by batch, with the list's own filters and masks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime

from aiohttp import web as http
from sqlalchemy.orm import Session

from core.audit import record_view
from core.calendar import SHANGHAI
from staff.rules import Actor
from tickets.errors import ListTooLong
from tickets.queries.lists import Filters, count_tickets, list_tickets
from tickets.queries.paging import Listed
from tickets.settings import TicketOffice
from web.api import ANYONE, Api, Request
from web.cutting import words_sought
from web.sheets import CONTENT_TYPES, Cells, Kind, Sheet, XlsxSheet, open_sheet
from web.ticket_views import TicketRow
from web.tickets import ListQuery

api = Api()
BATCH = 500
HEADING = (
    "工单编号", "标题", "状态", "类型", "紧急程度", "地点", "诉求分类", "承办单位", "来电人", "电话", "催办次数",
    "登记时间", "答复时限", "单位时限",
)  # fmt: skip


class ExportQuery(ListQuery):
    """The list's own address, and as which kind of file it is wanted."""

    kind: Kind = Kind.CSV


@api.get("/tickets/export", role=ANYONE, also=(409,), files=CONTENT_TYPES.values())
async def export_tickets(request: Request, query: ExportQuery) -> http.StreamResponse:
    """Send the whole list as a file.

    Who exported how many stands in the audit log before the first row is sent.  `X-Row-Count` says how many rows come,
    `X-Expected-Bytes` about how long the file will be, so that a page can show how far it is.
    """
    filters = query.filters(request.actor, await words_sought(request, query.q))
    office = request.service(TicketOffice)
    total = await request.read(count_tickets, filters, by=request.actor, phone_key=office.phone_key, now=request.now)
    if query.kind is Kind.XLSX and total > XlsxSheet.MOST_ROWS:
        raise ListTooLong(n=total, most=XlsxSheet.MOST_ROWS)
    await request.write(log_export, by=request.actor, n=total, kind=query.kind, now=request.now)
    return await _sent(request, query, filters, total)


def log_export(session: Session, *, by: Actor, n: int, kind: Kind, now: datetime) -> None:
    record_view(
        session,
        actor_label=by.label,
        person_id=by.person_id,
        action="export_list",
        object_kind="ticket_list",
        object_id=f"{n} {kind.value}",
        purpose="导出工单列表",
        now=now,
    )


async def _sent(request: Request, query: ExportQuery, filters: Filters, total: int) -> http.StreamResponse:
    sheet, batches = open_sheet(query.kind), _batches(request, query, filters)
    with closing(sheet):
        return await _streamed(request, query, total, sheet, batches)


async def _streamed(
    request: Request, query: ExportQuery, total: int, sheet: Sheet, batches: AsyncIterator[list[Cells]]
) -> http.StreamResponse:
    begin = sheet.begin(HEADING)
    first: list[Cells] = await anext(batches, [])
    piece = await asyncio.to_thread(sheet.add, first)
    is_all = len(first) < BATCH
    end = sheet.end() if is_all else b""
    answer = http.StreamResponse(headers=_headers(query.kind, request.now, total, begin + piece + end, len(first)))
    await answer.prepare(request.raw)
    await answer.write(begin + piece + end)
    if not is_all:
        await _rest(answer, sheet, batches)
    await answer.write_eof()
    return answer


async def _rest(answer: http.StreamResponse, sheet: Sheet, batches: AsyncIterator[list[Cells]]) -> None:
    async for rows in batches:
        await answer.write(await asyncio.to_thread(sheet.add, rows))
    await answer.write(sheet.end())


def _headers(kind: Kind, now: datetime, total: int, sample: bytes, sampled: int) -> dict[str, str]:
    name = f"tickets-{now.astimezone(SHANGHAI):%Y%m%d-%H%M}.{kind.value}"
    return {
        "Content-Type": CONTENT_TYPES[kind],
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Row-Count": str(total),
        "X-Expected-Bytes": str(len(sample) * max(total, 1) // max(sampled, 1)),
    }


async def _batches(request: Request, query: ExportQuery, filters: Filters) -> AsyncIterator[list[Cells]]:
    """In the list's own order, each batch by a transaction of its own."""
    after = query.after
    while True:
        rows, after = await request.read(
            list_tickets,
            filters,
            by=request.actor,
            phone_key=request.service(TicketOffice).phone_key,
            now=request.now,
            sort=query.sort,
            after=after,
            limit=BATCH,
            view=cells_of,
        )
        if rows:
            yield rows
        if after is None:
            return


def cells_of(listed: Listed) -> tuple[list[Cells], str | None]:
    """The rows as they stand on the page, masked, and where the next ones begin."""
    return [_cells(TicketRow.of(ticket)) for ticket in listed.tickets], listed.next


def _cells(row: TicketRow) -> Cells:
    return (
        row.number,
        row.title,
        row.state.name_zh,
        row.type.name_zh,
        row.urgency.name_zh,
        row.place,
        row.topic.name if row.topic else "",
        row.unit.name if row.unit else "",
        row.caller,
        row.phone,
        str(row.urged_count or ""),
        _moment(row.registered_at),
        _moment(row.citizen_due_at),
        _moment(row.unit_due_at),
    )


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at is not None else ""
