"""拨入: one's own telephone and PIN for calling citizens from outside."""

import asyncio
from datetime import datetime

from pydantic import Field
from sqlalchemy.orm import Session

from core.masking import mask_phone
from telephony.dial_in.actions import issue_dial_in_pin, withdraw_dial_in_pin
from telephony.dial_in.errors import DialInOff
from telephony.dial_in.pins import hash_pin, new_pin
from telephony.dial_in.queries import dial_in_standing
from telephony.settings import TelephonySettings
from tickets.actions.contacting import CALLERS
from web.api import Api, Body, Moment, Request, View

api = Api()


class DialInView(View):
    """How one dials in.

    `number` empty: this hotline has none.  `phone` empty: no PIN was issued.  `mobile`: the one on record, else empty.
    `locked_until`: too many PINs were wrong.  Telephones are masked.
    """

    number: str
    phone: str
    mobile: str
    issued_at: Moment | None
    locked_until: Moment | None


class IssuedPinView(View):
    """The PIN, shown this once: only its hash is kept."""

    pin: str


def _standing(session: Session, person_id: int, *, number: str, now: datetime) -> DialInView:
    standing = dial_in_standing(session, person_id, now=now)
    return DialInView(
        number=number,
        phone=mask_phone(standing.phone),
        mobile=mask_phone(standing.mobile),
        issued_at=standing.issued_at,
        locked_until=standing.locked_until,
    )


@api.get("/me/dial-in", role=CALLERS)
async def show_dial_in(request: Request) -> DialInView:
    """Show from which telephone oneself dials in, and to which number."""
    number = request.service(TelephonySettings).dial_in_number
    shown: DialInView = await request.read(_standing, request.actor.person_id or 0, number=number, now=request.now)
    return shown


class DialInPhone(Body):
    """The telephone that oneself calls from; empty: the one before, or the mobile on record."""

    phone: str = Field("", max_length=20)


@api.put("/me/dial-in", role=CALLERS, also=(409,))
async def issue_pin(request: Request, body: DialInPhone) -> IssuedPinView:
    """Issue a new PIN for this telephone; the one before is no good any more."""
    if not request.service(TelephonySettings).dial_in_number:
        raise DialInOff
    pin = new_pin()
    pin_hash = await asyncio.to_thread(hash_pin, pin)
    person_id = request.actor.person_id or 0
    await request.write(issue_dial_in_pin, person_id, phone=body.phone, pin_hash=pin_hash, now=request.now)
    return IssuedPinView(pin=pin)


@api.delete("/me/dial-in", role=CALLERS)
async def withdraw_pin(request: Request) -> None:
    """Dial in no more."""
    await request.write(withdraw_dial_in_pin, request.actor.person_id or 0, now=request.now)
