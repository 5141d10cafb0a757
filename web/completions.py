"""退回补正 and 请求补正: what is missing, the list of what is to be asked, and what the citizen added."""

from typing import Literal, Self

from pydantic import Field

from core.masking import mask_text
from tickets.actions import completing
from tickets.actions.completing import Supplement
from tickets.kinds import CompletionBy, Secrecy
from tickets.queries.completing import Waiting, WaitingList, waiting_list
from tickets.rules import Action
from web.api import Api, Body, Count, Moment, Page, Query, Request, View
from web.ticket_acts import ALSO, Version
from web.ticket_rows import TicketNumber, TicketRow
from web.ticket_views import TicketView
from web.tickets import act, roles_for

api = Api()


class Missing(Body):
    """What the ticket still needs, e.g. 缺门牌号, and who asks the citizen for it."""

    missing: str = Field(min_length=1, max_length=200)
    asks: CompletionBy = CompletionBy.AGENT


@api.post("/tickets/{number}/send-back", role=roles_for(Action.SEND_BACK), also=ALSO)
async def send_back(request: Request, number: TicketNumber, body: Missing) -> TicketView:
    """退回补正: to the agents, the one who registered it first, or to callback; the citizen clock runs on."""
    return await act(request, completing.send_back_for_completion, number, missing=body.missing, asks=body.asks)


class Lacking(Body):
    """What the unit lacks, by name."""

    missing: str = Field(min_length=1, max_length=200)
    version: int | None = Version


@api.post("/tickets/{number}/ask-completion", role=roles_for(Action.ASK_COMPLETION), also=ALSO)
async def ask_completion(request: Request, number: TicketNumber, body: Lacking) -> TicketView:
    """请求补正: ask the hotline for what is missing; the unit keeps the ticket, and both clocks run on."""
    return await act(request, completing.ask_completion, number, missing=body.missing, version=body.version)


class Completed(Body):
    """What the citizen added, perhaps as a new word for the place; or, `unable`, why it could not be had."""

    supplement: str = Field(min_length=1, max_length=1000)
    place_text: str = Field("", max_length=200)
    outcome: Literal["done", "unable"] = "done"
    version: int | None = Version


@api.post("/tickets/{number}/complete", role=roles_for(Action.COMPLETE), also=ALSO)
async def complete(request: Request, number: TicketNumber, body: Completed) -> TicketView:
    """补正: back onto the dispatch list with what was added, or to the unit that asked and waits."""
    supplement = Supplement(body.supplement, body.place_text, is_unable=body.outcome == "unable")
    return await act(request, completing.complete_ticket, number, supplement, version=body.version)


class CompletionRow(View):
    """A ticket with what its citizen is to be asked; nothing of that for a sealed one, whose page says it."""

    ticket: TicketRow
    question: str
    asked_at: Moment
    asked_by: str
    is_own: bool
    #: which unit asked and keeps the ticket; empty: a dispatcher sent it back
    for_unit: str

    @classmethod
    def of(cls, waiting: Waiting) -> Self:
        asked, is_sealed = waiting.completion, waiting.ticket.secrecy is Secrecy.SEALED
        return cls(
            ticket=TicketRow.of(waiting.ticket),
            question="" if is_sealed else mask_text(asked.question),
            asked_at=asked.asked_at,
            asked_by=asked.asked_by,
            is_own=waiting.is_own,
            for_unit=asked.unit.short_name if asked.unit is not None else "",
        )


class CompletionList(Page[CompletionRow]):
    """`own`: how many of all of them the reader registered."""

    own: int

    @classmethod
    def of(cls, found: WaitingList) -> Self:
        rows = [CompletionRow.of(waiting) for waiting in found.rows]
        return cls(rows=rows, count=Count(n=found.n, more=found.n > len(rows)), own=found.own)


class WaitingQuery(Query):
    """Part of a question, a title or a number."""

    q: str = Field("", max_length=60)


@api.get("/completions", role=roles_for(Action.COMPLETE))
async def show_waiting(request: Request, query: WaitingQuery) -> CompletionList:
    """List what waits for one's role: one's own tickets first, then those of colleagues, the most pressing first."""
    found: CompletionList = await request.read(waiting_list, by=request.actor, text=query.q, view=CompletionList.of)
    return found
