"""Any ticket list as a file, with the list's own filters and masks."""

from typing import Any

from aiohttp import web as http

from tickets.queries.lists import count_tickets, list_tickets
from tickets.queries.paging import Listed
from tickets.settings import TicketOffice
from web.api import ANYONE, Api, Request
from web.cutting import words_sought
from web.list_files import BATCH, Batch, Columns, send_list
from web.sheets import CONTENT_TYPES, Kind
from web.ticket_rows import TicketRow
from web.tickets import ListQuery

api = Api()
TICKET_COLUMNS: Columns[TicketRow] = Columns(
    "tickets",
    "工单列表",
    {
        "工单编号": lambda row: row.number,
        "标题": lambda row: row.title,
        "状态": lambda row: row.state,
        "类型": lambda row: row.type,
        "紧急程度": lambda row: row.urgency,
        "地点": lambda row: row.place,
        "诉求分类": lambda row: row.topic.name if row.topic else "",
        "承办单位": lambda row: row.unit.name if row.unit else "",
        "来电人": lambda row: row.caller,
        "电话": lambda row: row.phone,
        "催办次数": lambda row: row.urged_count or "",
        "登记时间": lambda row: row.registered_at,
        "答复时限": lambda row: row.citizen_due_at,
        "单位时限": lambda row: row.unit_due_at,
    },
)


class ExportQuery(ListQuery):
    """The list's own address, and as which kind of file it is wanted."""

    kind: Kind = Kind.CSV


@api.get("/tickets/export", role=ANYONE, also=(409,), files=CONTENT_TYPES.values())
async def export_tickets(request: Request, query: ExportQuery) -> http.StreamResponse:
    """Send the whole list as a file, in its own order, each batch by a transaction of its own."""
    filters = query.filters(request.actor, await words_sought(request, query.q))
    who: dict[str, Any] = {
        "by": request.actor,
        "phone_key": request.service(TicketOffice).phone_key,
        "now": request.now,
    }

    async def fetch(after: str | None) -> Batch[TicketRow]:
        found: Batch[TicketRow] = await request.read(
            list_tickets, filters, **who, sort=query.sort, after=after or query.after, limit=BATCH, view=_batch
        )
        return found

    total = await request.read(count_tickets, filters, **who)
    return await send_list(request, TICKET_COLUMNS, query.kind, fetch, total=total)


def _batch(listed: Listed) -> Batch[TicketRow]:
    """The rows as they stand on the page, masked."""
    return Batch([TicketRow.of(ticket) for ticket in listed.tickets], listed.next)
