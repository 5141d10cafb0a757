"""The whole application's frame: health, security headers, the description and the built page."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from core.database import Database
from tests.api.test_access import SetClock
from web.api import Services
from web.application import add_ui, make_application
from web.health import Dependency
from web.live import Hub
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]


@pytest.fixture
def dependencies() -> list[Dependency]:
    return [
        Dependency(name="database", is_ready=True),
        Dependency(name="ami", is_ready=False, is_needed=False, detail="连接被拒绝"),
    ]


@pytest.fixture
async def client(
    database: Database, now: datetime, dependencies: list[Dependency], tmp_path: Path
) -> AsyncIterator[Client]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-3f0c.js").write_text("export {}")
    (tmp_path / "index.html").write_text("<!doctype html><title>12345</title>")
    clock = SetClock(now)

    async def readiness() -> list[Dependency]:
        return dependencies

    hub = Hub(database.serving, clock, [], outbox_size=8)
    services = Services(database.serving, clock, WebSettings(public_address="https://hotline.example"))
    app = make_application(services, [], hub=hub, readiness=readiness)
    add_ui(app, tmp_path)
    async with TestClient(TestServer(app)) as served:
        yield served


async def test_health_asks_nothing_else(client: Client) -> None:
    assert (await client.get("/healthz")).status == 200


async def test_readiness_names_each_dependency(client: Client) -> None:
    answer = await client.get("/readyz")

    assert answer.status == 200
    assert [(found["name"], found["is_ready"]) for found in (await answer.json())["dependencies"]] == [
        ("database", True),
        ("ami", False),
    ]


async def test_a_needed_dependency_that_is_away_takes_the_server_out_of_service(
    client: Client, dependencies: list[Dependency]
) -> None:
    dependencies.append(Dependency(name="migrations", is_ready=False))

    assert (await client.get("/readyz")).status == 503


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/nothing", "/assets/index-3f0c.js"])
async def test_every_answer_is_protected(client: Client, path: str) -> None:
    answer = await client.get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_nothing_but_hashed_files_is_cached(client: Client) -> None:
    assert (await client.get("/healthz")).headers["Cache-Control"] == "no-store"
    assert (await client.get("/")).headers["Cache-Control"] == "no-cache"
    assert "immutable" in (await client.get("/assets/index-3f0c.js")).headers["Cache-Control"]


async def test_any_page_address_opens_the_application(client: Client) -> None:
    assert "12345" in await (await client.get("/tickets/261013000010")).text()


@pytest.mark.parametrize("path", ["/api/nothing", "/webhooks/nothing"])
async def test_what_is_no_page_is_a_404_problem(client: Client, path: str) -> None:
    answer = await client.get(path)

    assert answer.status == 404
    assert answer.content_type == "application/problem+json"


async def test_the_description_is_openapi_3_1(client: Client) -> None:
    assert (await (await client.get("/api/openapi.json")).json())["openapi"] == "3.1.0"
