"""Logging in and out over the API."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from core.database import Database
from staff.actions import add_person, add_unit
from staff.passwords import hash_password
from staff.rules import Role, UnitKind
from tests.api.test_access import SetClock
from web.api import SERVICES, Services
from web.api.problems import problems
from web.session import api
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
PASSWORD = "a long enough password"


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
async def client(database: Database, clock: SetClock) -> AsyncIterator[Client]:
    unit = database.write(add_unit, parent_id=None, code="hotline", name="热线中心", kind=UnitKind.HOTLINE)
    database.write(
        add_person,
        unit_id=unit.id,
        account="li",
        name="李明",
        staff_number="A012",
        roles=[Role.AGENT],
        password_hash=hash_password(PASSWORD),
    )
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, clock, WebSettings())
    api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


async def log_in(client: Client, account: str = "li", password: str = PASSWORD) -> tuple[int, str]:
    answer = await client.post("/api/session", json={"account": account, "password": password})
    body = await answer.json(content_type=None)
    return answer.status, body.get("code") or body["csrf_token"]


async def test_blanks_are_part_of_a_password(client: Client) -> None:
    assert (await log_in(client, password=f" {PASSWORD}"))[1] == "wrong_password"


async def test_the_right_password_logs_in_and_the_cookie_is_out_of_reach_of_scripts(client: Client) -> None:
    answer = await client.post("/api/session", json={"account": "li", "password": PASSWORD})

    assert answer.status == 201
    assert (await answer.json())["person"]["name"] == "李明"
    cookie = answer.cookies["hotline"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert (await client.get("/api/session")).status == 200


@pytest.mark.parametrize(("account", "password"), [("li", "the wrong password"), ("nobody", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_account_are_told_alike(
    client: Client, account: str, password: str
) -> None:
    assert await log_in(client, account, password) == (401, "wrong_password")


async def test_after_five_failures_from_one_address_the_sixth_waits(client: Client, clock: SetClock) -> None:
    for n in range(5):
        await log_in(client, f"guess-{n}", "the wrong password")

    assert await log_in(client) == (429, "too_many_failures")
    clock.moment += timedelta(minutes=5, seconds=1)
    assert (await log_in(client))[0] == 201


async def test_logging_out_ends_the_log_in_and_not_only_the_cookie(client: Client) -> None:
    _, csrf_token = await log_in(client)
    kept = client.session.cookie_jar.filter_cookies(client.make_url("/"))["hotline"].value

    answer = await client.delete("/api/session", headers={"X-CSRF-Token": csrf_token})
    client.session.cookie_jar.clear()

    assert answer.status == 204
    assert (await client.get("/api/session", headers={"Cookie": f"hotline={kept}"})).status == 401


async def test_the_host_prefix_is_used_over_https(client: Client) -> None:
    from web.api.access import cookie_name

    assert cookie_name(WebSettings(public_address="https://12345.example")) == "__Host-hotline"
