"""Reads of dialling in."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from staff.model import Person
from telephony.dial_in.model import DialIn, DialInPin
from telephony.dial_in.rules import FAILURES_PER_CALLER, FAILURES_PER_PERSON, DialInState, Verdict


@dataclass(frozen=True)
class DialInStanding:
    """How somebody stands: from which telephone, since when, and until when no PIN of theirs is looked at.

    `mobile`: the one on record, for a first PIN.
    """

    phone: str
    mobile: str
    issued_at: datetime | None
    locked_until: datetime | None


def dial_in_standing(session: Session, person_id: int, *, now: datetime) -> DialInStanding:
    """`phone` empty and `issued_at` None: no PIN was issued."""
    pin = session.get(DialInPin, person_id)
    mobile = session.get_one(Person, person_id).mobile_phone
    if pin is None:
        return DialInStanding("", mobile, None, None)
    until = [locked_until(session, person_id=person_id, now=now), locked_until(session, caller=pin.phone, now=now)]
    return DialInStanding(pin.phone, mobile, pin.issued_at, max((end for end in until if end), default=None))


def locked_until(
    session: Session, *, person_id: int | None = None, caller: str | None = None, now: datetime
) -> datetime | None:
    """When the oldest of too many wrong PINs, of a person or else from a number, is forgotten; None: not locked."""
    who = DialIn.caller == caller if person_id is None else DialIn.person_id == person_id
    window, most = FAILURES_PER_CALLER if person_id is None else FAILURES_PER_PERSON
    is_wrong = sa.or_(DialIn.state == DialInState.CHECKING, DialIn.verdict == Verdict.WRONG)
    n, oldest = session.execute(
        sa.select(sa.func.count(), sa.func.min(DialIn.heard_at)).where(who, is_wrong, DialIn.heard_at > now - window)
    ).one()
    return oldest + window if n >= most else None


def has_dial_ins_judged(session: Session, *, node: str) -> bool:
    """Whether the call layer has a verdict to tell."""
    judged = sa.select(DialIn.id).where(DialIn.node == node, DialIn.state == DialInState.JUDGED)
    return session.scalar(judged.limit(1)) is not None
