"""经过 over the API: who of which unit did what, and what a unit does not read there of the citizen's judgement."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.database import Database
from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tests.tickets.making import OFFICE, City
from tickets.actions.ending import note_rating
from tickets.settings import TicketOffice
from web import ticket_privacy, tickets, timeline
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
    for part in (tickets, timeline, ticket_privacy):
        part.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Town(database, client, now)


async def test_each_line_says_of_which_unit_somebody_is(town: Town, now: datetime) -> None:
    number = town.database.write(lambda session: City.session_of(session, town.city).replied(now).number)

    lines = await town.browser(town.city.supervisor).get(f"/tickets/{number}/history")

    assert [(line["action"], line["unit"]) for line in lines] == [
        ("register", "市热线中心"), ("list", "市热线中心"), ("dispatch", "市热线中心"), ("sign", "市供热公司"),
        ("reply", "市供热公司"),
    ]  # fmt: skip


async def test_the_unit_reads_that_it_was_rated_but_not_how(town: Town, now: datetime) -> None:
    def rated(session: Session) -> str:
        ticket = City.session_of(session, town.city).answered(now)
        note_rating(session, ticket.id, level=1, rework_no=None, office=OFFICE, now=now + timedelta(hours=1))
        return ticket.number

    number = town.database.write(rated)

    by_unit = (await town.browser(town.city.officer).get(f"/tickets/{number}/history"))[-1]
    by_office = (await town.browser(town.city.supervisor).get(f"/tickets/{number}/history"))[-1]

    assert (by_unit["action"], by_unit["kind"], by_unit["particulars"]) == ("rated", "rating", {})
    assert by_office["particulars"] == {"level": 1}


async def test_a_look_with_a_purpose_stands_once_in_the_story(town: Town, now: datetime) -> None:
    number = town.database.write(lambda session: City.session_of(session, town.city).signed(now).number)
    officer = town.browser(town.city.officer)
    await officer.post(f"/tickets/{number}/reveal", {"purpose": "联系群众"})
    await officer.post(f"/tickets/{number}/shareable", {"purpose": "转业主委员会"})

    history = await officer.get(f"/tickets/{number}/history")
    traces = await officer.get(f"/tickets/{number}/traces")

    assert (history[-1]["action"], history[-1]["kind"], history[-1]["reason"]) == ("reveal", "view", "联系群众")
    assert [(trace["action"], trace["kind"], trace["unit"], trace["words"]) for trace in traces] == [
        ("look", "view", "市供热公司", "可外传版：转业主委员会")
    ]
