"""Log in with a one-time code on a telephone: for officers on duty who have no office at hand."""

import secrets

from pydantic import Field
from sqlalchemy.orm import Session

from core.secrets import phone_hash
from sms.actions.queueing import queue_message
from sms.office import SmsOffice
from sms.templates import LOG_IN_CODE
from staff.log_in_codes import LASTS, ask_for_code, finish_code_log_in, hash_code, take_try
from staff.rules import SESSION_ABSOLUTE
from staff.tokens import new_token, token_hash
from web.api import PUBLIC, Api, Body, Request, View
from web.api.access import cookie_name
from web.session import SessionView, session_view

api = Api()
DIGITS = 6


class AskCode(Body):
    """The mobile that is bound to the person, or that stands on the roster now."""

    phone: str = Field(min_length=1, max_length=20)


class CodeAsked(View):
    """The same for every number: whether somebody has it is not told."""

    lasts_s: int


class CodeLogIn(Body):
    """The phone, and the code that it got."""

    phone: str = Field(min_length=1, max_length=20)
    code: str = Field(min_length=1, max_length=20)


@api.post("/session/codes", role=PUBLIC, status=201, also=(429,))
async def ask(request: Request, body: AskCode) -> CodeAsked:
    """Send a code to a phone, if an officer has it; the answer is the same either way."""
    office = request.service(SmsOffice)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    hashed = phone_hash(body.phone, office.phone_key)

    def send(session: Session) -> None:
        asked = ask_for_code(
            session,
            body.phone,
            phone_hash=hashed,
            code_hash=hash_code(code, phone_hash=hashed, key=office.phone_key),
            address=request.address,
            now=request.now,
        )
        if asked.person_id is not None:
            ends_at = request.now + LASTS
            queue_message(
                session, body.phone, LOG_IN_CODE, {"code": code}, office=office, now=request.now, not_after=ends_at
            )

    await request.write(send)
    return CodeAsked(lasts_s=int(LASTS.total_seconds()))


@api.post("/session/by-code", role=PUBLIC, status=201, also=(401, 429))
async def log_in(request: Request, body: CodeLogIn) -> SessionView:
    """Log in with a code; each try is counted before the code is looked at."""
    key = request.service(SmsOffice).phone_key
    hashed = phone_hash(body.phone, key)
    tried = await request.write(take_try, phone_hash=hashed, address=request.address, now=request.now)
    token, csrf_token = new_token(), new_token()
    opened = await request.write(
        finish_code_log_in,
        tried,
        code_hash=hash_code(_as_digits(body.code), phone_hash=hashed, key=key),
        token_hash=token_hash(token),
        csrf_token=csrf_token,
        address=request.address,
        now=request.now,
    )
    name = cookie_name(request.services.settings)
    request.set_cookie(name, token, max_age_s=int(SESSION_ABSOLUTE.total_seconds()))
    return await request.read(session_view, opened, request)


def _as_digits(typed: str) -> str:
    """Full-width digits and blanks are what a telephone's keyboard makes of a code."""
    return "".join(str(int(mark)) for mark in typed if mark.isdecimal())
