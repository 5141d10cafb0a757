"""Who may call a route: log-in, CSRF defence, origin and roles."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from core.database import Database
from staff.rules import Role
from tests.api.logins import log_in
from web.api import ANYONE, PUBLIC, SERVICES, Api, Request, Services, View
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
AGENT = {"Cookie": "hotline=agent"}


class Who(View):
    name: str
    address: str = ""


class SetClock:
    """A clock that a test sets by hand."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


api = Api()


@api.get("/who", role=ANYONE)
async def who(request: Request) -> Who:
    """Say who asks."""
    return Who(name=request.actor.name, address=request.address)


@api.post("/dispatch", role=(Role.DISPATCHER, Role.AGENT))
async def dispatch(request: Request) -> Who:
    """Do what dispatchers and agents may do."""
    return Who(name=request.actor.name)


@api.get("/audit", role=Role.AUDITOR)
async def audit(request: Request) -> Who:
    """See what auditors may see."""
    return Who(name=request.actor.name)


@api.post("/rate", role=PUBLIC)
async def rate(request: Request) -> None:
    """Do what a citizen may do."""


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
async def client(database: Database, clock: SetClock) -> AsyncIterator[Client]:
    log_in(database, Role.AGENT, token="agent", now=clock.now())
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, clock, WebSettings())
    api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


async def test_without_a_log_in_it_is_a_401(client: Client) -> None:
    answer = await client.get("/api/who")

    assert answer.status == 401
    assert (await answer.json(content_type=None))["code"] == "not_logged_in"


async def test_a_log_in_says_who_asks(client: Client) -> None:
    answer = await client.get("/api/who", headers=AGENT)

    assert await answer.json() == {"name": "王小明", "address": "127.0.0.1"}


async def test_a_forged_token_is_a_401(client: Client) -> None:
    answer = await client.get("/api/who", headers={"Cookie": "hotline=agent2"})

    assert answer.status == 401


@pytest.mark.parametrize(("after", "status"), [(timedelta(minutes=119), 200), (timedelta(minutes=121), 401)])
async def test_an_idle_log_in_dies_after_two_hours(
    client: Client, clock: SetClock, after: timedelta, status: int
) -> None:
    clock.moment += after

    assert (await client.get("/api/who", headers=AGENT)).status == status


async def test_a_log_in_that_is_used_lives_on(client: Client, clock: SetClock) -> None:
    for _ in range(3):
        clock.moment += timedelta(minutes=100)
        answer = await client.get("/api/who", headers=AGENT)

    assert answer.status == 200


async def test_a_missing_role_is_a_403(client: Client) -> None:
    answer = await client.get("/api/audit", headers=AGENT)

    assert answer.status == 403
    assert (await answer.json(content_type=None))["code"] == "role_missing"


async def test_one_of_several_roles_is_enough(client: Client) -> None:
    answer = await client.post("/api/dispatch", headers=AGENT | {"X-CSRF-Token": "csrf-agent"})

    assert answer.status == 200


@pytest.mark.parametrize("token", [None, "", "csrf-other"])
async def test_a_change_without_the_right_csrf_token_is_a_403(client: Client, token: str | None) -> None:
    headers = AGENT if token is None else AGENT | {"X-CSRF-Token": token}

    answer = await client.post("/api/dispatch", headers=headers)

    assert answer.status == 403
    assert (await answer.json(content_type=None))["code"] == "csrf_token"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=["origin", "fetch metadata"]
)
@pytest.mark.parametrize("path", ["/api/dispatch", "/api/rate"])
async def test_a_change_sent_from_a_foreign_page_is_a_403(client: Client, path: str, headers: dict[str, str]) -> None:
    answer = await client.post(path, headers=AGENT | {"X-CSRF-Token": "csrf-agent"} | headers)

    assert answer.status == 403
    assert (await answer.json(content_type=None))["code"] == "foreign_origin"


async def test_our_own_page_may_change(client: Client) -> None:
    own = str(client.make_url("")).rstrip("/")

    answer = await client.post("/api/rate", headers={"Origin": own, "Sec-Fetch-Site": "same-origin"})

    assert answer.status == 204


async def test_a_forwarded_address_is_not_believed_from_a_stranger(client: Client) -> None:
    answer = await client.get("/api/who", headers=AGENT | {"X-Forwarded-For": "203.0.113.9"})

    assert (await answer.json())["address"] == "127.0.0.1"
