"""What the desk shows of a caller besides the call: earlier matters, and what was registered on this call."""

from typing import Self

from sqlalchemy.orm import Session

from core.masking import mask_name
from staff.rules import Actor, Role
from telephony.model import Call
from tickets.model import Ticket
from tickets.queries.citizen import in_plain_words
from tickets.queries.desk import count_of_phone, recent_of_phone, tickets_of_call
from tickets.rules import Action
from tickets.settings import TicketOffice
from web.api import Api, Moment, Request, RowId, View
from web.ticket_rows import TicketRow
from web.tickets import roles_for

api = Api()
ROLES = (*roles_for(Action.REGISTER), Role.SHIFT_LEADER)


class EarlierTicket(View):
    """A line of 最近诉求; `words` is one sentence written to be read aloud."""

    ticket: TicketRow
    words: str

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls(ticket=TicketRow.of(ticket), words=in_plain_words(ticket))


class CallerMatters(View):
    """Who this number is to us; nobody known: no name, no tickets."""

    name: str
    ticket_count: int
    last_at: Moment | None
    earlier: list[EarlierTicket]
    registered: list[TicketRow]


def caller_matters(session: Session, call_id: int, *, by: Actor, phone_key: bytes) -> CallerMatters:
    """Of a call that the agent answered; nothing for anybody else's."""
    call = session.get(Call, call_id)
    is_own = call is not None and (call.person_id == by.person_id or by.may_act_as((Role.SHIFT_LEADER,)))
    number = (call.caller or "") if call is not None and is_own else ""
    earlier = recent_of_phone(session, number, by=by, phone_key=phone_key)
    named = next((ticket.caller_name for ticket in earlier if ticket.caller_name), "")
    return CallerMatters(
        name=mask_name(named),
        ticket_count=count_of_phone(session, number, by=by, phone_key=phone_key),
        last_at=earlier[0].registered_at if earlier else None,
        earlier=[EarlierTicket.of(ticket) for ticket in earlier],
        registered=[TicketRow.of(ticket) for ticket in tickets_of_call(session, call_id, by=by)] if is_own else [],
    )


@api.get("/calls/{call_id}/matters", role=ROLES)
async def show_matters(request: Request, call_id: RowId) -> CallerMatters:
    """Show the caller's earlier matters, and those registered on this call."""
    shown: CallerMatters = await request.read(
        caller_matters, call_id, by=request.actor, phone_key=request.service(TicketOffice).phone_key
    )
    return shown
