"""致电: calls of staff to the citizen of a ticket, through the hotline; live while they run."""

from datetime import datetime
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from staff.rules import Actor
from telephony.bridges.model import BridgedCall
from telephony.bridges.queries import bridges_about
from telephony.bridges.rules import BridgeResult, BridgeState
from telephony.events import BridgeChanged
from telephony.settings import TelephonySettings
from tickets.actions.contacting import CALLERS, call_citizen, may_call, own_telephone
from tickets.kinds import ContactTime, ReplyWay
from tickets.queries.access import ticket_by_number
from tickets.queries.evidence import proof_of_call
from web.api import Api, Body, Moment, Request, View
from web.evidence_views import CallMadeView
from web.live import Topic
from web.ticket_acts import ALSO
from web.ticket_rows import TicketNumber

api = Api()


class BridgeView(View):
    """One call; `own` is the telephone that rings first, masked."""

    id: int
    version: int
    person: str
    own: str
    state: BridgeState
    result: BridgeResult | None
    asked_at: Moment
    talking_since: Moment | None
    ended_at: Moment | None
    talk_s: int | None

    @classmethod
    def of(cls, bridge: BridgedCall) -> Self:
        return cls(
            id=bridge.id,
            version=bridge.version,
            person=bridge.person_label,
            own=bridge.own_shown,
            state=bridge.state,
            result=bridge.result,
            asked_at=bridge.asked_at,
            talking_since=bridge.citizen_answered_at,
            ended_at=bridge.ended_at,
            talk_s=bridge.talk_s,
        )


class ContactsView(View):
    """When and how the citizen wants to be spoken to, which telephone of one's own would ring, and earlier calls.

    `dial_in`: the number to dial from outside; empty: none.
    """

    may_call: bool
    has_phone: bool
    own: str
    dial_in: str
    contact_time: ContactTime
    reply_way: ReplyWay
    calls: list[BridgeView]
    #: the call that would bear out an answer which the unit gives now
    proof: CallMadeView | None


def _contacts(session: Session, number: str, *, dial_in: str, by: Actor, now: datetime) -> ContactsView:
    ticket = ticket_by_number(session, number, by)
    return ContactsView(
        may_call=may_call(ticket, by),
        has_phone=bool(ticket.phone),
        own=own_telephone(session, by),
        dial_in=dial_in,
        contact_time=ticket.contact_time,
        reply_way=ticket.reply_way,
        calls=[BridgeView.of(bridge) for bridge in bridges_about(session, ticket.id)],
        proof=CallMadeView.of(proof_of_call(session, ticket, now=now)),
    )


@api.get("/tickets/{number}/calls", role=CALLERS, also=(404,))
async def show_contacts(request: Request, number: TicketNumber) -> ContactsView:
    """Show whether and how the citizen can be called, and who has called before."""
    dial_in = request.service(TelephonySettings).dial_in_number
    shown: ContactsView = await request.read(_contacts, number, dial_in=dial_in, by=request.actor, now=request.now)
    return shown


class NewCall(Body):
    """Which telephone of one's own rings first; kept for the next time.  Empty: the seat, or the one on record."""

    own_phone: str = Field("", max_length=20)


@api.post("/tickets/{number}/calls", role=CALLERS, status=202, also=ALSO)
async def call(request: Request, number: TicketNumber, body: NewCall) -> BridgeView:
    """Ring one's own telephone first, then the citizen's; neither sees the other's number."""
    asked: BridgeView = await request.write(
        call_citizen,
        number,
        own_phone=body.own_phone,
        telephony=request.service(TelephonySettings),
        by=request.actor,
        now=request.now,
        view=BridgeView.of,
    )
    return asked


def read_bridge(session: Session, key: str, *, now: datetime) -> BridgeView | None:
    """The row of topic bridge:<id>; numbers in it are masked."""
    bridge = session.get(BridgedCall, int(key)) if key.isdecimal() and len(key) < 16 else None
    return BridgeView.of(bridge) if bridge is not None else None


def may_watch(actor: Actor, _key: str) -> bool:
    return actor.may_act_as(CALLERS)


TOPICS = (Topic("bridge", may_watch, read_bridge, {BridgeChanged: lambda event: str(event.bridge_id)}),)
