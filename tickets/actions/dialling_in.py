"""拨入致电: whoever dialled in with the right PIN is joined with the citizen of the ticket, or told why not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar import SHANGHAI
from core.masking import mask_phone
from staff.queries import actor_by_id
from staff.rules import Actor
from telephony.bridges.actions import Line, ask_bridge
from telephony.bridges.errors import AlreadyCalling
from telephony.bridges.model import BridgedCall
from telephony.dial_in.actions import judge_dial_in, proven_dial_in
from telephony.dial_in.model import DialIn
from telephony.dial_in.rules import Verdict
from telephony.settings import TelephonySettings
from tickets.actions.contacting import citizen_line, may_call, ticket_to_call
from tickets.errors import MoveRefused, NoCitizenPhone, RoleRefused, TicketNotFound
from tickets.model import Ticket
from tickets.numbers import LENGTH, check_digit
from tickets.queries.access import visible_to
from tickets.rules import State

#: five running digits and the check digit
TAIL_LENGTH = 6
#: so far back the last six digits are looked for; older tickets are keyed whole
TAIL_DAYS = 120


def connect_dial_in(session: Session, dial_in_id: int, *, telephony: TelephonySettings, now: datetime) -> None:
    """Judge by the rules of the page's 致电; a second time changes nothing.  Announces DialInJudged, BridgeChanged."""
    dial_in = proven_dial_in(session, dial_in_id)
    if dial_in is None or dial_in.person_id is None:
        return
    by = actor_by_id(session, dial_in.person_id)
    keyed = _keyed(session, dial_in.ticket, by, now=now)
    if len(keyed) > 1:
        judge_dial_in(session, dial_in, Verdict.SEVERAL, now=now)
        return
    bridge: BridgedCall | None = None
    try:
        bridge = _joined(session, dial_in, keyed[0] if keyed else dial_in.ticket, by, telephony=telephony, now=now)
        verdict = Verdict.CONNECTED
    except (TicketNotFound, MoveRefused, RoleRefused):
        verdict = Verdict.CLOSED if keyed and _is_void(session, keyed[0]) else Verdict.NO_TICKET
    except NoCitizenPhone:
        verdict = Verdict.NO_PHONE
    except AlreadyCalling:
        verdict = Verdict.CALLING
    judge_dial_in(session, dial_in, verdict, bridge=bridge, now=now)


def _joined(
    session: Session, dial_in: DialIn, number: str, by: Actor, *, telephony: TelephonySettings, now: datetime
) -> BridgedCall:
    """Raises TicketNotFound, MoveRefused, RoleRefused, NoCitizenPhone, AlreadyCalling."""
    ticket = ticket_to_call(session, number, by)
    return ask_bridge(
        session,
        node=dial_in.node,
        about_id=ticket.id,
        person_id=by.person_id or 0,
        person_label=by.label,
        own=Line(dial_in.channel, f"拨入 {mask_phone(dial_in.caller)}"),
        citizen_channel=citizen_line(ticket, telephony),
        now=now,
        has_dialled_in=True,
    )


def _keyed(session: Session, digits: str, by: Actor, *, now: datetime) -> Sequence[str]:
    """Numbers of the tickets that were meant, those first that may be called about: one of them is enough."""
    numbers = [digits] if len(digits) == LENGTH else _numbers_ending(digits, now)
    found = session.scalars(select(Ticket).where(Ticket.number.in_(numbers), visible_to(by)).order_by(Ticket.id)).all()
    callable_ = [ticket.number for ticket in found if ticket.number and may_call(ticket, by)]
    return callable_ or [ticket.number for ticket in found if ticket.number][:1]


def _numbers_ending(tail: str, now: datetime) -> list[str]:
    """Every number of these last days with this end whose check digit fits, about one day in ten."""
    if len(tail) != TAIL_LENGTH:
        return []
    today = now.astimezone(SHANGHAI).date()
    days = (today - timedelta(days=back) for back in range(TAIL_DAYS))
    return [number for day in days if check_digit(number := f"{day:%y%m%d}{tail}") == 0]


def _is_void(session: Session, number: str) -> bool:
    return session.scalar(select(Ticket.state).where(Ticket.number == number)) is State.VOID
