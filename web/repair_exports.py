"""The list of repairs as a file: the rows of its page, with the page's own filters, rights and masks."""

from aiohttp import web as http

from web import repairs
from web.api import Api, Request
from web.list_exports import FILES, paged
from web.list_files import Columns, send_list
from web.repair_views import RepairRow
from web.sheets import Kind

api = Api()


class RepairsFile(repairs.RepairsQuery):
    kind: Kind = Kind.CSV


REPAIRS: Columns[RepairRow] = Columns(
    "repairs",
    "差评整改",
    {
        "整改单编号": lambda row: row.number,
        "工单编号": lambda row: row.ticket_number,
        "标题": lambda row: row.title,
        "责任单位": lambda row: row.unit_name,
        "首次评价": lambda row: row.level_name,
        "是否实名": lambda row: "是" if row.is_real_name else "否",
        "状态": lambda row: row.state.name_zh,
        "处理结果": lambda row: row.outcome.name_zh if row.outcome else "",
        "开单时间": lambda row: row.opened_at,
        "联系时限": lambda row: row.contact_due_at,
        "联系时间": lambda row: row.contacted_at,
        "联系是否证实": lambda row: {True: "是", False: "否", None: ""}[row.is_contact_proven],
        "整改时限": lambda row: row.fix_due_at,
        "建账日期": lambda row: row.booked_on,
        "完成时间": lambda row: row.done_at,
        "是否超时": lambda row: "是" if row.is_late else "否",
        "二次评价": lambda row: row.second_level_name,
    },
)


@api.get("/repairs/export", role=repairs.READERS, also=(409,), files=FILES)
async def export_repairs(request: Request, query: RepairsFile) -> http.StreamResponse:
    """Send repairs as a file."""
    return await send_list(request, REPAIRS, query.kind, paged(repairs.list_repairs, request, query))
