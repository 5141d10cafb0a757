"""致电: staff speak with the citizen through the hotline, without each other's number; each try is in the history."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.masking import is_landline, is_mobile, mask_phone, plain_number
from staff.model import Person
from staff.queries import actor_by_id
from staff.rules import Actor, Role
from telephony.bridges.actions import Line, ask_bridge
from telephony.bridges.errors import NoOwnPhone
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import RESULT_NAMES, BridgeResult
from telephony.errors import SeatStateRefuses
from telephony.model import Seat
from telephony.rules import Phase
from telephony.settings import TelephonySettings
from tickets.actions.first_acting import note_first_action
from tickets.actions.writing import TicketKey, locked_ticket, write_history
from tickets.errors import MoveRefused, NoCitizenPhone, RoleRefused
from tickets.evidence import TALK_LEAST_S
from tickets.model import Ticket
from tickets.queries.access import sees_own_unit_only
from tickets.rules import TERMINAL_STATES, State

CALLED = "called"
#: the hotline's people who speak with citizens; a unit's officer does while the unit has the ticket
CALLERS = (
    Role.AGENT, Role.SPECIALIST, Role.DISPATCHER, Role.AUDITOR, Role.CALLBACK, Role.ESCALATION, Role.SHIFT_LEADER,
    Role.SUPERVISOR, Role.UNIT_OFFICER,
)  # fmt: skip
#: what is no ticket yet, and what is read only: callback, the repair of a bad rating and objections come before
UNCALLED_STATES = (State.DRAFT, *TERMINAL_STATES)
CALLING = "致电群众"
_EXTENSION = range(3, 7)


def call_citizen(
    session: Session, key: TicketKey, *, own_phone: str, telephony: TelephonySettings, by: Actor, now: datetime
) -> BridgedCall:
    """Ring one's own seat or telephone first, then the citizen's.  `own_phone` is kept; empty: the one on record.

    Raises TicketNotFound, MoveRefused, RoleRefused, NoCitizenPhone, NoOwnPhone, Invalid, SeatStateRefuses,
    AlreadyCalling.
    Announces BridgeAsked.
    """
    ticket = ticket_to_call(session, key, by)
    return ask_bridge(
        session,
        node=telephony.node,
        about_id=ticket.id,
        person_id=by.person_id or 0,
        person_label=by.label,
        own=_own_line(session, own_phone, telephony, by),
        citizen_channel=citizen_line(ticket, telephony),
        now=now,
    )


def ticket_to_call(session: Session, key: TicketKey, by: Actor) -> Ticket:
    """Locked.  Raises TicketNotFound, MoveRefused, RoleRefused, NoCitizenPhone."""
    ticket = locked_ticket(session, key, by)
    if ticket.state in UNCALLED_STATES:
        raise MoveRefused(state=ticket.state.name_zh, action=CALLING)
    if not may_call(ticket, by):
        raise RoleRefused(action=CALLING)
    if not ticket.phone:
        raise NoCitizenPhone
    return ticket


def citizen_line(ticket: Ticket, telephony: TelephonySettings) -> str:
    """What Asterisk dials for the citizen."""
    return telephony.bridge_channel.format(phone=plain_number(ticket.phone))


def may_call(ticket: Ticket, by: Actor) -> bool:
    """Not for what is no ticket or is at its end; and a unit only while it leads or works on it."""
    if ticket.state in UNCALLED_STATES or not by.may_act_as(CALLERS):
        return False
    return not sees_own_unit_only(by) or by.unit_id in {ticket.unit_id, ticket.working_unit_id}


def own_telephone(session: Session, by: Actor) -> str:
    """What would ring first, as a page may show it; empty when nothing is known."""
    seat = _seat_of(session, by)
    if seat is not None:
        return f"坐席 {seat.number}"
    return _shown(_phone_on_record(session.get_one(Person, by.person_id)))


def _own_line(session: Session, own_phone: str, telephony: TelephonySettings, by: Actor) -> Line:
    seat = _seat_of(session, by)
    if seat is not None:
        if seat.phase is not Phase.IDLE:
            raise SeatStateRefuses
        return Line(seat.interface, f"坐席 {seat.number}")
    person = session.get_one(Person, by.person_id)
    if own_phone:
        person.desk_phone = _checked(own_phone)
    phone = _phone_on_record(person)
    if not phone:
        raise NoOwnPhone
    if len(phone) in _EXTENSION:
        return Line(f"PJSIP/{phone}", _shown(phone))
    return Line(telephony.bridge_channel.format(phone=phone), _shown(phone))


def _phone_on_record(person: Person) -> str:
    """The desk's telephone, else the mobile one to which codes for logging in go; empty when neither is known."""
    return person.desk_phone or person.mobile_phone


def _seat_of(session: Session, by: Actor) -> Seat | None:
    return session.scalar(select(Seat).where(Seat.person_id == by.person_id))


def _checked(phone: str) -> str:
    digits = plain_number(phone)
    is_extension = digits.isascii() and digits.isdecimal() and len(digits) in _EXTENSION
    if not (is_extension or is_mobile(digits) or is_landline(digits)):
        raise Invalid([(("body", "own_phone"), "own_phone_malformed", "请填写手机、带区号的座机或 3 到 6 位分机号")])
    return digits


def _shown(phone: str) -> str:
    return f"分机 {phone}" if len(phone) in _EXTENSION else mask_phone(phone) if phone else ""


def note_contact(session: Session, bridge_id: int, *, now: datetime) -> None:
    """The call has ended: one line of the history by whoever made it, with its length where somebody spoke.

    The line does not raise the ticket's version: who is writing a reply must not lose it to a telephone.
    """
    bridge = session.get_one(BridgedCall, bridge_id)
    by = actor_by_id(session, bridge.person_id)
    ticket = session.scalar(select(Ticket).where(Ticket.id == bridge.about_id).with_for_update())
    if ticket is None or bridge.result is None:
        return
    if by.unit_id in {ticket.unit_id, ticket.working_unit_id} and (bridge.talk_s or 0) >= TALK_LEAST_S:
        note_first_action(session, ticket, at=bridge.citizen_answered_at or now)
    particulars = {"bridge_id": bridge.id, "result": bridge.result.value, "talk_s": bridge.talk_s}
    words = contact_words(bridge.result, bridge.talk_s)
    write_history(session, ticket, CALLED, before=ticket.state, by=by, now=now, reason=words, particulars=particulars)


def contact_words(result: BridgeResult, talk_s: int | None) -> str:
    """已通话 2 分 41 秒."""
    if result is not BridgeResult.TALKED or talk_s is None:
        return RESULT_NAMES[result]
    minutes, seconds = divmod(talk_s, 60)
    return f"{RESULT_NAMES[result]} {f'{minutes} 分 ' if minutes else ''}{seconds} 秒"
