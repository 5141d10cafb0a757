"""Printing over the API: a PDF in the reader's own rendering, logged; refusals by name."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.computer import Computer
from core.database import Database
from tests.api.test_access import SetClock
from tests.api.test_tickets import Browser, Town
from tests.printing.reading import pages_of
from tests.tickets.making import OFFICE, City
from tickets.actions.oversight import issue_paper
from tickets.actions.papers import Paper
from tickets.kinds import OversightKind, Secrecy
from tickets.settings import TicketOffice
from web import printing, tickets, timeline
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

PHONE = "13812345678"


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    return open_database(reactions=REACTIONS)


@pytest.fixture
async def town(database: Database, computer: Computer, now: datetime) -> AsyncIterator[Town]:
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings(), {TicketOffice: OFFICE, Computer: computer})
    for api in (tickets.api, timeline.api, printing.api):
        api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Town(database, client, now)


def held(town: Town, now: datetime, **changes: object) -> str:
    def signed(session: Session) -> str:
        return City.session_of(session, town.city).signed(now, **changes).number

    return town.database.write(signed)


async def printed(browser: Browser, path: str, body: dict[str, Any]) -> list[str]:
    """The text of each page that came."""
    answer = await browser._client.post(f"/api{path}", headers=browser._headers, json=body)
    content = await answer.read()
    assert (answer.status, answer.content_type) == (200, "application/pdf"), content
    return pages_of(content)


async def test_a_unit_prints_what_it_picked_without_phone_numbers(town: Town, now: datetime) -> None:
    officer = town.browser(town.city.officer)
    numbers = [held(town, now), held(town, now, text="南湖小区门口路灯不亮，我的电话是13812345678。")]

    pages = await printed(officer, "/tickets/sheets", {"numbers": numbers})

    assert [number in page for number, page in zip(numbers, pages, strict=True)] == [True, True]
    assert all("市热线中心承办单" in page and PHONE not in page for page in pages)
    history = await officer.get(f"/tickets/{numbers[0]}/history")
    assert (history[-1]["action"], history[-1]["kind"]) == ("print", "view")


async def test_a_secret_caller_is_nowhere_on_the_unit_s_sheet(town: Town, now: datetime) -> None:
    number = held(town, now, secrecy=Secrecy.FROM_ACCUSED)

    (page,) = await printed(town.browser(town.city.officer), "/tickets/sheets", {"numbers": [number]})

    assert "对被反映方保密" in page
    assert "张" not in page


async def test_a_paper_of_the_ladder_prints_with_its_number(town: Town, now: datetime) -> None:
    number = held(town, now)

    def issued(session: Session) -> int:
        order = Paper(OversightKind.ORDER, "群众多次反映，请三日内办结。")
        return issue_paper(session, number, order, by=town.city.escalation, now=now).id

    paper_id = town.database.write(issued)
    officer = town.browser(town.city.officer)

    (page,) = await printed(officer, f"/tickets/{number}/papers/{paper_id}/print", {})

    assert "督〔2026〕1号" in page
    assert "市供热公司：" in page
    missing = await officer.post(f"/tickets/{number}/papers/{paper_id + 1}/print", {}, expect=404)
    assert missing["code"] == "paper_not_found"


async def test_what_cannot_be_printed_is_named_and_leaves_no_trace(town: Town, now: datetime) -> None:
    officer = town.browser(town.city.officer)
    sealed, open_one = held(town, now, secrecy=Secrecy.SEALED), held(town, now)

    alone = await officer.post("/tickets/sheets", {"numbers": [sealed, open_one]}, expect=409)
    without = await officer.post("/tickets/sheets", {"numbers": [sealed]}, expect=422)
    unseen = await town.browser(town.city.roads_officer).post("/tickets/sheets", {"numbers": [open_one]}, expect=404)
    many = await officer.post("/tickets/sheets", {"numbers": [open_one] * 51}, expect=422)

    assert alone["code"] == "sealed_prints_alone"
    assert without["errors"][0]["code"] == "purpose_missing"
    assert unseen["code"] == "ticket_not_found"
    assert many["errors"][0]["loc"] == ["body", "numbers"]
    assert "print" not in {line["action"] for line in await officer.get(f"/tickets/{open_one}/history")}
