"""The catalogue over the API: who keeps it, the file that is sent, its progress, and the list of refused rows."""

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from app.kinds import import_all_jobs
from core.computer import Computer
from core.database import Database
from core.jobs.runner import drain
from staff.rules import Role
from tests.api.logins import log_in
from tests.catalogue.tables import csv_text, found, xlsx
from tickets.importing.reading import LARGEST_FILE
from web.api import SERVICES, Services
from web.api.problems import problems
from web.catalogue_imports import api
from web.settings import WebSettings

import_all_jobs()
Client = TestClient[http.Request, http.Application]
GOOD = ("事项0", "小区0", "热力", "紧急", "", "目录 3.2")
BAD = ("没有的分类", "", "热力", "", "", "")


def headers(token: str) -> dict[str, str]:
    return {"Cookie": f"hotline={token}", "X-CSRF-Token": f"csrf-{token}", "Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def computer() -> Iterator[Computer]:
    made = Computer()
    yield made
    made.close()


@pytest.fixture
async def client(database: Database) -> AsyncIterator[Client]:
    database.write(found)
    now = database.clock.now()
    for role in (Role.ADMINISTRATOR, Role.DISPATCHER, Role.AGENT):
        log_in(database, role, token=role.value, now=now)
    app = http.Application(middlewares=[problems], client_max_size=1 << 16)
    app[SERVICES] = Services(database.serving, database.clock, WebSettings())
    api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


async def imported(client: Client, content: bytes, name: str = "目录.xlsx", who: str = "administrator") -> Any:
    return await client.post(
        "/api/catalogue/imports", params={"name": name}, data=io.BytesIO(content), headers=headers(who)
    )


async def test_a_file_is_taken_at_once_and_read_behind_the_answer(
    client: Client, database: Database, computer: Computer
) -> None:
    answer = await imported(client, xlsx([GOOD, BAD]))
    begun = await answer.json()
    drain(database, {Computer: computer})

    done = (await (await client.get("/api/catalogue/imports", headers=headers("dispatcher"))).json())[0]
    lines = await (await client.get("/api/catalogue/lines", headers=headers("dispatcher"))).json()
    assert (answer.status, begun["state"]) == (201, "waiting")
    assert (done["state"], done["rows"], done["done"], done["added"], done["refused"]) == ("done", 2, 1, 1, 1)
    assert done["refused_rows"] == [{"row": 3, "column": "诉求分类", "reason": "没有这个分类：没有的分类"}]
    assert [(line["topic"], line["unit"], line["version"]) for line in lines["rows"]] == [
        ("城乡建设 › 事项0", "热力", 1)
    ]


async def test_the_refused_rows_are_a_table_to_download(client: Client, database: Database, computer: Computer) -> None:
    begun = await (await imported(client, csv_text([GOOD, BAD]), "目录.csv")).json()
    drain(database, {Computer: computer})

    answer = await client.get(f"/api/catalogue/imports/{begun['id']}/refused", headers=headers("administrator"))

    assert (await answer.text()).splitlines() == ["\ufeff行号,列,原因", "3,诉求分类,没有这个分类：没有的分类"]


async def test_versions_of_a_line_are_listed(client: Client, database: Database, computer: Computer) -> None:
    for unit in ("热力", "城管"):
        await imported(client, xlsx([(*GOOD[:2], unit, *GOOD[3:])]))
        drain(database, {Computer: computer})
    line = (await (await client.get("/api/catalogue/lines", headers=headers("administrator"))).json())["rows"][0]

    versions = await (
        await client.get(f"/api/catalogue/lines/{line['id']}/versions", headers=headers("administrator"))
    ).json()

    assert [(one["version"], one["unit"], one["retired_at"] is None) for one in versions] == [
        (2, "城管", True),
        (1, "热力", False),
    ]


@pytest.mark.parametrize(("who", "status"), [("dispatcher", 403), ("agent", 403)])
async def test_only_administrators_and_supervisors_import(client: Client, who: str, status: int) -> None:
    assert (await imported(client, xlsx([GOOD]), who=who)).status == status


async def test_no_file_and_a_file_too_large_are_refused(client: Client) -> None:
    empty = await imported(client, b"")
    large = await imported(client, b"x" * (LARGEST_FILE + 1))

    assert (empty.status, (await empty.json(content_type=None))["code"]) == (422, "file_empty")
    assert (large.status, (await large.json(content_type=None))["code"]) == (409, "file_unreadable")


async def test_a_line_is_written_by_a_keeper_and_a_refused_one_names_its_fields(client: Client) -> None:
    topics = {"topic_id": 2, "unit_id": 1, "basis": "会商纪要 3 号"}

    async def write(form: dict[str, Any], who: str = "administrator", version: int = 0) -> tuple[int, Any]:
        sent = headers(who) | {"Content-Type": "application/json"}
        answer = await client.post("/api/catalogue/lines", json={"form": form, "version": version}, headers=sent)
        return answer.status, await answer.json()

    assert (await write(topics, "dispatcher"))[0] == 403
    status, refused = await write({"topic_id": 1, "begins_on": "2020-01-01"})
    assert (status, {fault["loc"][-1] for fault in refused["errors"]}) == (
        422,
        {"topic_id", "unit_id", "basis", "begins_on"},
    )
    units = await client.get("/api/catalogue/lines", headers=headers("administrator"))
    assert (await units.json())["rows"] == []

    status, made = await write(topics)
    stale, _ = await write({**topics, "unit_id": 2})
    assert (status, made["version"], stale) == (201, 1, 409)
