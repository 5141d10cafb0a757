"""Every other list as a file: the rows of its page, with the page's own filters, rights and masks."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web as http
from pydantic import BaseModel

from staff.rules import DUTY_RANK_NAMES, Role
from web import (
    calls,
    catalogue_imports,
    dispatch,
    disputes,
    duty,
    notices,
    return_bases,
    rulings,
    sms_messages,
    units,
)
from web.api import Api, Query, Request
from web.exports import TICKET_COLUMNS
from web.list_files import BATCH, Batch, Columns, send_list
from web.seats import SEATED
from web.sheets import CONTENT_TYPES, Kind
from web.ticket_rows import TicketRow

api = Api()
FILES = tuple(CONTENT_TYPES.values())
MESSAGE_STATES = {
    "waiting": "待发", "handing": "提交中", "unknown": "结果未知", "submitted": "已提交", "delivered": "已送达",
    "failed": "失败", "replied": "已回复", "expired": "已过期", "not_sent": "未发",
}  # fmt: skip
CALL_RESULTS = {
    "answered": "已接", "abandoned": "放弃", "hung_up_in_greeting": "欢迎语中挂断", "not_answered": "未接",
    "unknown": "未知",
}  # fmt: skip


def paged(page: Callable[..., Awaitable[Any]], request: Request, query: BaseModel) -> Callable[[Any], Awaitable[Any]]:
    """The handler of the page itself, asked for the rows after the ones before, as many at a time as a file takes."""

    async def fetch(after: Any) -> Batch[Any]:
        is_id = isinstance(after, str) and after.isdecimal()
        wanted = {"after": int(after) if is_id else after} if after is not None else {}
        wanted |= {"limit": BATCH} if "limit" in type(query).model_fields else {}
        shown = await page(request, query.model_copy(update=wanted))
        count = getattr(shown, "count", None)
        return Batch(shown.rows, shown.next, count.n if count is not None and not count.more else None)

    return fetch


def listed(
    page: Callable[..., Awaitable[Any]], *args: Any, query: BaseModel, after: Callable[[Any], Any] = lambda row: row.id
) -> Callable[[Any], Awaitable[Batch[Any]]]:
    """The same for a page that answers rows alone: the next ones begin where `after` says of the last one."""

    async def fetch(last: Any) -> Batch[Any]:
        wanted = {"limit": BATCH} | ({"after": last} if last is not None else {})
        rows = await page(*args, query.model_copy(update=wanted))
        return Batch(rows, after(rows[-1]) if len(rows) == BATCH else None)

    return fetch


def whole(page: Callable[..., Awaitable[Any]], *args: Any) -> Callable[[Any], Awaitable[Batch[Any]]]:
    """A page that answers all rows at once."""

    async def fetch(_after: None) -> Batch[Any]:
        return Batch(await page(*args))

    return fetch


def _of_ticket(cell: Callable[[TicketRow], Any]) -> Callable[[Any], Any]:
    return lambda row: cell(row.ticket)


TICKET_CELLS = {heading: _of_ticket(cell) for heading, cell in TICKET_COLUMNS.cells.items()}


class DispatchFile(dispatch.DispatchQuery):
    kind: Kind = Kind.CSV


DISPATCH: Columns[dispatch.DispatchRowView] = Columns(
    "dispatch",
    "派单台列表",
    TICKET_CELLS
    | {
        "派单时限": lambda row: row.ticket.step_due_at,
        "建议分类": lambda row: row.proposal.topic if row.proposal else "",
        "建议单位": lambda row: row.proposal.unit.name if row.proposal and row.proposal.unit else "",
        "同一事项": lambda row: row.pile_size or "",
        "处理人": lambda row: row.claim.person_name if row.claim else "",
    },
)


@api.get("/dispatch-list/export", role=dispatch.DISPATCHERS, also=(409,), files=FILES)
async def export_dispatch(request: Request, query: DispatchFile) -> http.StreamResponse:
    """Send what waits to be sent as a file."""
    return await send_list(request, DISPATCH, query.kind, paged(dispatch.show_list, request, query))


class InboxFile(units.InboxQuery):
    kind: Kind = Kind.CSV


INBOX: Columns[units.InboxRow] = Columns(
    "inbox",
    "承办收件箱",
    TICKET_CELLS
    | {
        "派出时间": lambda row: row.dispatched_at,
        "签收时间": lambda row: row.signed_at,
        "可退至": lambda row: row.return_until,
        "经办人": lambda row: row.handler,
        "下级": lambda row: row.below,
        "内部时限": lambda row: row.inner_due_at,
        "协办事项": lambda row: row.task,
    },
)


@api.get("/unit/inbox/export", role=Role.UNIT_OFFICER, also=(409,), files=FILES)
async def export_inbox(request: Request, query: InboxFile) -> http.StreamResponse:
    """Send one tab of the inbox as a file."""
    return await send_list(request, INBOX, query.kind, paged(units.show_inbox, request, query))


class NoticesFile(notices.NoticesQuery):
    kind: Kind = Kind.CSV


NOTICES: Columns[notices.NoticeView] = Columns(
    "notices",
    "单位通知",
    {
        "时间": lambda row: row.handed_at or row.created_at,
        "单位": lambda row: row.unit_name,
        "工单编号": lambda row: row.number,
        "事由": lambda row: row.kind,
        "方式": lambda row: row.way,
        "告知": lambda row: row.told,
        "内容": lambda row: row.text,
        "状态": lambda row: row.state,
        "失败原因": lambda row: row.error,
    },
)


@api.get("/notices/export", role=notices.READERS, also=(409,), files=FILES)
async def export_notices(request: Request, query: NoticesFile) -> http.StreamResponse:
    """Send the notices to units as a file."""
    return await send_list(request, NOTICES, query.kind, paged(notices.show_notices, request, query))


class MessagesFile(sms_messages.MessagesQuery):
    kind: Kind = Kind.CSV


MESSAGES: Columns[sms_messages.MessageView] = Columns(
    "messages",
    "短信",
    {
        "时间": lambda row: row.created_at,
        "电话": lambda row: row.masked_phone,
        "内容": lambda row: row.text,
        "条数": lambda row: row.parts,
        "状态": lambda row: MESSAGE_STATES[row.state],
        "提交时间": lambda row: row.submitted_at,
        "送达时间": lambda row: row.delivered_at,
        "回复": lambda row: "；".join(reply.text for reply in row.replies),
    },
)


@api.get("/sms/messages/export", role=sms_messages.READERS, also=(409,), files=FILES)
async def export_messages(request: Request, query: MessagesFile) -> http.StreamResponse:
    """Send the messages to citizens as a file, phones masked."""
    return await send_list(request, MESSAGES, query.kind, paged(sms_messages.list_messages, request, query))


class LinesFile(catalogue_imports.LinesQuery):
    kind: Kind = Kind.CSV


LINES: Columns[catalogue_imports.LineView] = Columns(
    "catalogue",
    "派单目录",
    {
        "诉求分类": lambda row: row.topic,
        "地点": lambda row: row.place or "",
        "承办单位": lambda row: row.unit,
        "最低紧急程度": lambda row: row.urgency,
        "时限类别": lambda row: row.limit_class,
        "依据": lambda row: row.basis,
        "版本": lambda row: row.version,
        "生效时间": lambda row: row.began_at,
    },
)


@api.get("/catalogue/lines/export", role=catalogue_imports.READERS, also=(409,), files=FILES)
async def export_lines(request: Request, query: LinesFile) -> http.StreamResponse:
    """Send the lines of the catalogue that hold now as a file."""
    return await send_list(request, LINES, query.kind, paged(catalogue_imports.show_lines, request, query))


class CallsFile(calls.CallsQuery):
    kind: Kind = Kind.CSV


CALLS: Columns[Any] = Columns(
    "calls",
    "通话",
    {
        "开始时间": lambda row: row.began_at,
        "来电号码": lambda row: row.caller,
        "线路": lambda row: row.line,
        "结果": lambda row: CALL_RESULTS.get(row.result or "", ""),
        "坐席": lambda row: row.seat_number,
        "话务员": lambda row: row.person_name,
        "等待秒数": lambda row: row.waited_s,
        "通话秒数": lambda row: row.talk_s,
        "按键评价": lambda row: row.rating_key,
    },
)


@api.get("/calls/export", role=(*SEATED, *calls.READERS), also=(409,), files=FILES)
async def export_calls(request: Request, query: CallsFile) -> http.StreamResponse:
    """Send calls as a file, numbers masked; an agent's are the own ones."""
    return await send_list(request, CALLS, query.kind, paged(calls.list_all, request, query))


class RulingsFile(rulings.RulingsQuery):
    kind: Kind = Kind.CSV


RULINGS: Columns[rulings.RulingView] = Columns(
    "rulings",
    "裁定库",
    {
        "文号": lambda row: row.number,
        "诉求分类": lambda row: row.topic.full_name if row.topic else "",
        "地点": lambda row: row.place,
        "承办单位": lambda row: row.unit.name,
        "理由": lambda row: row.reason,
        "裁定时间": lambda row: row.ruled_at,
        "裁定人": lambda row: row.ruled_by,
        "已列入目录": lambda row: row.is_in_catalogue,
    },
)


@api.get("/rulings/export", role=rulings.READERS, also=(409,), files=FILES)
async def export_rulings(request: Request, query: RulingsFile) -> http.StreamResponse:
    """Send the library of rulings as a file."""
    return await send_list(request, RULINGS, query.kind, listed(rulings.show_rulings, request, query=query))


class BasesFile(return_bases.WordsQuery):
    kind: Kind = Kind.CSV


BASES: Columns[return_bases.LegalBasisView] = Columns(
    "legal-bases",
    "退单法定依据",
    {
        "类别": lambda row: row.kind.name_zh,
        "名称和条款号": lambda row: row.name,
        "条款内容": lambda row: row.words,
        "起用": lambda row: row.began_at,
        "起用人": lambda row: row.made_by,
        "停用": lambda row: row.retired_at,
        "停用人": lambda row: row.retired_by,
    },
)


@api.get("/legal-bases/export", role=catalogue_imports.READERS, also=(409,), files=FILES)
async def export_bases(request: Request, query: BasesFile) -> http.StreamResponse:
    """Send the city's legal bases as a file."""
    return await send_list(request, BASES, query.kind, whole(return_bases.show_legal_bases, request, query))


class ReturnedFile(disputes.DaysQuery):
    kind: Kind = Kind.CSV


RETURNED: Columns[disputes.ReturnedView] = Columns(
    "returned",
    "退单流向",
    {
        "退出单位": lambda row: row.giver,
        "接手单位": lambda row: row.taker or "（待派）",
        "件数": lambda row: row.n,
    },
)


@api.get("/disputes/returned/export", role=disputes.READERS, also=(409,), files=FILES)
async def export_returned(request: Request, query: ReturnedFile) -> http.StreamResponse:
    """Send who gave what back to whom as a file."""
    return await send_list(request, RETURNED, query.kind, whole(disputes.show_returned, request, query))


class FileQuery(Query):
    kind: Kind = Kind.CSV


ORPHANS: Columns[disputes.OrphanView] = Columns(
    "orphans",
    "孤儿件",
    {
        "诉求分类": lambda row: row.topic or "未定",
        "地点": lambda row: row.place or "不详",
        "件数": lambda row: row.n,
        "多次退回": lambda row: row.returned,
        "最早登记": lambda row: row.oldest_at,
        "工单编号": lambda row: "、".join(row.numbers),
    },
)


@api.get("/disputes/orphans/export", role=disputes.READERS, also=(409,), files=FILES)
async def export_orphans(request: Request, query: FileQuery) -> http.StreamResponse:
    """Send what nobody answers for as a file."""
    return await send_list(request, ORPHANS, query.kind, whole(disputes.show_orphans, request))


class RosterFile(duty.RosterQuery):
    kind: Kind = Kind.CSV


SHIFTS: Columns[duty.ShiftView] = Columns(
    "roster",
    "值班表",
    {
        "开始": lambda row: row.begins_at,
        "结束": lambda row: row.ends_at,
        "顺序": lambda row: DUTY_RANK_NAMES[row.rank],
        "姓名": lambda row: row.name,
        "电话": lambda row: row.phone,
        "修改人": lambda row: row.changed_by,
        "修改时间": lambda row: row.changed_at,
    },
)


@api.get("/duty/roster/export", role=duty.READERS, also=(404, 409), files=FILES)
async def export_roster(request: Request, query: RosterFile) -> http.StreamResponse:
    """Send a stretch of a roster as a file."""

    async def fetch(_after: None) -> Batch[duty.ShiftView]:
        return Batch((await duty.show_roster(request, query)).shifts)

    return await send_list(request, SHIFTS, query.kind, fetch)
