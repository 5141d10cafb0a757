"""Every write to dialling in: PINs issued, tries counted, judged, and told to the exchange once."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.audit.actions import record_view
from core.events import announce
from staff.model import Person
from staff.queries import person_by_id
from telephony.bridges.model import BridgedCall
from telephony.dial_in.errors import DialInPhoneMalformed, DialInPhoneTaken
from telephony.dial_in.model import DialIn, DialInPin
from telephony.dial_in.queries import locked_until
from telephony.dial_in.rules import (
    VERDICT_NAMES,
    DialInState,
    Keyed,
    Verdict,
    dialling_number,
    may_dial_in_from,
)
from telephony.events import DialInJudged, DialInProven

LONGEST_TICKET = 20


def issue_dial_in_pin(session: Session, person_id: int, *, phone: str, pin_hash: str, now: datetime) -> DialInPin:
    """A new PIN for this telephone; the one before is no good any more.  `phone` empty: as before, else the mobile.

    Raises PersonNotFound, DialInPhoneMalformed, DialInPhoneTaken.
    """
    person = person_by_id(session, person_id)
    pin = session.get(DialInPin, person_id)
    number = dialling_number(phone or (pin.phone if pin is not None else person.mobile_phone))
    if not may_dial_in_from(number):
        raise DialInPhoneMalformed
    if session.scalar(sa.select(DialInPin.person_id).where(DialInPin.phone == number)) not in {None, person_id}:
        raise DialInPhoneTaken
    pin = pin or DialInPin(person_id=person_id)
    pin.phone, pin.pin_hash, pin.issued_at = number, pin_hash, now
    session.add(pin)
    session.flush()
    _log(session, person, "issue_dial_in_pin", "发放拨入密码", now)
    return pin


def withdraw_dial_in_pin(session: Session, person_id: int, *, now: datetime) -> None:
    """Nobody dials in as this person any more; a second time changes nothing.  Raises PersonNotFound."""
    person = person_by_id(session, person_id)
    if (pin := session.get(DialInPin, person_id)) is not None:
        session.delete(pin)
        _log(session, person, "withdraw_dial_in_pin", "停用拨入", now)


@dataclass(frozen=True)
class DialInTry:
    """A try whose PIN is to be checked outside the transaction; `pin_hash` None: there is none that could be right."""

    dial_in_id: int
    pin_hash: str | None


def begin_dial_in(session: Session, keyed: Keyed, *, node: str, now: datetime) -> DialInTry | None:
    """Count this try as wrong until it is right, so that guesses at once are counted too.

    None: too many were wrong, and this PIN is not looked at.  Announces DialInJudged.
    """
    caller = dialling_number(keyed.caller)[:20]
    found = sa.select(DialInPin).join(Person, Person.id == DialInPin.person_id).where(Person.is_active)
    pin = session.scalar(found.where(DialInPin.phone == caller).with_for_update(of=DialInPin)) if caller else None
    dial_in = DialIn(
        node=node,
        channel=keyed.channel[:80],
        caller=caller,
        person_id=pin.person_id if pin else None,
        ticket=keyed.ticket[:LONGEST_TICKET],
        state=DialInState.CHECKING,
        heard_at=now,
    )
    is_locked = locked_until(session, caller=caller, now=now) is not None or (
        pin is not None and locked_until(session, person_id=pin.person_id, now=now) is not None
    )
    session.add(dial_in)
    session.flush()
    if is_locked:
        judge_dial_in(session, dial_in, Verdict.LOCKED, now=now)
        return None
    return DialInTry(dial_in.id, pin.pin_hash if pin else None)


def finish_dial_in(session: Session, dial_in_id: int, *, is_right: bool, now: datetime) -> None:
    """The PIN was checked.  Announces DialInProven, or DialInJudged when it was wrong."""
    dial_in = session.get_one(DialIn, dial_in_id, with_for_update=True)
    if dial_in.state is not DialInState.CHECKING:
        return
    if not is_right:
        judge_dial_in(session, dial_in, Verdict.WRONG, now=now)
        return
    dial_in.state = DialInState.PROVEN
    announce(session, DialInProven(dial_in.id))


def proven_dial_in(session: Session, dial_in_id: int) -> DialIn | None:
    """Locked; None when it was judged already."""
    dial_in = session.get_one(DialIn, dial_in_id, with_for_update=True)
    return dial_in if dial_in.state is DialInState.PROVEN else None


def judge_dial_in(
    session: Session, dial_in: DialIn, verdict: Verdict, *, bridge: BridgedCall | None = None, now: datetime
) -> None:
    """What comes of it, with its line of the audit log.  Announces DialInJudged."""
    dial_in.state, dial_in.verdict, dial_in.judged_at = DialInState.JUDGED, verdict, now
    dial_in.bridge_id = bridge.id if bridge is not None else None
    person = session.get(Person, dial_in.person_id) if dial_in.person_id is not None else None
    label = _label(person) if person else "未登记号码"
    record_view(session, label, dial_in.person_id, "dial_in", "dial_in", dial_in.id, VERDICT_NAMES[verdict], now)
    announce(session, DialInJudged(dial_in.id))


@dataclass(frozen=True)
class TakenDialIn:
    """A verdict that is ours to tell the exchange, once; the call and whom to ring only where it is connected."""

    dial_in_id: int
    channel: str
    verdict: Verdict
    bridge_id: int | None
    citizen_channel: str


def take_dial_ins(session: Session, *, node: str) -> list[TakenDialIn]:
    """Take what was judged; a call that has gone meanwhile is refused by the exchange."""
    judged = sa.select(DialIn).where(DialIn.node == node, DialIn.state == DialInState.JUDGED)
    taken = []
    for dial_in in session.scalars(judged.order_by(DialIn.id).with_for_update()):
        dial_in.state = DialInState.TOLD
        bridge = session.get(BridgedCall, dial_in.bridge_id) if dial_in.bridge_id is not None else None
        to = bridge.citizen_channel if bridge is not None else ""
        verdict = dial_in.verdict or Verdict.WRONG
        taken.append(TakenDialIn(dial_in.id, dial_in.channel, verdict, dial_in.bridge_id, to))
    return taken


def _log(session: Session, person: Person, action: str, purpose: str, now: datetime) -> None:
    record_view(session, _label(person), person.id, action, "dial_in_pin", person.id, purpose, now)


def _label(person: Person) -> str:
    return f"{person.name}（{person.staff_number}）"
