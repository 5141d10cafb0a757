"""Printed paper: the 承办单 of one ticket or of those that are picked, and the papers of the ladder, as PDF."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from aiohttp import web as http
from pydantic import Field

from core.computer import Computer
from tickets.printing.actions import log_prints
from tickets.printing.making import make_letter, make_sheets
from tickets.printing.queries import issued_paper, office_name
from tickets.printing.rules import SHEETS_MOST
from tickets.rules import Action
from web.api import Api, Body, Request, RowId
from web.print_views import letter_of, mark_of, sheet_of
from web.ticket_rows import TicketNumber
from web.tickets import Reader, page_view, roles_for

api = Api()
PDF = "application/pdf"
#: whoever works on a ticket prints it
PRINTERS = roles_for(Action.NOTE)
#: classifying and photos come before
PATIENCE_S = 20.0
FAULTS = (404, 409)
Purpose = Annotated[str, Field(max_length=200)]


class Sheets(Body):
    """Which tickets, in which order; a sealed one alone, and with what it is needed for."""

    numbers: list[TicketNumber] = Field(min_length=1, max_length=SHEETS_MOST)
    purpose: Purpose = ""


@api.post("/tickets/sheets", role=PRINTERS, also=FAULTS, files=(PDF,))
async def print_sheets(request: Request, body: Sheets) -> http.StreamResponse:
    """Make the 承办单 of each ticket, one A4 page each, without phone numbers; each is logged."""
    reader = Reader.of(request)
    office = await request.read(office_name)
    numbers = list(dict.fromkeys(body.numbers))
    pages = [await request.read(page_view, number, reader) for number in numbers]
    content = await _made(request, make_sheets, [sheet_of(page, office) for page in pages])
    await request.write(log_prints, numbers, what="承办单", purpose=body.purpose, by=request.actor, now=request.now)
    return _sent(content, f"承办单-{numbers[0]}" if len(numbers) == 1 else f"承办单-{len(numbers)}件")


class Letter(Body):
    """What it is needed for, when the ticket is sealed."""

    purpose: Purpose = ""


@api.post("/tickets/{number}/papers/{paper_id}/print", role=PRINTERS, also=FAULTS, files=(PDF,))
async def print_paper(request: Request, number: TicketNumber, paper_id: RowId, body: Letter) -> http.StreamResponse:
    """Make a paper of the ladder under its red head, with the receipt to cut off; it is logged."""
    letter = await request.read(issued_paper, number, paper_id, by=request.actor, view=letter_of)
    content = await _made(request, make_letter, letter)
    what = f"{letter.kind} {letter.number}"
    await request.write(log_prints, [number], what=what, purpose=body.purpose, by=request.actor, now=request.now)
    return _sent(content, f"{letter.kind}-{letter.number}")


async def _made(request: Request, make: Callable[..., bytes], what: Any) -> bytes:
    """In the child process.  Raises ComputerBusy, ComputingTooLong, ComputerDied."""
    run = request.service(Computer).run
    mark = mark_of(request.actor, request.now)
    return await asyncio.to_thread(run, make, what, mark, patience_s=PATIENCE_S)


def _sent(content: bytes, name: str) -> http.StreamResponse:
    """The line of the log was written before: no paper without it."""
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}.pdf",
        "Cache-Control": "private, no-store",
    }
    return http.Response(body=content, content_type=PDF, headers=headers)
