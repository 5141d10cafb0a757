"""What waits for a person's word as a file: what citizens are to be asked, mails, and what units object to."""

from typing import Any

from aiohttp import web as http

from tickets.mail.rules import READERS as MAIL_READERS
from tickets.queries.completing import waiting_list
from tickets.rules import Action
from web import completions, mails, objections
from web.api import Api, Request
from web.completions import CompletionList, CompletionRow
from web.list_exports import FILES, TICKET_CELLS, paged
from web.list_files import Batch, Columns, send_list
from web.sheets import Kind, XlsxSheet
from web.tickets import roles_for

api = Api()


class CompletionsFile(completions.WaitingQuery):
    kind: Kind = Kind.CSV


COMPLETIONS: Columns[CompletionRow] = Columns(
    "completions",
    "待补正",
    TICKET_CELLS
    | {
        "缺什么": lambda row: row.question,
        "提出时间": lambda row: row.asked_at,
        "提出人": lambda row: row.asked_by,
        "请求单位": lambda row: row.for_unit,
        "本人登记": lambda row: row.is_own,
    },
)


@api.get("/completions/export", role=roles_for(Action.COMPLETE), also=(409,), files=FILES)
async def export_completions(request: Request, query: CompletionsFile) -> http.StreamResponse:
    """Send all that waits for one's role as a file; the page shows the first of them."""

    async def fetch(_after: None) -> Batch[CompletionRow]:
        found: CompletionList = await request.read(
            waiting_list, by=request.actor, text=query.q, limit=XlsxSheet.MOST_ROWS, view=CompletionList.of
        )
        return Batch(found.rows)

    return await send_list(request, COMPLETIONS, query.kind, fetch)


class MailsFile(mails.MailsQuery):
    kind: Kind = Kind.CSV


MAILS: Columns[mails.MailView] = Columns(
    "mails",
    "来信",
    {
        "收到时间": lambda row: row.taken_at,
        "来信地址": lambda row: row.sender,
        "姓名": lambda row: row.sender_name,
        "主题": lambda row: row.subject,
        "结果": lambda row: row.outcome,
        "待处理原因": lambda row: row.held_reason,
        "工单编号": lambda row: row.ticket_number,
        "照片": lambda row: row.photos,
        "处理人": lambda row: row.handled_by,
        "处理说明": lambda row: row.handled_reason,
        "回信": lambda row: "；".join(f"{answer.kind.name_zh} {answer.state.name_zh}" for answer in row.answers),
    },
)


@api.get("/mails/export", role=MAIL_READERS, also=(409,), files=FILES)
async def export_mails(request: Request, query: MailsFile) -> http.StreamResponse:
    """Send mails as a file; who wrote is masked, and what was written is left out."""
    return await send_list(request, MAILS, query.kind, paged(mails.show_mails, request, query))


class ObjectionsFile(objections.ObjectionsQuery):
    kind: Kind = Kind.CSV


OBJECTIONS: Columns[Any] = Columns(
    "objections",
    "异议",
    {
        "单位": lambda row: row.unit_name,
        "得分": lambda row: row.score_title,
        "工单编号": lambda row: row.number,
        "标题": lambda row: row.title,
        "异议": lambda row: row.objection.text,
        "提出时间": lambda row: row.objection.made_at,
        "提出人": lambda row: row.objection.made_by,
        "结论": lambda row: row.objection.state,
        "答复": lambda row: row.objection.answer,
        "答复时间": lambda row: row.objection.answered_at,
        "答复人": lambda row: row.objection.answered_by,
    },
)


@api.get("/objections/export", role=objections.READERS, also=(409,), files=FILES)
async def export_objections(request: Request, query: ObjectionsFile) -> http.StreamResponse:
    """Send what units object to in their scores as a file."""
    return await send_list(request, OBJECTIONS, query.kind, paged(objections.show_objections, request, query))
