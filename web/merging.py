"""并案: many callers, one matter; previewed before it is done, and split again."""

from typing import Annotated

from pydantic import Field

from tickets.actions.merging import merge_tickets, preview_merge, split_ticket
from tickets.rules import Action
from web.api import Api, Body, Request
from web.piles import OneOutcome, outcomes
from web.ticket_acts import ALSO, Reason, act_for_office
from web.ticket_views import TicketNumber, TicketView
from web.tickets import roles_for

api = Api()


class Pile(Body):
    """Which matters are put under the parent, up to a hundred at once."""

    numbers: Annotated[list[TicketNumber], Field(min_length=1, max_length=100)]
    reason: str = Field("", max_length=1000)


@api.post("/tickets/{number}/children", role=roles_for(Action.MERGE), also=(404, 409))
async def merge(request: Request, number: TicketNumber, body: Pile) -> list[OneOutcome]:
    """Put matters under this one; what is refused is named and does not keep the others back."""
    results: list[OneOutcome] = await request.write(
        merge_tickets,
        body.numbers,
        parent=number,
        by=request.actor,
        now=request.now,
        reason=body.reason,
        view=outcomes,
    )
    return results


@api.post("/tickets/{number}/children/preview", role=roles_for(Action.MERGE), also=(404, 409))
async def preview(request: Request, number: TicketNumber, body: Pile) -> list[OneOutcome]:
    """Say what merging would refuse; nothing is changed."""
    results: list[OneOutcome] = await request.write(
        preview_merge, body.numbers, parent=number, by=request.actor, now=request.now, view=outcomes
    )
    return results


@api.post("/tickets/{number}/split", role=roles_for(Action.SPLIT), also=ALSO)
async def split(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """A matter of its own after all: back onto the dispatch list."""
    return await act_for_office(request, split_ticket, number, reason=body.reason)
