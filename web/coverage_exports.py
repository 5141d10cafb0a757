"""覆盖普查 as files: the account with its losses and flags, the rows behind a number, and a sample."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web as http

from evaluation.rules import LEVEL_NAMES, Level
from web import coverage, samples
from web.api import Api, Request
from web.indicators import PeriodQuery
from web.list_exports import FILES, paged
from web.list_files import Batch, Columns, send_list
from web.sheets import Kind

api = Api()


@dataclass(frozen=True)
class Line:
    """One number of the account."""

    block: str
    name: str
    reason: str
    n: int
    unchecked: int | None = None


ACCOUNT: Columns[Line] = Columns(
    "coverage",
    "覆盖普查",
    {
        "部分": lambda line: line.block,
        "去向": lambda line: line.name,
        "理由": lambda line: line.reason,
        "件数": lambda line: line.n,
        "未核查": lambda line: line.unchecked,
    },
)
ROWS: Columns[coverage.CoverageRow] = Columns(
    "coverage_rows",
    "覆盖普查明细",
    {
        "工单编号": lambda row: "、".join(row.numbers),
        "标题": lambda row: row.title,
        "承办单位": lambda row: row.unit_name,
        "时间": lambda row: row.at,
        "情况": lambda row: row.what,
        "核查结果": lambda row: row.checks[0].finding if row.checks else "",
        "核查人": lambda row: row.checks[0].checked_by if row.checks else "",
        "核查时间": lambda row: row.checks[0].checked_at if row.checks else None,
    },
)
SAMPLE: Columns[samples.SampleRow] = Columns(
    "samples",
    "抽样复核",
    {
        "工单编号": lambda row: row.number,
        "标题": lambda row: row.title,
        "承办单位": lambda row: row.unit_name,
        "评价": lambda row: LEVEL_NAMES[Level(row.level)],
        "复核": lambda row: _found(row.review),
        "一致": lambda row: row.review.is_agreed if row.review else None,
        "说明": lambda row: row.review.note if row.review else "",
        "复核人": lambda row: row.review.reviewed_by if row.review else "",
        "复核时间": lambda row: row.review.reviewed_at if row.review else None,
    },
)


class AccountFile(PeriodQuery):
    kind: Kind = Kind.XLSX


class RowsFile(coverage.RowsQuery):
    kind: Kind = Kind.XLSX


class SampleFile(samples.SampleQuery):
    kind: Kind = Kind.XLSX


@api.get("/coverage/export", role=coverage.READERS, files=FILES)
async def export_coverage(request: Request, query: AccountFile) -> http.StreamResponse:
    """Send the account, its losses and the flags."""
    shown = await coverage.show_coverage(request, query)

    async def fetch(_after: None) -> Batch[Line]:
        return Batch(list(_lines(shown)))

    return await send_list(request, ACCOUNT, query.kind, fetch)


@api.get("/coverage/rows/export", role=coverage.READERS, also=(409,), files=FILES)
async def export_coverage_rows(request: Request, query: RowsFile) -> http.StreamResponse:
    """Send the rows behind a number."""
    return await send_list(request, ROWS, query.kind, paged(coverage.list_coverage_rows, request, query))


@api.get("/coverage/sample/export", role=coverage.READERS, files=FILES)
async def export_sample(request: Request, query: SampleFile) -> http.StreamResponse:
    """Send a sample with what was found."""
    return await send_list(request, SAMPLE, query.kind, paged(samples.show_sample, request, query))


def _lines(shown: coverage.CoverageView) -> Iterator[Line]:
    yield Line("登记", "合计", "" if shown.adds_up else "不平", shown.registered)
    yield from (Line("登记", line.name, "", line.n) for line in shown.standing)
    for part in shown.asked:
        for stage in part.stages:
            lost = (loss for loss in part.losses if loss.stage is stage.stage)
            yield Line(f"{part.name}：办结到参评", stage.name, "", stage.n)
            yield from (Line(f"{part.name}：流失", loss.name, loss.reason_name, loss.n) for loss in lost)
    yield from (Line("异常", flag.name, "", flag.n, flag.unchecked) for flag in shown.flags)


def _found(review: Any) -> str:
    if review is None:
        return ""
    return "未联系上" if review.found_level is None else LEVEL_NAMES[Level(review.found_level)]
