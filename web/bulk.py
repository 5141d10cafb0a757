"""批量: what is done to the picked rows of a list, previewed first."""

from typing import Annotated

from pydantic import Field

from tickets.actions.bulk import BulkAct, BulkWish, do_to_all, preview_for_all
from tickets.actions.dispatching import FACT_MOST
from tickets.actions.side_paths import Course
from tickets.rules import Action
from tickets.settings import TicketOffice
from web.api import Api, Body, Request, RowId
from web.piles import OneOutcome, outcomes
from web.ticket_rows import TicketNumber
from web.tickets import roles_for

api = Api()
Fact = Annotated[str, Field(max_length=FACT_MOST)]
ROLES = roles_for(Action.URGE, Action.DISPATCH, Action.NOTE, Action.ASK_COMPLETION, Action.SIGN, Action.SEND_DOWN)


class Bulk(Body):
    """One act on up to a hundred tickets: words for all (of 签收 the handler), the unit, and what is new in repeats."""

    act: BulkAct
    numbers: Annotated[list[TicketNumber], Field(min_length=1, max_length=100)]
    words: str = Field("", max_length=1000)
    unit_id: RowId | None = None
    new_facts: dict[TicketNumber, Fact] = Field(default_factory=dict, max_length=100)

    def wish(self) -> BulkWish:
        return BulkWish(self.act, self.words, self.unit_id, self.new_facts)


def _course(request: Request) -> Course:
    return Course(request.actor, request.service(TicketOffice), request.now)


@api.post("/ticket-list/acts", role=ROLES)
async def do_all(request: Request, body: Bulk) -> list[OneOutcome]:
    """Do it to each; what is refused is named and does not keep the others back."""
    done: list[OneOutcome] = await request.write(
        do_to_all, body.numbers, body.wish(), course=_course(request), view=outcomes
    )
    return done


@api.post("/ticket-list/acts/preview", role=ROLES)
async def preview_all(request: Request, body: Bulk) -> list[OneOutcome]:
    """Say what would be refused; nothing is changed."""
    shown: list[OneOutcome] = await request.write(
        preview_for_all, body.numbers, body.wish(), course=_course(request), view=outcomes
    )
    return shown
