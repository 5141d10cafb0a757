"""撤销诉求: a citizen takes a matter back, told to somebody of the hotline, who writes down the word."""

from collections.abc import Callable

from tickets.actions import withdrawing
from tickets.actions.withdrawing import Word
from tickets.kinds import SaidBy
from tickets.model import Ticket
from tickets.rules import Action
from web.api import Api, Body, Moment, Request
from web.ticket_acts import ALSO, Words, act_on_course
from web.ticket_rows import TicketNumber
from web.ticket_views import TicketView
from web.tickets import roles_for

api = Api()


class Withdrawal(Body):
    """Why, who said so, and when; without a moment it was just now.

    The call, if there was one, is found by the server: the newest talk of whoever asks with this citizen, of a day.
    """

    reason: str = Words
    said_by: SaidBy = SaidBy.SELF
    said_at: Moment | None = None

    @property
    def word(self) -> Word:
        return Word(self.reason, self.said_by, self.said_at)


async def _withdraw(request: Request, act: Callable[..., Ticket], number: str, body: Withdrawal) -> TicketView:
    return await act_on_course(request, act, number, word=body.word)


@api.post("/tickets/{number}/withdraw", role=roles_for(Action.WITHDRAW), also=ALSO)
async def withdraw(request: Request, number: TicketNumber, body: Withdrawal) -> TicketView:
    """End the matter on the citizen's word; refused with `others_wait` while other callers are under it."""
    return await _withdraw(request, withdrawing.withdraw_ticket, number, body)


@api.post("/tickets/{number}/withdraw-part", role=roles_for(Action.WITHDRAW_PART), also=ALSO)
async def withdraw_part(request: Request, number: TicketNumber, body: Withdrawal) -> TicketView:
    """Take back one caller's part of a matter that others share: it goes on for them."""
    return await _withdraw(request, withdrawing.withdraw_part, number, body)
