"""The city with its pages for staff, for tests of what they say and who may read them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from evaluation.office import EvaluationOffice
from sms.office import SmsOffice
from staff.rules import Role
from tests.api.logins import log_in
from tests.evaluation.city import City
from tickets.kinds import CloseReason
from tickets.model import Ticket
from tickets.rules import State
from web import (
    indicators,
    ledger,
    matter_classes,
    ratings,
    satisfaction,
    satisfaction_beside,
    satisfaction_export,
    satisfaction_rules,
    satisfaction_upheld,
    sms_messages,
    tickets,
)
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
TODAY = {"from": "2026-10-13", "to": "2026-10-13"}


class Office:
    """The city with its pages; `get` and `post` speak as somebody with the given role."""

    def __init__(self, city: City, client: Client, instances: dict[type, Any]) -> None:
        self.city, self.client, self.instances = city, client, instances
        self._known: set[Role] = set()

    def headers(self, role: Role) -> dict[str, str]:
        if role not in self._known:
            log_in(self.city.database, role, token=role.value, now=self.city.clock.now())
            self._known.add(role)
        return {"Cookie": f"hotline={role.value}", "X-CSRF-Token": f"csrf-{role.value}"}

    async def get(self, path: str, role: Role = Role.SUPERVISOR, query: dict[str, str] | None = None) -> Any:
        answer = await self.client.get(f"/api{path}", params=query or {}, headers=self.headers(role))
        return await answer.json() if answer.status == 200 else answer.status

    async def post(self, path: str, body: dict[str, Any], role: Role) -> tuple[int, Any]:
        answer = await self.client.post(f"/api{path}", json=body, headers=self.headers(role))
        return answer.status, await answer.json(content_type=None)


@asynccontextmanager
async def opened_pages(city: City) -> AsyncIterator[Office]:
    app = http.Application(middlewares=[problems])
    instances: dict[type, Any] = {EvaluationOffice: city.office, SmsOffice: city.office.sms}
    app[SERVICES] = Services(city.database.serving, city.clock, WebSettings(), instances)
    for module in (
        satisfaction,
        satisfaction_beside,
        satisfaction_rules,
        satisfaction_upheld,
        satisfaction_export,
        indicators,
        ledger,
        ratings,
        matter_classes,
        sms_messages,
        tickets,
    ):
        module.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Office(city, client, instances)


def closed_ticket(city: City, answer: str | None) -> str:
    """A ticket asked about, perhaps answered, and closed; its number."""
    ticket_id = city.ticket()
    city.invite(ticket_id)
    if answer:
        city.write(answer)

    def close(session: Session) -> str:
        ticket = session.get_one(Ticket, ticket_id)
        ticket.state, ticket.closed_at, ticket.close_reason = State.CLOSED, city.clock.now(), CloseReason.RATED
        return ticket.number

    return city.database.write(close)
