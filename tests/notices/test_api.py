"""Notices and rosters over the API: who sees what, and what is refused."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from staff.actions import Attempt, finish_log_in
from staff.rules import Actor, Role
from staff.tokens import token_hash
from tests.notices.desk import DUTY, ROBOT, NightDesk
from tests.tickets.making import City
from tickets.notices.carriers import CarrierRefused
from web import duty, notices, work_hours
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]


def headers(token: str) -> dict[str, str]:
    return {"Cookie": f"hotline={token}", "X-CSRF-Token": f"csrf-{token}"}


def log_in(session: Session, desk: NightDesk, actor: Actor, token: str) -> None:
    attempt = Attempt(id=0, person_id=actor.person_id, password_hash="")
    finish_log_in(
        session,
        attempt,
        token_hash=token_hash(token),
        csrf_token=f"csrf-{token}",
        address="127.0.0.1",
        now=desk.now(),
    )


def enter(session: Session, desk: NightDesk) -> None:
    city = City.session_of(session, desk.city)
    administrator = city.person("administrator", Role.ADMINISTRATOR)
    people = {"supervisor": city.supervisor, "officer": city.officer, "roads": city.roads_officer}
    for token, actor in {**people, "agent": city.agent, "administrator": administrator}.items():
        log_in(session, desk, actor, token)


@pytest.fixture
async def client(desk: NightDesk) -> AsyncIterator[Client]:
    desk.database.write(enter, desk)
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(desk.database.serving, desk.clock, WebSettings(), desk.services)
    for api in (duty.api, notices.api, work_hours.api):
        api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


def shift(desk: NightDesk, **changes: Any) -> dict[str, Any]:
    begins, ends = desk.now(), desk.now() + timedelta(hours=12)
    filled = {"name": "赵六", "phone": DUTY, "rank": "duty"}
    return {**filled, "begins_at": begins.isoformat(), "ends_at": ends.isoformat(), **changes}


def week(desk: NightDesk) -> dict[str, str]:
    return {"from_at": desk.now().isoformat(), "until_at": (desk.now() + timedelta(days=7)).isoformat()}


async def test_an_officer_keeps_the_own_units_roster(desk: NightDesk, client: Client) -> None:
    added = await client.post("/api/duty/shifts", json=shift(desk), headers=headers("officer"))
    roster = await (await client.get("/api/duty/roster", params=week(desk), headers=headers("officer"))).json()

    assert added.status == 201
    assert [one["phone"] for one in roster["shifts"]] == [DUTY]
    assert [(one["name"], one["is_standing"]) for one in roster["now"]] == [("赵六", False)]


async def test_a_robots_whole_address_is_for_administrators(desk: NightDesk, client: Client) -> None:
    desk.contact(webhook=f"{ROBOT}?key=secret")
    asked = week(desk) | {"unit_id": str(desk.city.heating.id)}

    seen = [
        (await (await client.get("/api/duty/roster", params=asked, headers=headers(who))).json())["contact"]["webhook"]
        for who in ("officer", "supervisor", "administrator")
    ]

    assert seen == ["robot.example", "robot.example", f"{ROBOT}?key=secret"]


async def test_another_units_officer_sees_and_changes_only_the_own_roster(desk: NightDesk, client: Client) -> None:
    added = await (await client.post("/api/duty/shifts", json=shift(desk), headers=headers("officer"))).json()
    asked = week(desk) | {"unit_id": str(desk.city.heating.id)}

    seen = await (await client.get("/api/duty/roster", params=asked, headers=headers("roads"))).json()
    removed = await client.delete(f"/api/duty/shifts/{added['id']}", headers=headers("roads"))

    assert (seen["unit_name"], seen["shifts"]) == ("市城管局", [])
    assert (removed.status, (await removed.json(content_type=None))["code"]) == (403, "other_units_roster")


async def test_an_administrator_keeps_every_roster_and_contact(desk: NightDesk, client: Client) -> None:
    unit_id = desk.city.heating.id

    added = await client.post("/api/duty/shifts", json=shift(desk, unit_id=unit_id), headers=headers("administrator"))
    contact = await client.put(
        f"/api/duty/contacts/{unit_id}", json={"phone": DUTY, "webhook": ROBOT}, headers=headers("administrator")
    )

    assert added.status == 201
    assert await contact.json() == {"phone": DUTY, "email": "", "webhook": ROBOT}


@pytest.mark.parametrize("path", ["/api/notices", "/api/duty/roster"])
async def test_an_agent_sees_neither(client: Client, path: str) -> None:
    assert (await client.get(path, headers=headers("agent"))).status == 403


async def test_a_supervisor_sees_what_failed_and_sends_it_again(desk: NightDesk, client: Client) -> None:
    desk.contact(webhook=ROBOT)
    desk.robot.will(CarrierRefused(reason="HTTP 404"))
    ticket_id = desk.dispatched()
    desk.wait(minutes=1)

    page = await (await client.get("/api/notices", headers=headers("supervisor"))).json()
    sent = await client.post(f"/api/notices/{page['rows'][0]['id']}/resend", headers=headers("supervisor"))
    desk.work()

    row = page["rows"][0]
    assert (row["state"], row["way"], row["error"]) == ("failed", "webhook", "对方拒收：HTTP 404")
    assert (row["tail"], row["is_resendable"]) == (desk.ticket(ticket_id).number[-4:], True)
    assert page["counts"]["failed"] == 1
    assert (sent.status, len(desk.robot.taken)) == (200, 1)


async def test_hours_are_read_by_the_unit_and_changed_by_an_administrator(client: Client, desk: NightDesk) -> None:
    unit_id = desk.city.heating.id
    body = {"on_working_days": "8:00-12:00，13:00-18:00", "on_days_off": "9:00-16:00"}
    shown = await client.get("/api/duty/hours", headers=headers("officer"))
    refused = await client.put(f"/api/duty/hours/{unit_id}", json=body, headers=headers("officer"))
    bad = await client.put(
        f"/api/duty/hours/{unit_id}", json=body | {"on_days_off": "9-16"}, headers=headers("administrator")
    )

    changed = await client.put(f"/api/duty/hours/{unit_id}", json=body, headers=headers("administrator"))

    assert (await shown.json())["is_own"] is False
    assert (refused.status, bad.status, changed.status) == (403, 422, 200)
    assert (await bad.json())["errors"][0]["loc"] == ["body", "on_days_off"]
    assert await changed.json() == {
        "unit_id": unit_id,
        "on_working_days": "08:00–12:00、13:00–18:00",
        "on_days_off": "09:00–16:00",
        "is_own": True,
    }
    back = await client.delete(f"/api/duty/hours/{unit_id}", headers=headers("administrator"))
    assert (await back.json())["is_own"] is False
