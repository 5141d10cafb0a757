"""覆盖普查 over the API: who reads it, what is behind its numbers, what is kept of a look and of asking again."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kinds import import_all_jobs
from core.database import Database
from core.jobs.runner import drain
from indicators.coverage.keeping import keep_flags
from indicators.periods import Period
from staff.model import Person
from staff.queries import actor_by_id
from staff.rules import Role
from tests.api.test_unit_figures import _log_in, headers
from tests.coverage.making import make_closed, make_rated
from tests.tickets.making import City
from tickets.actions.recusing import recuse
from web import coverage, coverage_exports, samples
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
DAYS = {"from": "2026-01-01", "to": "2030-12-31"}
SEED = {**DAYS, "seed": "2026-10-26"}


@pytest.fixture
async def client(database: Database) -> AsyncIterator[Client]:
    database.write(_city, database)
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, database.clock, WebSettings())
    for api in (coverage.api, coverage_exports.api, samples.api):
        api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


def _city(session: Session, database: Database) -> None:
    """One matter rated, one nobody was asked about."""
    city, now = City(session), database.clock.now()
    people = {role: city.person(f"the-{role}", role) for role in (Role.INSPECTOR, Role.ADMINISTRATOR)}
    for token, actor in ({role.value: actor for role, actor in people.items()} | _others(city)).items():
        _log_in(session, actor, token, database)
    make_rated(session, now=now, level=4)
    make_closed(session, now=now)


def _others(city: City) -> dict[str, Any]:
    return {"supervisor": city.supervisor, "officer": city.officer, "agent": city.agent}


async def read(client: Client, path: str, query: dict[str, str], token: str = "supervisor") -> Any:
    answer = await client.get(f"/api{path}", params=query, headers=headers(token))
    assert answer.status == 200, await answer.text()
    return await answer.json()


@pytest.mark.parametrize("path", ["/coverage", "/coverage/rows", "/coverage/sample", "/coverage/flags"])
async def test_supervisors_inspectors_and_administrators_read_it_and_nobody_else(client: Client, path: str) -> None:
    query = SEED if path.endswith("sample") else DAYS

    for token in ("supervisor", "inspector", "administrator"):
        await read(client, path, query, token)
    for token in ("officer", "agent"):
        assert (await client.get(f"/api{path}", params=query, headers=headers(token))).status == 403


async def test_the_account_adds_up_and_each_number_opens_its_rows(client: Client) -> None:
    shown = await read(client, "/coverage", DAYS)

    assert shown["adds_up"]
    assert shown["registered"] == sum(line["n"] for line in shown["standing"]) == 2
    handled, direct = shown["asked"]
    assert (handled["subject"], direct["subject"]) == ("handling", "direct")
    assert {stage["stage"]: stage["n"] for stage in handled["stages"]}["closed"] == 2
    for part in (handled, direct):
        for stage in part["stages"]:
            wanted = {**DAYS, "stage": stage["stage"], "subject": part["subject"]}
            assert len((await read(client, "/coverage/rows", wanted))["rows"]) == stage["n"]
    for line in shown["standing"]:
        rows = (await read(client, "/coverage/rows", {**DAYS, "standing": line["standing"]}))["rows"]
        assert len(rows) == line["n"]
    for loss in handled["losses"]:
        rows = (await read(client, "/coverage/rows", {**DAYS, "fate": loss["fate"]}))["rows"]
        assert [row["what"] for row in rows] == [loss["name"]] * loss["n"]


async def test_a_finding_is_dealt_with_once_by_name_and_stays_listed(client: Client) -> None:
    asked = {**DAYS, "flag": "unexplained"}
    row = (await read(client, "/coverage/rows", asked))["rows"][0]
    body = {"flag": "unexplained", "key": row["key"], "finding": "队列停机，已补邀"}

    async def post(token: str, **changes: str) -> Any:
        return await client.post("/api/coverage/checks", params=DAYS, json=body | changes, headers=headers(token))

    short = await post("inspector", finding="好")
    assert (short.status, (await short.json())["errors"][0]["loc"]) == (422, ["body", "finding"])
    assert (await post("administrator")).status == 403
    assert (await post("inspector", key="ticket:999:0")).status == 404
    assert (await post("inspector")).status == 200

    after = (await read(client, "/coverage/rows", asked))["rows"][0]
    assert [check["finding"] for check in after["checks"]] == ["队列停机，已补邀"]
    shown = await read(client, "/coverage", DAYS)
    flag = next(flag for flag in shown["flags"] if flag["flag"] == "unexplained")
    assert (flag["n"], flag["unchecked"], shown["has_finding"]) == (1, 0, False)


async def test_a_sample_is_drawn_and_what_is_found_stands_beside_the_rating(client: Client) -> None:
    unsaid = await read(client, "/coverage/sample", SEED)
    assert (unsaid["is_announced"], unsaid["rows"]) == (False, [])
    assert await announce(client, "administrator") == 403
    assert await announce(client) == 200
    drawn = await read(client, "/coverage/sample", SEED)
    assert (drawn["population"], len(drawn["rows"]), drawn["agreement"]["rate"]) == (1, 1, None)
    body = {"number": drawn["rows"][0]["number"], "seed": SEED["seed"], "level": 1, "note": "称从未评价过"}

    made = await client.post("/api/coverage/reviews", json=body, headers=headers("inspector"))
    again = await client.post("/api/coverage/reviews", json=body, headers=headers("inspector"))

    assert made.status == 200, await made.text()
    assert (again.status, (await again.json())["code"]) == (409, "already_reviewed")
    after = await read(client, "/coverage/sample", SEED, "inspector")
    assert after["rows"][0]["level"] == 4
    assert after["rows"][0]["review"]["found_level"] == 1
    assert (after["agreement"]["reached"], after["agreement"]["agreed"]) == (1, 0)
    listed = await read(client, "/coverage/draws", DAYS, "administrator")
    assert [(row["seed"], row["agreement"]["rate"]) for row in listed["rows"]] == [(SEED["seed"], 0.0)]
    assert listed["agreement"]["reached"] == 1


async def announce(client: Client, token: str = "inspector") -> int:
    body = {"seed": SEED["seed"]}
    said = await client.post("/api/coverage/draws", params=DAYS, json=body, headers=headers(token))
    return said.status


async def test_everything_can_be_taken_away_as_a_file(client: Client) -> None:
    async def lines(path: str, query: dict[str, str]) -> list[list[str]]:
        asked = {**query, "kind": "csv"}
        answer = await client.get(f"/api{path}/export", params=asked, headers=headers("supervisor"))
        assert answer.status == 200, await answer.text()
        return list(csv.reader(io.StringIO((await answer.text()).lstrip("\ufeff"))))

    await announce(client)
    account = await lines("/coverage", DAYS)
    assert ["转办件办理：流失", "无邀请，也无理由", "", "1", ""] in account
    assert ["异常", "无理由流失", "", "1", "1"] in account
    assert len(await lines("/coverage/rows", {**DAYS, "flag": "unexplained"})) == 2
    assert (await lines("/coverage/sample", SEED))[1][3] == "满意"


async def test_what_is_kept_from_a_reader_is_counted_and_not_named(client: Client, database: Database) -> None:
    await announce(client)
    drawn = await read(client, "/coverage/sample", SEED)
    database.write(_set_aside, drawn["rows"][0]["number"], database)

    shown = await read(client, "/coverage/sample", SEED)
    rows = await read(client, "/coverage/rows", {**DAYS, "fate": "rated"})

    assert (shown["population"], shown["rows"][0]["number"], shown["rows"][0]["title"]) == (1, None, "")
    assert rows["rows"] == []


def _set_aside(session: Session, number: str, database: Database) -> None:
    """The supervisor steps aside from the matter."""
    person_id = session.scalars(select(Person.id).where(Person.account == "supervisor")).one()
    by = actor_by_id(session, person_id)
    recuse(session, number, person_id=person_id, by=by, reason="亲属", now=database.clock.now())


async def test_flags_stand_as_counted_last_and_are_counted_again_before_long(
    client: Client, database: Database
) -> None:
    days = Period(date(2026, 1, 1), date(2030, 12, 31))
    first = await read(client, "/coverage/flags", DAYS)
    database.write(lambda session: make_closed(session, now=database.clock.now()))
    assert await read(client, "/coverage/flags", DAYS) == first

    long_ago = database.clock.now() - timedelta(minutes=16)
    database.write(keep_flags, days, {}, now=long_ago)
    old = await read(client, "/coverage/flags", DAYS)
    import_all_jobs()
    drain(database)
    later = await read(client, "/coverage/flags", DAYS)

    assert sum(flag["n"] for flag in old["flags"]) == 0
    assert later["at"] > first["at"]
    assert {flag["flag"]: flag["n"] for flag in later["flags"]}["unexplained"] == 2
