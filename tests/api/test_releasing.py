"""审签 over the API: an administrator asks a unit for it, one officer writes, another lets the reply go."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.audit.model import AuditRow
from core.database import Database
from staff.rules import Actor, Role
from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tests.tickets.making import OFFICE, City, reply_form
from tickets.settings import TicketOffice
from web import duty, ticket_acts, tickets
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    return open_database(reactions=REACTIONS)


@pytest.fixture
async def town(database: Database, now: datetime) -> AsyncIterator[Town]:
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings(), {TicketOffice: OFFICE})
    for part in (tickets, ticket_acts, duty):
        part.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Town(database, client, now)


def settle(town: Town, now: datetime) -> tuple[str, Actor, Actor]:
    """A signed ticket, the unit's second officer, an administrator."""

    def write(session: Session) -> tuple[str, Actor, Actor]:
        city = City.session_of(session, town.city)
        second = city.person("heating-2", Role.UNIT_OFFICER, unit=city.heating)
        return city.signed(now).number, second, city.person("administrator", Role.ADMINISTRATOR)

    return town.database.write(write)


async def test_a_reply_goes_to_the_hotline_when_a_second_person_has_released_it(town: Town, now: datetime) -> None:
    number, second, administrator = settle(town, now)
    writer, leader = town.browser(town.city.officer), town.browser(second)
    form = {"form": reply_form().model_dump(mode="json")}

    await town.browser(administrator).ask("PUT", f"/duty/release/{town.city.heating.id}", json={"is_needed": True})
    refused = await writer.post(f"/tickets/{number}/reply", form, expect=409)
    written = await writer.post(f"/tickets/{number}/submit-reply", form)
    own = await writer.post(f"/tickets/{number}/release-reply", {}, expect=403)
    read = await leader.get(f"/tickets/{number}")
    released = await leader.post(f"/tickets/{number}/release-reply", {"version": read["row"]["version"]})

    assert (refused["code"], own["code"]) == ("release_needed", "own_release")
    assert (written["row"]["state"], written["waiting_reply"]["is_waiting"]) == ("in_progress", True)
    assert read["waiting_reply"]["form"]["text"] == reply_form().text
    assert (released["row"]["state"], released["replies"][0]["signer"]) == ("replied", second.name)
    logged = town.database.read(lambda session: session.scalars(select(AuditRow.purpose)).all())
    assert logged == ["答复须经审签"]


async def test_only_administrators_change_who_releases(town: Town, now: datetime) -> None:
    path = f"/duty/release/{town.city.heating.id}"

    status, _ = await town.browser(town.city.officer).ask("PUT", path, json={"is_needed": False})

    assert status == 403
