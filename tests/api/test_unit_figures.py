"""我的数据 over the API: a unit sees its own rows only, objects to them, takes them as a file; a supervisor answers."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from core.database import Database
from staff.actions import Attempt, finish_log_in
from staff.rules import Actor
from staff.tokens import token_hash
from tests.tickets.making import OFFICE, City
from tickets.actions.dispatching import dispatch_ticket
from web import objections, unit_figures
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
SIGN = "/api/unit/figures/unit_sign_rate"


def headers(token: str) -> dict[str, str]:
    return {"Cookie": f"hotline={token}", "X-CSRF-Token": f"csrf-{token}"}


@pytest.fixture
async def client(database: Database) -> AsyncIterator[Client]:
    database.write(_city_with_a_late_ticket, database)
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, database.clock, WebSettings())
    for api in (unit_figures.api, objections.api):
        api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


def _city_with_a_late_ticket(session: Session, database: Database) -> None:
    city, now = City(session), database.clock.now()
    ticket = city.dispatched(now - timedelta(days=9))
    ticket.title = "=1+1 南湖小区"
    listed, before = city.listed(now - timedelta(days=9)), now - timedelta(days=9)
    by, reason = city.dispatcher, "属地事项"
    dispatch_ticket(session, listed.id, unit_id=city.street.id, by=by, office=OFFICE, now=before, reason=reason)
    people = {"district": city.district_officer, "street": city.street_officer}
    people |= {"officer": city.officer, "roads": city.roads_officer, "supervisor": city.supervisor, "agent": city.agent}
    for token, actor in people.items():
        _log_in(session, actor, token, database)


def _log_in(session: Session, actor: Actor, token: str, database: Database) -> None:
    attempt = Attempt(id=0, person_id=actor.person_id, password_hash="")
    finish_log_in(
        session,
        attempt,
        token_hash=token_hash(token),
        csrf_token=f"csrf-{token}",
        address="127.0.0.1",
        now=database.clock.now(),
    )


def query_of(database: Database) -> dict[str, str]:
    today = database.clock.now().date()
    return {"from": str(today - timedelta(days=30)), "to": str(today + timedelta(days=1))}


async def test_a_unit_sees_its_own_scores_and_nobody_elses(client: Client, database: Database) -> None:
    query = query_of(database)
    own = await (await client.get("/api/unit/figures", params=query, headers=headers("officer"))).json()
    mine = await (await client.get("/api/unit/figures", params=query, headers=headers("roads"))).json()
    asked = {**query, "unit_id": str(own["unit_id"])}
    other = await (await client.get("/api/unit/figures", params=asked, headers=headers("roads"))).json()
    overseen = await (await client.get("/api/unit/figures", params=asked, headers=headers("supervisor"))).json()

    sign = {score["card"]["name"]: score for score in own["scores"]}["unit_sign_rate"]
    assert (sign["counted"], sign["n"], sign["rate"]) == (0, 1, 0.0)
    assert sign["high"] > 0
    assert other == mine
    assert other["unit_id"] != own["unit_id"]
    assert overseen["scores"] == own["scores"]
    assert (await client.get("/api/unit/figures", headers=headers("agent"))).status == 403


async def test_a_unit_sees_what_is_below_it_line_by_line_and_nothing_beside_it(
    client: Client, database: Database
) -> None:
    query = {**query_of(database), "with_below": "true"}

    shown = await (await client.get("/api/unit/figures", params=query, headers=headers("district"))).json()

    parts = {(line["unit_name"], line["is_own"]): line["parts"]["unit_sign_rate"] for line in shown["lines"]}
    assert parts == {("南湖街道办", False): {"n": 1, "counted": 0}}
    sign = {score["card"]["name"]: score for score in shown["scores"]}["unit_sign_rate"]
    assert (shown["has_below"], sign["n"]) == (True, 1)
    rows = (await (await client.get(f"{SIGN}/rows", params=query, headers=headers("district"))).json())["rows"]
    assert [(row["unit_name"], row["unit_id"]) for row in rows] == [("南湖街道办", shown["lines"][0]["unit_id"])]
    below = {**query, "unit_id": str(rows[0]["unit_id"])}
    opened = await (await client.get("/api/unit/figures", params=below, headers=headers("district"))).json()
    assert opened["unit_name"] == "南湖街道办"
    above = {**query, "unit_id": str(shown["unit_id"])}
    refused = await (await client.get("/api/unit/figures", params=above, headers=headers("street"))).json()
    assert refused["unit_name"] == "南湖街道办"


async def test_every_row_can_be_objected_to_and_a_supervisor_answers(client: Client, database: Database) -> None:
    query = query_of(database)
    rows = (await (await client.get(f"{SIGN}/rows", params=query, headers=headers("officer"))).json())["rows"]
    body = {"row_id": rows[0]["row_id"], "text": "当日系统故障，无法签收，有通知为证。"}
    foreign = await client.post(f"{SIGN}/objections", params=query, json=body, headers=headers("roads"))
    short = await client.post(
        f"{SIGN}/objections", params=query, json=body | {"text": "不服"}, headers=headers("officer")
    )

    made = await client.post(f"{SIGN}/objections", params=query, json=body, headers=headers("officer"))

    assert (foreign.status, short.status, made.status) == (404, 422, 201)
    waiting = await (await client.get("/api/objections", headers=headers("supervisor"))).json()
    assert (waiting["open"], waiting["rows"][0]["score_title"]) == (1, "按期签收率")
    path = f"/api/objections/{waiting['rows'][0]['objection']['id']}/answer"
    answer = {"is_upheld": True, "answer": "经核实当日系统故障，异议成立。"}
    assert (await client.post(path, json=answer, headers=headers("officer"))).status == 403
    assert (await client.post(path, json=answer, headers=headers("supervisor"))).status == 200
    assert (await client.post(path, json=answer, headers=headers("supervisor"))).status == 409
    shown = (await (await client.get(f"{SIGN}/rows", params=query, headers=headers("officer"))).json())["rows"]
    assert (shown[0]["objection"]["state"], shown[0]["objection"]["answer"]) == ("upheld", answer["answer"])


async def test_the_rows_come_as_a_file_in_which_nothing_is_computed(client: Client, database: Database) -> None:
    answer = await client.get(f"{SIGN}/export", params=query_of(database), headers=headers("officer"))

    sheet = load_workbook(io.BytesIO(await answer.read())).active
    assert sheet is not None
    heading, row = list(sheet.iter_rows(values_only=True))
    assert heading[:3] == ("指标", "工单编号", "标题")
    assert row[2] == "'=1+1 南湖小区"
    assert row[6] == "否"
    assert answer.headers["X-Row-Count"] == "1"


async def test_what_is_no_score_is_not_found(client: Client) -> None:
    for path in ("/api/unit/figures/popularity/rows", "/api/unit/figures/popularity/export"):
        assert (await client.get(path, headers=headers("officer"))).status == 404
