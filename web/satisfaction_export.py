"""The satisfaction page as a file: every block of it line by line, each line with the formula it was computed by."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web as http

from evaluation.rules import LEVEL_NAMES, Level
from indicators.periods import shanghai_day
from web.api import Api, Request
from web.ledger import READERS
from web.list_exports import FILES, paged
from web.list_files import Batch, Columns, send_list
from web.satisfaction import SatisfactionQuery, SatisfactionRowsQuery, list_satisfaction_rows, show_satisfaction
from web.satisfaction_beside import (
    ElsewhereList,
    ExclusionRows,
    ExclusionsQuery,
    SatisfactionSlices,
    UnitRepairsList,
    list_exclusions,
    show_elsewhere,
    show_slices,
    show_unit_repairs,
)
from web.satisfaction_rules import RuleMarks, show_rule_marks
from web.satisfaction_upheld import UpheldAnswers, UpheldQuery, show_upheld
from web.satisfaction_views import AnswersView, SatisfactionRow, SatisfactionView
from web.sheets import Kind

api = Api()


ROWS: Columns[SatisfactionRow] = Columns(
    "satisfaction-rows",
    "满意度明细",
    {
        "工单编号": lambda row: row.ticket_number,
        "事项": lambda row: row.ticket_title,
        "承办单位": lambda row: row.unit_name,
        "办结时间": lambda row: row.closed_at,
        "评价": lambda row: "" if row.level is None else LEVEL_NAMES[Level(row.level)],
        "原因": lambda row: "、".join(reason.name_zh for reason in row.reasons),
        "是否解决": lambda row: row.is_solved,
        "渠道": lambda row: row.channel,
        "评价时间": lambda row: row.rated_at,
        "已邀请": lambda row: row.is_invited,
        "已送达": lambda row: row.is_delivered,
    },
)


class SatisfactionFile(SatisfactionQuery):
    kind: Kind = Kind.XLSX


class SatisfactionRowsFile(SatisfactionRowsQuery):
    kind: Kind = Kind.XLSX


@dataclass(frozen=True)
class Line:
    """One line of a block; shares stand in per cent."""

    block: str
    name: str
    satisfied: int | None = None
    answered: int | None = None
    closed: int | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    note: str = ""


def _columns(words: str) -> Columns[Line]:
    cells: dict[str, Any] = {
        "口径": lambda _line: words,
        "栏目": lambda line: line.block,
        "项目": lambda line: line.name,
        "满意": lambda line: line.satisfied,
        "参评": lambda line: line.answered,
        "办结": lambda line: line.closed,
        "满意率 %": lambda line: _percent(line.rate),
        "区间下限 %": lambda line: _percent(line.low),
        "区间上限 %": lambda line: _percent(line.high),
        "判定": lambda line: line.verdict,
        "说明": lambda line: line.note,
    }
    return Columns("satisfaction", "满意度", cells)


@api.get("/satisfaction/export", role=READERS, also=(409,), files=FILES)
async def export_satisfaction(request: Request, query: SatisfactionFile) -> http.StreamResponse:
    """Send the page as a file, with what stands beside the headline and what is left out there."""
    page = await show_satisfaction(request, query)
    lines = [
        *_page_lines(page, await show_unit_repairs(request, query)),
        *_rule_lines(await show_rule_marks(request, query)),
        *_upheld_lines(page, await _all_upheld(request, query)),
        *_elsewhere_lines(await show_elsewhere(request, query)),
        *_slice_lines(await show_slices(request, query)),
        *_exclusion_lines(await _all_exclusions(request, query)),
    ]

    async def fetch(_after: None) -> Batch[Line]:
        return Batch(lines)

    return await send_list(request, _columns(_words(page)), query.kind, fetch)


@api.get("/satisfaction/rows/export", role=READERS, also=(409,), files=FILES)
async def export_satisfaction_rows(request: Request, query: SatisfactionRowsFile) -> http.StreamResponse:
    """Send the rows behind a number, with the reasons of bad ones and whether it was solved."""
    return await send_list(request, ROWS, query.kind, paged(list_satisfaction_rows, request, query))


async def _all_exclusions(request: Request, query: SatisfactionQuery) -> list[ExclusionRows]:
    asked = {name: getattr(query, name) for name in SatisfactionQuery.model_fields}
    pages = [await list_exclusions(request, ExclusionsQuery.model_construct(**asked))]
    while pages[-1].next is not None:
        pages.append(await list_exclusions(request, ExclusionsQuery.model_construct(**asked, after=pages[-1].next)))
    return pages


async def _all_upheld(request: Request, query: SatisfactionQuery) -> list[UpheldAnswers]:
    asked = {name: getattr(query, name) for name in SatisfactionQuery.model_fields}
    pages = [await show_upheld(request, UpheldQuery.model_construct(**asked))]
    while pages[-1].next is not None:
        pages.append(await show_upheld(request, UpheldQuery.model_construct(**asked, after=pages[-1].next)))
    return pages


def _words(page: SatisfactionView) -> str:
    """As under the headline."""
    silence = "只看评价" if page.has_answers_only else "沉默不计入"
    return (
        f"本系统 v{page.card_version}：{page.subject_name}，参评者中满意（含基本满意）的占比，{silence}；"
        f"按{page.basis.name_zh} {page.period.first} 至 {page.period.last}"
    )


def _line(block: str, name: str, answers: AnswersView, note: str = "") -> Line:
    return Line(
        block,
        name,
        answers.satisfied,
        answers.answered,
        answers.closed,
        answers.rate,
        answers.low,
        answers.high,
        answers.verdict_name if answers.answered else "",
        note,
    )


def _page_lines(page: SatisfactionView, mended: UnitRepairsList) -> Iterator[Line]:
    head, repairs = page.headline, {(line.unit_id, line.with_below): line for line in mended.rows}
    yield _line("全部", page.subject_name, head, f"到 95 % 还差 {head.needed_for_target} 个满意答复")
    if page.reasonable is not None:
        left = page.reasonable
        note = f"排除 {left.left_out} 件；评价前定类 {left.classed} 件，每单位上限 {left.percent} %"
        yield _line("合理诉求", page.subject_name, left.answers, note)
    for point in page.trend:
        yield _line("趋势", f"{point.period.first} 至 {point.period.last}", point.answers)
    yield Line("人口账", "登记", closed=page.population.registered)
    for standing in page.population.standing:
        yield Line("人口账", standing.name, closed=standing.count)
    for line in page.units:
        note = f"未邀 {line.not_invited}；差评 {line.bad}；还差 {line.answers.needed_for_target}；排除 {line.left_out}"
        if line.bad_before:
            note += f"；另有前次差评 {line.bad_before}"
        if found := repairs.get((line.unit_id or 0, line.with_below)):
            note += f"；整改按期 {found.in_time}/{found.valid}"
        yield _line("承办单位", line.unit_name, line.answers, note)


def _elsewhere_lines(found: ElsewhereList) -> Iterator[Line]:
    for row in found.rows:
        for share in row.shares:
            name = row.name if len(row.shares) == 1 else f"{row.name}：{share.name}"
            imputed = f"推定 {row.imputed} 件，规则 {row.rule_id}。" if row.rule_id else ""
            note = f"{imputed}{row.words}。{row.why}"
            yield Line("其他口径", name, share.numerator, share.n, rate=share.rate, note=note)
        if len(row.shares) > 1:
            weights = "、".join(map(str, found.weights))
            yield Line("其他口径", row.name, rate=row.rate, note=f"权重 {weights}")


def _slice_lines(found: SatisfactionSlices) -> Iterator[Line]:
    for channel in found.channels:
        yield _line("渠道", channel.name, channel.answers)
    for agent in found.agents:
        yield _line("坐席", f"{agent.name} {agent.staff_number}".strip(), agent.answers)


def _exclusion_lines(pages: list[ExclusionRows]) -> Iterator[Line]:
    for row in (row for page in pages for row in page.rows):
        when = "评价前定" if row.is_before_rating else "评价后定，不排除"
        note = f"{row.class_name}：{row.reason}；{row.decided_by}，{when}"
        yield Line("排除", f"{row.ticket_number} {row.unit_name or ''}".strip(), note=note)


def _rule_lines(found: RuleMarks) -> Iterator[Line]:
    for mark in found.rows:
        yield Line("规则变动", f"{shanghai_day(mark.at)} {mark.name}", note=mark.words)


def _upheld_lines(page: SatisfactionView, pages: list[UpheldAnswers]) -> Iterator[Line]:
    first = pages[0]
    yield _line("剔除误评后", page.subject_name, first.answers, f"剔除 {first.left_out} 件；原评价保留")
    for row in (row for found in pages for row in found.rows):
        level = LEVEL_NAMES[Level(row.level)]
        note = f"{row.repair_number} {row.ground_name}；原评价 {level}；{row.decided_by}：{row.reason}"
        yield Line("剔除", f"{row.ticket_number} {row.unit_name or ''}".strip(), note=note)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share * 100:.1f}"
