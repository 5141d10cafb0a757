"""Log in, log out, and who is logged in."""

import asyncio
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy.orm import Session

from staff.actions import begin_log_in, end_log_in, finish_log_in
from staff.errors import WrongPassword
from staff.passwords import is_password
from staff.queries import LogIn, person_by_id
from staff.rules import PASSWORD_MAX_LENGTH, SESSION_ABSOLUTE, Role
from staff.tokens import new_token, token_hash
from tickets.actions.claims import drop_claims_of
from web.api import ANYONE, PUBLIC, Api, Body, Moment, Request, View
from web.api.access import cookie_name

api = Api()


class Credentials(Body):
    """What somebody types to log in."""

    account: str = Field(min_length=1, max_length=40)
    password: Annotated[str, StringConstraints(strip_whitespace=False)] = Field(
        min_length=1, max_length=PASSWORD_MAX_LENGTH
    )


class PersonView(View):
    """Who is logged in."""

    id: int
    name: str
    staff_number: str
    roles: list[Role]
    unit_id: int
    unit_name: str


class SessionView(View):
    """The log-in as the page needs it; `now` is the server's clock, which remaining times are counted by."""

    person: PersonView
    csrf_token: str
    now: Moment


@api.post("/session", role=PUBLIC, status=201, also=(401, 429))
async def log_in(request: Request, body: Credentials) -> SessionView:
    """Log in; the cookie that comes back stands for the log-in.

    The password is checked between two short transactions, as it takes longer than a write may.
    """
    attempt = await request.write(begin_log_in, account=body.account, address=request.address, now=request.now)
    if not await asyncio.to_thread(is_password, body.password, attempt.password_hash):
        raise WrongPassword
    token, csrf_token = new_token(), new_token()
    opened = await request.write(
        finish_log_in,
        attempt,
        token_hash=token_hash(token),
        csrf_token=csrf_token,
        address=request.address,
        now=request.now,
    )
    name = cookie_name(request.services.settings)
    request.set_cookie(name, token, max_age_s=int(SESSION_ABSOLUTE.total_seconds()))
    return await request.read(session_view, opened, request)


@api.get("/session", role=ANYONE)
async def show_session(request: Request) -> SessionView:
    """Say who is logged in."""
    return await request.read(session_view, request.login, request)


@api.delete("/session", role=ANYONE)
async def log_out(request: Request) -> None:
    """End the log-in."""
    name = cookie_name(request.services.settings)
    await request.write(end_log_in, request.raw.cookies[name], now=request.now)
    await request.write(drop_claims_of, request.actor.person_id)
    request.drop_cookie(name)


def session_view(session: Session, login: LogIn, request: Request) -> SessionView:
    person = person_by_id(session, login.actor.person_id or 0)
    return SessionView(
        person=PersonView(
            id=person.id,
            name=person.name,
            staff_number=person.staff_number,
            roles=sorted(login.actor.roles),
            unit_id=person.unit_id,
            unit_name=person.unit.name,
        ),
        csrf_token=login.csrf_token,
        now=request.now,
    )
