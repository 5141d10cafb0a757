"""Administrators register windows, print their signs and make device keys; others look, and units do not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from core.audit.model import AuditRow
from core.computer import Computer
from core.database import Database
from evaluation.office import EvaluationOffice
from evaluation.settings import EvaluationSettings
from sms.office import SmsOffice
from sms.settings import SmsSettings
from staff.actions import add_person
from staff.queries import actor_by_id
from staff.rules import Role
from tests.api.test_access import SetClock
from tests.api.test_tickets import Browser, Town
from tests.counters.hall import LINK_KEY
from tests.sms.desk import PHONE_KEY
from tests.tickets.making import OFFICE
from tickets.platforms.actions import add_platform
from tickets.settings import TicketOffice
from web import counter_windows, device
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings


@pytest.fixture
async def town(database: Database, computer: Computer, now: datetime) -> AsyncIterator[Town]:
    sms = SmsOffice(SmsSettings(), PHONE_KEY, {})
    served = {
        TicketOffice: OFFICE,
        Computer: computer,
        EvaluationOffice: EvaluationOffice(EvaluationSettings(), sms, LINK_KEY),
    }
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings(), served)
    for part in (counter_windows, device):
        part.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        town = Town(database, client, now)
        database.write(add_platform, code="hall", name="市政务服务大厅", write_back_url="", now=now)
        yield town


def administrator(town: Town) -> Browser:
    def add(session: Any) -> Any:
        person = add_person(
            session,
            unit_id=town.city.heating.id,
            account="boss",
            name="罗世安",
            staff_number="S001",
            roles=(Role.ADMINISTRATOR,),
            password_hash="",
        )
        return actor_by_id(session, person.id)

    return town.browser(town.database.write(add))


def window(town: Town, **changes: Any) -> dict[str, Any]:
    return {"hall": "hall", "number": "A03", "name": "企业开办", "unit_code": town.city.heating.code} | changes


async def test_a_window_is_registered_once_corrected_and_closed_and_each_change_is_logged(town: Town) -> None:
    boss = administrator(town)
    made = await boss.post("/counters/windows", window(town), expect=201)
    await boss.post("/counters/windows", window(town), expect=409)
    body = {"name": "企业开办与变更", "unit_code": town.city.heating.code, "is_active": False}
    status, changed = await boss.ask("PUT", f"/counters/windows/{made['id']}", json=body)

    assert status == 200
    assert (changed["name"], changed["is_active"], changed["hall"]) == ("企业开办与变更", False, "市政务服务大厅")
    listed = await boss.get("/counters/windows")
    assert [row["number"] for row in listed["rows"]] == ["A03"]
    assert listed["halls"] == [{"code": "hall", "name": "市政务服务大厅"}]
    acts = town.database.read(
        lambda session: session.scalars(select(AuditRow.action).filter_by(object_kind="counter_window")).all()
    )
    assert list(acts) == ["add_window", "change_window"]


async def test_unknown_hall_unit_or_window_are_named(town: Town) -> None:
    boss = administrator(town)
    for change, code in (({"hall": "nobody"}, "platform_not_found"), ({"unit_code": "nobody"}, "unit_not_found")):
        problem = await boss.post("/counters/windows", window(town, **change), expect=404)
        assert problem["code"] == code
    problem = await boss.post("/counters/windows/99/device", {}, expect=404)
    assert problem["code"] == "counter_window_unknown"


async def test_a_device_key_is_shown_once_and_opens_the_device(town: Town) -> None:
    boss = administrator(town)
    made = await boss.post("/counters/windows", window(town), expect=201)
    status, issued = await boss.ask("POST", f"/counters/windows/{made['id']}/device")

    assert status == 200
    status, opened = await boss.ask("POST", "/device/sign-in", json={"key": issued["key"]})
    assert (status, opened["number"]) == (200, "A03")
    assert issued["key"] not in str(await boss.get("/counters/windows"))


async def test_the_signs_are_a_page_for_each_window_and_the_code_a_picture(town: Town, computer: Computer) -> None:
    await asyncio.to_thread(computer.run, len, (), timeout_s=240)  # its start is slow on a busy machine
    boss = administrator(town)
    ids = [
        (await boss.post("/counters/windows", window(town, number=number), expect=201))["id"] for number in ("A1", "A2")
    ]

    headers = {"Cookie": boss._headers["Cookie"], "X-CSRF-Token": boss._headers["X-CSRF-Token"]}
    printed = await town._client.post("/api/counters/signs", json={"window_ids": ids}, headers=headers)
    content = await printed.read()
    picture = await town._client.get(f"/api/counters/windows/{ids[0]}/qr.svg", headers=headers)

    assert (printed.status, printed.content_type) == (200, "application/pdf")
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") == len(ids)
    assert (picture.status, picture.content_type) == (200, "image/svg+xml")


async def test_who_may_look_and_who_may_change(town: Town) -> None:
    supervisor, officer = town.browser(town.city.supervisor), town.browser(town.city.officer)

    assert (await supervisor.ask("GET", "/counters/windows"))[0] == 200
    assert (await supervisor.ask("GET", "/counters/figures?by=staff"))[0] == 200
    assert (await supervisor.ask("POST", "/counters/windows", json=window(town)))[0] == 403
    for path in ("windows", "figures"):
        assert (await officer.ask("GET", f"/counters/{path}"))[0] == 403
