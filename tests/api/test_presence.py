"""Two people at one ticket see each other's name, also from two servers, and no longer than they are there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from core.database import Database
from staff.actions import Attempt, finish_log_in
from staff.rules import Actor
from staff.tokens import token_hash
from tests.api.test_access import SetClock
from tests.tickets.making import City
from web.api import SERVICES, Services
from web.api.problems import problems
from web.live import HUB, Hub, live
from web.settings import WebSettings
from web.ticket_topics import TOPICS

WAIT_S = 10
Client = TestClient[http.Request, http.Application]


class Office:
    """A city, one ticket that the heating company holds, and servers to watch it from."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.city = database.write(City)
        for actor in (self.city.supervisor, self.city.officer, self.city.roads_officer):
            database.write(_log_in, actor, now)

        def signed(session: Session) -> str:
            return City.session_of(session, self.city).signed(now).number

        self.number = database.write(signed)

    @contextlib.asynccontextmanager
    async def server(self, database: Database) -> AsyncIterator[Client]:
        hub = Hub(database.serving, SetClock(self.now), TOPICS, outbox_size=64)
        stop = database.subscribe(hub.hear)
        app = http.Application(middlewares=[problems])
        app[SERVICES] = Services(database.serving, SetClock(self.now), WebSettings())
        app[HUB] = hub
        app.router.add_get("/api/live", live)
        async with TestClient(TestServer(app)) as client:
            yield client
        stop()

    @contextlib.asynccontextmanager
    async def at_ticket(self, client: Client, actor: Actor) -> AsyncIterator[ClientWebSocketResponse]:
        async with client.ws_connect("/api/live", headers={"Cookie": f"hotline=token-{actor.staff_number}"}) as socket:
            await socket.send_json({"subscribe": f"presence:{self.number}"})
            yield socket


def _log_in(session: Session, actor: Actor, now: datetime) -> None:
    attempt = Attempt(id=0, person_id=actor.person_id, password_hash="")
    token = f"token-{actor.staff_number}"
    finish_log_in(session, attempt, token_hash=token_hash(token), csrf_token="c", address="127.0.0.1", now=now)


async def comes_to(socket: ClientWebSocketResponse, *actors: Actor) -> Any:
    """The message that says that just these are there; what comes before it may be older."""
    wanted = sorted(actor.name for actor in actors)
    async with asyncio.timeout(WAIT_S):
        while True:
            message = await socket.receive_json()
            if sorted(person["name"] for person in (message.get("row") or {}).get("people", [])) == wanted:
                return message


@pytest.fixture
def office(database: Database, now: datetime) -> Office:
    return Office(database, now)


async def test_two_people_at_one_ticket_see_each_other_until_one_leaves(office: Office) -> None:
    supervisor, officer = office.city.supervisor, office.city.officer
    async with office.server(office.database) as client, office.at_ticket(client, supervisor) as first:
        await comes_to(first, supervisor)
        async with office.at_ticket(client, officer) as second:
            await comes_to(second, supervisor, officer)
            told = await comes_to(first, supervisor, officer)
        await comes_to(first, supervisor)

        assert {person["unit"] for person in told["row"]["people"]} == {"市热线中心", "市供热公司"}


async def test_turning_to_another_ticket_is_leaving_this_one(office: Office) -> None:
    supervisor, officer = office.city.supervisor, office.city.officer
    async with (
        office.server(office.database) as client,
        office.at_ticket(client, supervisor) as first,
        office.at_ticket(client, officer) as second,
    ):
        await comes_to(first, supervisor, officer)
        await second.send_json({"unsubscribe": f"presence:{office.number}"})
        await comes_to(first, supervisor)


async def test_whoever_may_not_see_the_ticket_learns_nothing_and_is_not_shown(office: Office) -> None:
    supervisor, stranger = office.city.supervisor, office.city.roads_officer
    async with office.server(office.database) as client, office.at_ticket(client, stranger) as refused:
        said = await asyncio.wait_for(refused.receive_json(), WAIT_S)
        async with office.at_ticket(client, supervisor) as socket:
            first = await asyncio.wait_for(socket.receive_json(), WAIT_S)

    assert (said["kind"], said["code"]) == ("refused", "ticket_not_found")
    assert [person["name"] for person in first["row"]["people"]] == [supervisor.name]


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
async def test_two_people_at_two_servers_see_each_other(office: Office, open_database: Callable[..., Database]) -> None:
    supervisor, officer = office.city.supervisor, office.city.officer
    other = open_database()
    office.database.exchange_news()
    async with (
        office.server(office.database) as here,
        office.server(other) as there,
        office.at_ticket(here, supervisor) as first,
    ):
        await comes_to(first, supervisor)
        other.exchange_news()  # a server that begins later asks who is where
        async with office.at_ticket(there, officer) as second:
            await comes_to(second, supervisor, officer)
            await comes_to(first, supervisor, officer)
        await comes_to(first, supervisor)
