"""并案: many callers, one matter; previewed before it is done, and split again."""

from typing import Annotated, Self

from pydantic import Field

from staff.rules import Role
from tickets.actions.dividing import divide_ticket
from tickets.actions.merging import merge_tickets, preview_merge, split_ticket
from tickets.model import Ticket
from tickets.rules import Action
from tickets.settings import TicketOffice
from web.api import Api, Body, Request, RowId, View
from web.piles import OneOutcome, outcomes
from web.ticket_acts import ALSO, Reason, Version, act_for_office
from web.ticket_rows import TicketNumber
from web.ticket_views import TicketView
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


class Divide(Body):
    """What the second ticket is called, and which stretches of the words it takes; none: all of them."""

    title: str = Field(max_length=60)
    spans: list[tuple[int, int]] = Field(default_factory=list, max_length=100)
    topic_id: RowId | None = None
    version: int | None = Version


class Divided(View):
    """The second ticket."""

    number: str

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls(number=ticket.number)


@api.post("/tickets/{number}/divide", role=Role.DISPATCHER, also=ALSO)
async def divide(request: Request, number: TicketNumber, body: Divide) -> Divided:
    """拆成两单: a second ticket of the same citizen, with the citizen clock of the first."""
    made: Divided = await request.write(
        divide_ticket,
        number,
        title=body.title,
        spans=body.spans,
        topic_id=body.topic_id,
        version=body.version,
        by=request.actor,
        office=request.service(TicketOffice),
        now=request.now,
        view=Divided.of,
    )
    return made


@api.post("/tickets/{number}/split", role=roles_for(Action.SPLIT), also=ALSO)
async def split(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """A matter of its own after all: back onto the dispatch list."""
    return await act_for_office(request, split_ticket, number, reason=body.reason)
