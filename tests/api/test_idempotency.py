"""Idempotency-Key: one key creates once, however often and however simultaneously it is sent."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import Conflict
from core.jobs.model import JobRow
from core.jobs.runner import drain
from staff.actions import add_unit
from staff.model import Unit
from staff.rules import Role, UnitKind
from tests.api.logins import log_in
from tests.api.test_access import SetClock
from web.api import ANYONE, SERVICES, Api, Body, Request, Services, View
from web.api.idempotency import KeptAnswer
from web.api.problems import problems
from web.jobs import plan_clean_up
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]


class NewUnit(Body):
    code: str


class UnitView(View):
    id: int
    code: str


class FullHouse(Conflict):
    code = "full_house"
    message = "满了"


api = Api()


def found(session: Session, code: str) -> Unit:
    if code == "full":
        raise FullHouse
    return add_unit(session, parent_id=None, code=code, name=code, kind=UnitKind.STREET)


@api.post("/units", role=ANYONE, status=201, idempotent=True)
async def found_unit(request: Request, body: NewUnit) -> UnitView:
    """Found a unit."""
    return await request.write(found, body.code, view=UnitView.model_validate)


@pytest.fixture
async def client(database: Database, now: datetime) -> AsyncIterator[Client]:
    for token in ("agent", "other"):
        log_in(database, Role.AGENT, token=token, now=now)
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings())
    api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


async def post(client: Client, code: str, key: str | None, *, person: str = "agent") -> tuple[int, object]:
    headers = {"Cookie": f"hotline={person}", "X-CSRF-Token": f"csrf-{person}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    answer = await client.post("/api/units", json={"code": code}, headers=headers)
    return answer.status, await answer.json(content_type=None)


def count(session: Session, code: str) -> int:
    return session.scalar(select(func.count()).where(Unit.code == code)) or 0


async def test_the_same_key_gives_the_same_answer_and_creates_once(client: Client, database: Database) -> None:
    first = await post(client, "a", "key-1")
    second = await post(client, "a", "key-1")

    assert first == second
    assert first[0] == 201
    assert database.read(count, "a") == 1


async def test_ten_at_once_with_one_key_create_one(client: Client, database: Database) -> None:
    answers = await asyncio.gather(*(post(client, "b", "key-2") for _ in range(10)))

    assert {status for status, _ in answers} == {201}
    assert len({str(body) for _, body in answers}) == 1
    assert database.read(count, "b") == 1


async def test_one_key_for_two_wishes_is_refused(client: Client) -> None:
    await post(client, "c", "key-3")

    status, body = await post(client, "d", "key-3")

    assert (status, body["code"]) == (409, "idempotency_key_reused")  # type: ignore[index]


async def test_a_refusal_is_not_kept(client: Client) -> None:
    first = await post(client, "full", "key-4")
    second = await post(client, "e", "key-4")

    assert first[0] == 409
    assert second[0] == 201


async def test_two_people_may_use_the_same_key(client: Client) -> None:
    mine = await post(client, "f", "key-5")
    theirs = await post(client, "g", "key-5", person="other")

    assert (mine[0], theirs[0]) == (201, 201)


@pytest.mark.parametrize("key", ["x" * 101, "钥匙"])
async def test_a_key_that_is_too_long_or_not_ascii_is_a_400(client: Client, key: str) -> None:
    headers = {"Cookie": "hotline=agent", "X-CSRF-Token": "csrf-agent", "Idempotency-Key": key}

    answer = await client.post("/api/units", json={"code": "h"}, headers=headers)

    assert answer.status == 400


#: further nights; what a night brings besides belongs to other tests
PLANNED = select(func.count()).where(JobRow.kind == "web.clean_up", JobRow.done_at.is_(None))


async def test_every_night_answers_of_days_ago_are_forgotten(client: Client, database: Database, now: datetime) -> None:
    clock = database.clock = SetClock(now)
    await post(client, "i", "key-6")
    for _ in range(2):
        database.write(plan_clean_up, now=now)

    clock.moment = now + timedelta(days=1)
    drain(database)
    kept = database.read(lambda session: session.scalar(select(func.count()).select_from(KeptAnswer)))
    clock.moment = now + timedelta(days=4)
    drain(database)

    left = database.read(lambda session: session.scalar(select(func.count()).select_from(KeptAnswer)))
    planned = database.read(lambda session: session.scalar(PLANNED))
    assert (kept, left, planned) == (1, 0, 1)
