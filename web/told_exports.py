"""Who has been told, as a file: the units that a bulletin went to, and everybody who called about an incident."""

from aiohttp import web as http

from tickets.bulletins.rules import READERS
from web import bulletins, incidents
from web.api import Api, Request, RowId
from web.list_exports import FILES, listed
from web.list_files import Columns, send_list
from web.sheets import Kind
from web.ticket_rows import TicketNumber

api = Api()


class ReceiptsFile(bulletins.ReceiptsQuery):
    kind: Kind = Kind.CSV


RECEIPTS: Columns[bulletins.ReceiptView] = Columns(
    "receipts",
    "公告签收情况",
    {
        "单位": lambda row: row.unit,
        "签收时间": lambda row: row.received_at,
        "签收人": lambda row: row.received_by,
    },
)


@api.get("/bulletins/{bulletin_id}/receipts/export", role=READERS, also=(404, 409), files=FILES)
async def export_receipts(request: Request, bulletin_id: RowId, query: ReceiptsFile) -> http.StreamResponse:
    """Send as a file which units have signed for a bulletin, and which have not."""
    rows = listed(bulletins.show_receipts, request, bulletin_id, query=query, after=lambda row: row.after)
    return await send_list(request, RECEIPTS, query.kind, rows)


class CallersFile(incidents.CallersQuery):
    kind: Kind = Kind.CSV


CALLERS: Columns[incidents.IncidentCaller] = Columns(
    "callers",
    "群体事件来电人",
    {
        "工单编号": lambda row: row.number,
        "诉求人": lambda row: row.caller.name,
        "联系电话": lambda row: row.caller.phone,
        "登记时间": lambda row: row.registered_at,
        "状态": lambda row: row.state,
        "告知": lambda row: row.told,
        "未告知原因": lambda row: row.reason,
        "评价等级": lambda row: row.rating_level,
    },
)


@api.get("/incidents/{number}/callers/export", role=incidents.READERS, also=(404, 409), files=FILES)
async def export_callers(request: Request, number: TicketNumber, query: CallersFile) -> http.StreamResponse:
    """Send as a file who has been told of an incident, and who has not; names and phones are masked."""
    return await send_list(request, CALLERS, query.kind, listed(incidents.show_callers, request, number, query=query))
