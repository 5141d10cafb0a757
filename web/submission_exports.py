"""Records on their way to the exchange as a file: the rows of their page, with its filters and rights."""

from aiohttp import web as http

from web import submissions
from web.api import Api, Request
from web.list_exports import FILES, paged
from web.list_files import Columns, send_list
from web.sheets import Kind
from web.submissions import SubmissionRow

api = Api()


class SubmissionsFile(submissions.SubmissionsQuery):
    kind: Kind = Kind.CSV


SUBMISSIONS: Columns[SubmissionRow] = Columns(
    "submissions",
    "数据上报",
    {
        "记录编号": lambda row: row.number,
        "记录": lambda row: row.kind_name,
        "办件编号": lambda row: row.serial,
        "发生时间": lambda row: row.happened_at,
        "状态": lambda row: row.state_name,
        "尝试次数": lambda row: row.attempts,
        "最近发送": lambda row: row.sent_at,
        "接收时间": lambda row: row.accepted_at,
        "回执编号": lambda row: row.receipt,
        "退回代码": lambda row: row.why,
        "原因": lambda row: row.words,
    },
)


@api.get("/submissions/export", role=submissions.READERS, also=(409,), files=FILES)
async def export_submissions(request: Request, query: SubmissionsFile) -> http.StreamResponse:
    """Send records as a file."""
    return await send_list(request, SUBMISSIONS, query.kind, paged(submissions.list_submissions, request, query))
