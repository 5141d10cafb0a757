"""退单依据 and 请求补正 over the API: what is chosen, what is refused by which code, and what the other side reads."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.database import Database
from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tests.tickets.making import OFFICE, City
from tickets.settings import TicketOffice
from web import completions, return_bases, ticket_acts, tickets
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

CLAUSE = {"kind": "duty_text", "name": "《市城管局职能配置规定》第四条", "words": "负责城市道路照明。"}
WHY = "该小区供热管网由市城管局委托单位管理，不属于我单位职责范围。"


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    return open_database(reactions=REACTIONS)


@pytest.fixture
async def town(database: Database, now: datetime) -> AsyncIterator[Town]:
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings(), {TicketOffice: OFFICE})
    for part in (tickets, ticket_acts, return_bases, completions):
        part.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Town(database, client, now)


def dispatched(town: Town, now: datetime) -> str:
    def write(session: Session) -> str:
        return City.session_of(session, town.city).dispatched(now).number

    number: str = town.database.write(write)
    return number


async def test_a_return_names_a_basis_of_the_city_s_list_and_whoever_decides_reads_it(
    town: Town, now: datetime
) -> None:
    number = dispatched(town, now)
    keeper, officer = town.browser(town.city.supervisor), town.browser(town.city.officer)
    made = await keeper.post("/legal-bases", {"form": CLAUSE}, expect=201)
    offered = await officer.get(f"/tickets/{number}/bases?q=道路照明")
    assert [(one["kind"], one["id"], one["name"]) for one in offered] == [("duty_text", made["id"], CLAUSE["name"])]

    path, form = f"/tickets/{number}/return", {"basis": "duty_text", "explanation": WHY}
    for changes, code in (({}, "basis_missing"), ({"basis_id": made["id"] + 1}, "basis_not_in_force")):
        refused = await officer.post(path, {"form": form | changes}, expect=422)
        assert [(fault["loc"], fault["code"]) for fault in refused["errors"]] == [(["body", "form", "basis_id"], code)]
    await officer.post(path, {"form": form | {"basis_id": made["id"]}})

    asked = (await town.browser(town.city.dispatcher).get(f"/tickets/{number}"))["return_asked"]
    assert (asked["unit"], asked["basis"], asked["basis_id"]) == ("市供热公司", "duty_text", made["id"])
    assert (asked["basis_name"], asked["basis_words"]) == (CLAUSE["name"], CLAUSE["words"])
    assert (asked["explanation"], asked["proposed"], asked["photos"]) == (WHY, "", [])


async def test_the_list_is_kept_by_whoever_keeps_the_catalogue_and_read_by_dispatchers(town: Town) -> None:
    keeper, dispatcher = town.browser(town.city.supervisor), town.browser(town.city.dispatcher)
    made = await keeper.post("/legal-bases", {"form": CLAUSE}, expect=201)

    await dispatcher.post("/legal-bases", {"form": CLAUSE}, expect=403)
    await keeper.post("/legal-bases/999999/retire", {}, expect=404)
    await keeper.post(f"/legal-bases/{made['id']}/retire", {})
    gone = await keeper.post(f"/legal-bases/{made['id']}/retire", {}, expect=409)

    assert gone["code"] == "legal_basis_retired"
    listed = await dispatcher.get("/legal-bases?q=照明")
    assert [(one["id"], one["retired_at"] is None) for one in listed] == [(made["id"], False)]
    status, _ = await town.browser(town.city.officer).ask("GET", "/legal-bases")
    assert status == 403


async def test_a_unit_asks_for_what_it_lacks_once_and_reads_the_answer(town: Town, now: datetime) -> None:
    number, officer = dispatched(town, now), town.browser(town.city.officer)
    path = f"/tickets/{number}/ask-completion"

    asked = await officer.post(path, {"missing": "缺房间号"})
    again = await officer.post(path, {"missing": "缺时间"}, expect=409)
    waiting = await town.browser(town.city.dispatcher).get("/completions")
    callback = town.browser(town.city.callback)
    await callback.post(f"/tickets/{number}/complete", {"supplement": "二单元 401，电话 13912345678"})

    assert (asked["row"]["state"], asked["completion"]["unit"], again["code"]) == (
        "dispatched",
        "市供热公司",
        "completion_asked",
    )
    assert [(row["question"], row["for_unit"]) for row in waiting["rows"]] == [("缺房间号", "市供热公司")]
    answered = (await officer.get(f"/tickets/{number}"))["completion"]
    assert (answered["state"], answered["supplement"]) == ("done", "二单元 401，电话 139****5678")
