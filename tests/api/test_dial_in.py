"""One's own telephone and PIN for dialling in, over the API."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from core.audit.model import AuditRow
from core.database import Database
from staff.log_in_codes import bind_mobile
from telephony.dial_in.model import DialIn, DialInPin
from telephony.dial_in.pins import is_pin
from telephony.dial_in.rules import DialInState, Verdict
from telephony.settings import TelephonySettings
from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tests.tickets.making import OFFICE
from tickets.settings import TicketOffice
from web import contacts, dial_in
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

NUMBER, OWN = "123459", "13900001111"


async def opened(database: Database, now: datetime, number: str) -> AsyncIterator[Town]:
    services = {TicketOffice: OFFICE, TelephonySettings: TelephonySettings(dial_in_number=number)}
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings(), services)
    for part in (dial_in, contacts):
        part.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Town(database, client, now)


@pytest.fixture
async def town(database: Database, now: datetime) -> AsyncIterator[Town]:
    async for town in opened(database, now, NUMBER):
        yield town


@pytest.fixture
async def town_without(database: Database, now: datetime) -> AsyncIterator[Town]:
    async for town in opened(database, now, ""):
        yield town


async def test_a_pin_is_shown_once_and_kept_as_a_hash(town: Town, now: datetime) -> None:
    officer = town.browser(town.city.officer)
    before = await officer.get("/me/dial-in")

    status, issued = await officer.ask("PUT", "/me/dial-in", json={"phone": OWN})
    shown = await officer.get("/me/dial-in")

    pin = town.database.read(lambda session: session.scalars(select(DialInPin)).one())
    assert (before["number"], before["phone"], before["issued_at"]) == (NUMBER, "", None)
    assert (status, pin.phone) == (200, OWN)
    assert is_pin(issued["pin"], pin.pin_hash)
    assert shown["phone"] == "139****1111"
    assert issued["pin"] not in str(shown)
    lines = town.database.read(lambda session: session.scalars(select(AuditRow)).all())
    assert [line.action for line in lines] == ["issue_dial_in_pin"]
    assert issued["pin"] not in str([vars(line) for line in lines])


async def test_a_new_pin_takes_the_old_ones_place_at_the_same_telephone(town: Town) -> None:
    officer = town.browser(town.city.officer)
    _, first = await officer.ask("PUT", "/me/dial-in", json={"phone": OWN})

    _, second = await officer.ask("PUT", "/me/dial-in", json={"phone": ""})

    pin = town.database.read(lambda session: session.scalars(select(DialInPin)).one())
    assert pin.phone == OWN
    assert is_pin(second["pin"], pin.pin_hash)
    assert first["pin"] == second["pin"] or not is_pin(first["pin"], pin.pin_hash)


async def test_the_bound_mobile_is_the_first_choice(town: Town) -> None:
    town.database.write(bind_mobile, town.city.officer.person_id, phone=OWN)
    officer = town.browser(town.city.officer)

    assert (await officer.get("/me/dial-in"))["mobile"] == "139****1111"
    assert (await officer.ask("PUT", "/me/dial-in", json={}))[0] == 200
    assert town.database.read(lambda session: session.scalars(select(DialInPin.phone)).one()) == OWN


@pytest.mark.parametrize("phone", ["", "8001", "85551234", "PJSIP/1&Local/2", "１２３", "😀"])
async def test_a_bad_telephone_is_refused_by_name(town: Town, phone: str) -> None:
    status, refused = await town.browser(town.city.officer).ask("PUT", "/me/dial-in", json={"phone": phone})

    assert (status, refused["errors"][0]["loc"]) == (422, ["body", "phone"])
    assert refused["errors"][0]["code"] == "dial_in_phone_malformed"


async def test_a_colleagues_telephone_is_refused(town: Town) -> None:
    await town.browser(town.city.officer).ask("PUT", "/me/dial-in", json={"phone": OWN})

    status, refused = await town.browser(town.city.dispatcher).ask("PUT", "/me/dial-in", json={"phone": f"+86 {OWN}"})

    assert (status, refused["code"]) == (409, "dial_in_phone_taken")


async def test_a_hotline_without_a_number_to_dial_says_so(town_without: Town) -> None:
    officer = town_without.browser(town_without.city.officer)

    status, refused = await officer.ask("PUT", "/me/dial-in", json={"phone": OWN})

    assert (await officer.get("/me/dial-in"))["number"] == ""
    assert (status, refused["code"]) == (409, "dial_in_off")


async def test_whoever_is_locked_reads_until_when(town: Town, now: datetime) -> None:
    officer = town.browser(town.city.officer)
    await officer.ask("PUT", "/me/dial-in", json={"phone": OWN})
    failed = [
        DialIn(
            node="main", channel="x", caller=OWN, person_id=town.city.officer.person_id, ticket="1", heard_at=now,
            state=DialInState.TOLD, verdict=Verdict.WRONG,
        )
        for _ in range(5)
    ]  # fmt: skip
    town.database.write(lambda session: session.add_all(failed))

    assert (await officer.get("/me/dial-in"))["locked_until"] is not None


async def test_withdrawn_it_is_gone_also_when_asked_twice(town: Town) -> None:
    officer = town.browser(town.city.officer)
    await officer.ask("PUT", "/me/dial-in", json={"phone": OWN})

    statuses = [(await officer.ask("DELETE", "/me/dial-in"))[0] for _ in range(2)]

    assert statuses == [204, 204]
    assert town.database.read(lambda session: session.scalars(select(DialInPin)).all()) == []


async def test_the_tickets_box_names_the_number_to_dial(town: Town, now: datetime) -> None:
    number = town.database.write(lambda session: type(town.city).session_of(session, town.city).signed(now).number)

    shown = await town.browser(town.city.officer).get(f"/tickets/{number}/calls")

    assert shown["dial_in"] == NUMBER
