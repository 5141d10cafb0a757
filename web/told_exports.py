"""Bulletins and incidents as files, and who has been told of one: the units, and everybody who called."""

from aiohttp import web as http

from evaluation.telling import Told
from tickets.bulletins.rules import READERS
from web import bulletins, incidents
from web.api import Api, Request, RowId
from web.list_exports import FILES, listed
from web.list_files import Columns, send_list
from web.sheets import Kind
from web.ticket_rows import TicketNumber

api = Api()


class BulletinsFile(bulletins.BulletinsQuery):
    kind: Kind = Kind.CSV


BULLETINS: Columns[bulletins.BulletinView] = Columns(
    "bulletins",
    "通知公告",
    {
        "标题": lambda row: row.title,
        "内容": lambda row: row.text,
        "范围": lambda row: row.audience,
        "发布时间": lambda row: row.published_at,
        "发布人": lambda row: row.published_by,
        "有效期至": lambda row: row.valid_until,
        "签收期限": lambda row: row.receive_by,
        "单位数": lambda row: row.n,
        "已签收": lambda row: row.received,
        "逾期未签": lambda row: row.late,
        "撤下时间": lambda row: row.withdrawn_at,
        "撤下人": lambda row: row.withdrawn_by,
        "撤下原因": lambda row: row.withdraw_reason,
    },
)


@api.get("/bulletins/export", role=READERS, also=(409,), files=FILES)
async def export_bulletins(request: Request, query: BulletinsFile) -> http.StreamResponse:
    """Send the bulletins that stand, or those that are over, as a file."""
    return await send_list(request, BULLETINS, query.kind, listed(bulletins.show_bulletins, request, query=query))


class IncidentsFile(incidents.IncidentsQuery):
    kind: Kind = Kind.CSV


INCIDENTS: Columns[incidents.IncidentView] = Columns(
    "incidents",
    "群体事件",
    {
        "名称": lambda row: row.name,
        "母单编号": lambda row: row.number,
        "状态": lambda row: row.state,
        "承办单位": lambda row: row.unit.name if row.unit else "",
        "影响范围": lambda row: row.place,
        "告知内容": lambda row: row.said,
        "预计恢复": lambda row: row.expected_at,
        "来电人数": lambda row: row.people,
        "已告知": lambda row: row.told.get(Told.TOLD, 0),
        "告知失败": lambda row: row.told.get(Told.FAILED, 0),
        "发起时间": lambda row: row.declared_at,
        "发起人": lambda row: row.declared_by,
        "结束时间": lambda row: row.ended_at,
        "结束人": lambda row: row.ended_by,
    },
)


@api.get("/incidents/export", role=incidents.READERS, also=(409,), files=FILES)
async def export_incidents(request: Request, query: IncidentsFile) -> http.StreamResponse:
    """Send the incidents that are open, or those that have ended, as a file."""
    return await send_list(request, INCIDENTS, query.kind, listed(incidents.show_incidents, request, query=query))


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
