"""The live WebSocket: snapshot first, then numbered deltas, and no harm from slow or rude clients."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import NotFound
from core.events import Event, EventsMissed, announce
from staff.rules import Role
from tests.api.logins import log_in
from tests.api.test_access import AGENT, SetClock
from web.api import SERVICES, Services, View
from web.api.problems import problems
from web.live import CLOSE_TOO_SLOW, HUB, Hub, Topic, live
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
WAIT_S = 10


@dataclass(frozen=True)
class LampSwitched(Event):
    lamp: int


@dataclass(frozen=True)
class RoomSwept(Event):
    room: int


class Lamp(View):
    lamp: str
    version: int


class LampGone(NotFound):
    code = "lamp_gone"
    message = "没有这盏灯"


class House:
    """What the topic reads; a stand-in for rows, as the hub does not care where a view comes from."""

    def __init__(self) -> None:
        self.versions = {"1": 1, "2": 1}

    def read(self, session: Session, key: str, *, now: datetime) -> Lamp:
        if key not in self.versions:
            raise LampGone
        return Lamp(lamp=key, version=self.versions[key])

    def switch(self, session: Session, key: str) -> None:
        self.versions[key] += 1
        announce(session, LampSwitched(int(key)))


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def hub(database: Database, house: House, now: datetime) -> Hub:
    lamps = Topic(
        "lamp",
        may_watch=lambda actor, key: Role.AGENT in actor.roles and key != "9",
        read=house.read,
        triggers={LampSwitched: lambda event: str(event.lamp), RoomSwept: lambda event: None},
    )
    hub = Hub(database.serving, SetClock(now), [lamps], outbox_size=8)
    database.subscribe(hub.hear)
    return hub


@pytest.fixture
async def client(database: Database, hub: Hub, now: datetime) -> AsyncIterator[Client]:
    log_in(database, Role.AGENT, token="agent", now=now)
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings())
    app[HUB] = hub
    app.router.add_get("/api/live", live)
    async with TestClient(TestServer(app)) as served:
        yield served


async def heard(socket: ClientWebSocketResponse) -> Any:
    return await asyncio.wait_for(socket.receive_json(), WAIT_S)


async def test_a_snapshot_comes_first_and_then_each_change_in_order(
    client: Client, database: Database, house: House
) -> None:
    async with client.ws_connect("/api/live", headers=AGENT) as socket:
        await socket.send_json({"subscribe": "lamp:1"})
        first = await heard(socket)
        await database.serving.write(house.switch, "1")
        second = await heard(socket)
        await database.serving.write(house.switch, "1")
        third = await heard(socket)

    assert [message["seq"] for message in (first, second, third)] == [1, 2, 3]
    assert (first["kind"], first["row"]) == ("snapshot", {"lamp": "1", "version": 1})
    assert (second["kind"], second["events"], second["version"]) == ("delta", ["LampSwitched"], 2)
    assert third["row"] == {"lamp": "1", "version": 3}


async def test_only_what_is_watched_is_told(client: Client, database: Database, house: House) -> None:
    async with client.ws_connect("/api/live", headers=AGENT) as socket:
        await socket.send_json({"subscribe": "lamp:1"})
        await heard(socket)
        await database.serving.write(house.switch, "2")
        await database.serving.write(house.switch, "1")
        told = await heard(socket)

    assert told["topic"] == "lamp:1"


async def test_after_missed_news_every_watcher_gets_a_fresh_row(client: Client, hub: Hub, house: House) -> None:
    async with client.ws_connect("/api/live", headers=AGENT) as socket:
        await socket.send_json({"subscribe": "lamp:1"})
        await heard(socket)
        house.versions["1"] = 7
        hub.hear([EventsMissed()])
        told = await heard(socket)

    assert told["version"] == 7


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"subscribe": "lamp:9"}, "topic_refused"),
        ({"subscribe": "moon:1"}, "topic_refused"),
        ({"subscribe": "lamp:3"}, "lamp_gone"),
        ({"subscribe": 3}, "bad_message"),
        ({"shout": "lamp:1"}, "bad_message"),
        ([], "bad_message"),
    ],
)
async def test_a_wish_that_cannot_be_met_is_refused_and_the_line_stays(client: Client, wish: object, code: str) -> None:
    async with client.ws_connect("/api/live", headers=AGENT) as socket:
        await socket.send_json(wish)
        refusal = await heard(socket)
        await socket.send_json({"subscribe": "lamp:1"})
        snapshot = await heard(socket)

    assert (refusal["kind"], refusal["code"]) == ("refused", code)
    assert snapshot["kind"] == "snapshot"


async def test_without_a_log_in_there_is_no_live_line(client: Client) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect("/api/live")

    assert refused.value.status == 401


async def test_a_foreign_page_gets_no_live_line(client: Client) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect("/api/live", headers=AGENT | {"Origin": "https://evil.example"})

    assert refused.value.status == 403


async def test_a_watcher_whose_outbox_is_full_is_closed_and_may_start_again(client: Client, hub: Hub) -> None:
    async with client.ws_connect("/api/live", headers=AGENT) as socket:
        await socket.send_json({"subscribe": "lamp:1"})
        await heard(socket)
        watcher = next(iter(hub._channels["lamp:1"].watchers))
        for _ in range(9):
            watcher.send(b'{"flood":1}')
        while (message := await asyncio.wait_for(socket.receive(), WAIT_S)).type != WSMsgType.CLOSE:
            pass

    assert message.data == CLOSE_TOO_SLOW
