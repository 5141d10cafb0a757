"""A list as a file: read and sent batch by batch, so that a long one neither waits nor fills the memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from aiohttp import web as http
from sqlalchemy.orm import Session

from core.audit import record_view
from core.calendar import SHANGHAI
from staff.rules import Actor
from tickets.errors import ListTooLong
from web.api import Request
from web.sheets import CONTENT_TYPES, Cells, Kind, Sheet, XlsxSheet, open_sheet

Row = TypeVar("Row")
BATCH = 500


@dataclass(frozen=True)
class Columns(Generic[Row]):
    """What a list is called, in addresses and to people, and its columns: heading → what stands in the cell."""

    name: str
    title: str
    cells: dict[str, Callable[[Row], Any]]

    def of(self, row: Row) -> Cells:
        return [cell_text(cell(row)) for cell in self.cells.values()]


@dataclass(frozen=True)
class Batch(Generic[Row]):
    """Some rows, where the next ones begin (None: nowhere), and how many there are in all, where that is known."""

    rows: Sequence[Row]
    next: Any = None
    total: int | None = None


Fetch = Callable[[Any], Awaitable[Batch[Row]]]


def cell_text(value: Any) -> str:
    """A moment in Shanghai's time; nothing for what is not there; an enumeration by its Chinese name."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        case bool():
            return "是" if value else "否"
    return str(getattr(value, "name_zh", value))


async def send_list(
    request: Request, columns: Columns[Row], kind: Kind, fetch: Fetch[Row], *, total: int | None = None
) -> http.StreamResponse:
    """Send the whole list as a file; who took it stands in the audit log before the first row is sent.

    `X-Row-Count` says how many rows come, `X-Expected-Bytes` about how long the file will be, where the list knows.
    Raises ListTooLong.
    """
    first = await fetch(None)
    n = total if total is not None else len(first.rows) if first.next is None else first.total
    if kind is Kind.XLSX and (n or 0) > XlsxSheet.MOST_ROWS:
        raise ListTooLong(n=n, most=XlsxSheet.MOST_ROWS)
    await request.write(log_export, columns, by=request.actor, n=n, kind=kind, now=request.now)
    with closing(open_sheet(kind)) as sheet:
        return await _streamed(request, columns, kind, sheet, first, n, fetch)


def log_export(session: Session, columns: Columns[Any], *, by: Actor, n: int | None, kind: Kind, now: datetime) -> None:
    record_view(
        session,
        actor_label=by.label,
        person_id=by.person_id,
        action="export_list",
        object_kind=f"{columns.name.removesuffix('s')}_list",
        object_id=f"{n} {kind.value}" if n is not None else kind.value,
        purpose=f"导出{columns.title}",
        now=now,
    )


async def _streamed(
    request: Request,
    columns: Columns[Row],
    kind: Kind,
    sheet: Sheet,
    first: Batch[Row],
    n: int | None,
    fetch: Fetch[Row],
) -> http.StreamResponse:
    begin = sheet.begin(list(columns.cells))
    piece = await asyncio.to_thread(sheet.add, [columns.of(row) for row in first.rows])
    end = sheet.end() if first.next is None else b""
    answer = http.StreamResponse(headers=_headers(columns, kind, request.now))
    if n is not None:
        answer.headers["X-Row-Count"] = str(n)
        answer.headers["X-Expected-Bytes"] = str(len(begin + piece + end) * max(n, 1) // max(len(first.rows), 1))
    await answer.prepare(request.raw)
    await answer.write(begin + piece + end)
    if first.next is not None:
        async for batch in _following(fetch, first.next):
            await answer.write(await asyncio.to_thread(sheet.add, [columns.of(row) for row in batch.rows]))
        await answer.write(sheet.end())
    await answer.write_eof()
    return answer


async def _following(fetch: Fetch[Row], after: Any) -> AsyncIterator[Batch[Row]]:
    while after is not None:
        batch = await fetch(after)
        yield batch
        after = batch.next


def _headers(columns: Columns[Any], kind: Kind, now: datetime) -> dict[str, str]:
    name = f"{columns.name}-{now.astimezone(SHANGHAI):%Y%m%d-%H%M}.{kind.value}"
    return {"Content-Type": CONTENT_TYPES[kind], "Content-Disposition": f'attachment; filename="{name}"'}
