"""The server as an operator starts it, and an agent's browser at it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy.orm import Session

from app.demo.city import songjiang
from app.demo.founding import found_city
from core import migrate
from core.database import Database, DatabaseSettings
from nlp.topics import shipped_tree
from staff.passwords import hash_password
from telephony.rules import SeatKind
from telephony.seats import add_seat
from tests.scenarios.stage import QUEUE, SECRET
from tests.scenarios.table import CALLER

PASSWORD = "songjiang12345"
SEAT = "8101"
TEXT = "松江区人民路12号小区昨晚起停水，到现在没有恢复，物业电话没有人接，请尽快处理。"

Row = dict[str, Any]


class Page:
    """What a logged-in browser does: requests with cookie and token, and the live WebSocket."""

    def __init__(self, http: aiohttp.ClientSession, csrf_token: str) -> None:
        self._http = http
        self._headers = {"X-CSRF-Token": csrf_token}
        self.heard: list[Row] = []
        self._news = asyncio.Condition()

    async def get(self, path: str, **query: str | int) -> Any:
        """A resource's JSON."""
        async with self._http.get(f"/api/{path}", params=query) as answer:
            assert answer.status == 200, (path, answer.status, await answer.text())
            return await answer.json()

    async def download(self, path: str) -> bytes:
        """A resource's bytes."""
        async with self._http.get(f"/api/{path}") as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.read()

    async def put(self, path: str, **body: object) -> None:
        """Change a resource."""
        async with self._http.put(f"/api/{path}", json=body, headers=self._headers) as answer:
            assert answer.status == 200, (path, answer.status, await answer.text())

    async def post(self, path: str, **body: object) -> Any:
        """What came back for a POST that succeeded."""
        headers = self._headers | {"Idempotency-Key": path.replace("/", "-")}
        async with self._http.post(f"/api/{path}", json=body, headers=headers) as answer:
            assert answer.status in (200, 201, 202), (path, answer.status, await answer.text())
            return await answer.json()

    async def listen(self, topic: str) -> None:
        """Keep everything that is pushed, watching `topic` first; and each call that comes to the seat as well."""
        async with self._http.ws_connect("/api/live") as socket:
            await socket.send_json({"subscribe": topic})
            watched: set[int] = set()
            async for message in socket:
                told = message.json()
                async with self._news:
                    self.heard.append(told)
                    self._news.notify_all()
                call = (told.get("row") or {}).get("call")
                if call and call["id"] not in watched:
                    watched.add(call["id"])
                    await socket.send_json({"subscribe": f"call:{call['id']}"})

    async def until(self, is_it: Callable[[Row], bool], *, within_s: float = 30) -> Row:
        """The first pushed message for which `is_it` holds."""
        async with asyncio.timeout(within_s), self._news:
            while True:
                for told in self.heard:
                    if is_it(told):
                        return told
                await self._news.wait()

    def states(self, topic: str) -> list[str]:
        """The states pushed on a topic, each once, in the order they came."""
        states = [told["row"]["state"] for told in self.heard if told.get("topic", "").startswith(topic)]
        return [state for before, state in zip([None, *states], states, strict=False) if state != before]


@asynccontextmanager
async def logged_in(url: str, account: str) -> AsyncIterator[Page]:
    """A person of the demo city at their browser."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(url, cookie_jar=jar, headers={"Origin": url}) as http:
        async with http.post("/api/session", json={"account": account, "password": PASSWORD}) as answer:
            assert answer.status == 201, await answer.text()
            told = await answer.json()
        yield Page(http, told["csrf_token"])


def founded(folder: Path, *, ami_port: int, queue_log: Path, recordings: Path, web_port: int) -> dict[str, str]:
    """Found a city with one seat in a new database; gives the server's settings as its environment."""
    url = f"sqlite:///{folder}/hotline.db"
    database = Database(DatabaseSettings(url=url))
    migrate.upgrade(database.writing)
    database.write(_found)
    database.close()
    return {
        "HOTLINE_DATABASE__URL": url,
        "HOTLINE_DATA_FOLDER": f"{folder}/data",
        "HOTLINE_WEB__PORT": f"{web_port}",
        "HOTLINE_TELEPHONY__AMI__PORT": f"{ami_port}",
        "HOTLINE_TELEPHONY__AMI__SECRET": SECRET,
        "HOTLINE_TELEPHONY__QUEUE_LOG": f"{queue_log}",
        "HOTLINE_TELEPHONY__RECORDINGS": f"{recordings}",
        "HOTLINE_TELEPHONY__WRAP_UP_S": "600",
    }


def _found(session: Session) -> None:
    found_city(session, songjiang(), shipped_tree(), password_hash=hash_password(PASSWORD))
    now = datetime.now(UTC)
    add_seat(session, number=SEAT, node="main", interface=f"PJSIP/{SEAT}", kind=SeatKind.PHONE, queue=QUEUE, now=now)


async def register(agent: Page, call_id: int) -> Row:
    """Fill the form that the call has opened, and give it its number."""
    (draft,) = await once_there(lambda: agent.get("drafts", call_id=call_id))
    form = {"text": TEXT, "place_text": "人民路12号", "type": "help", "phone": CALLER, "caller_name": "市民"}
    registered: Row = await agent.post(f"drafts/{draft['id']}/register", form=form)
    return registered


async def once_there(read: Callable[[], Awaitable[Any]], part: str = "") -> Any:
    """What a job writes a moment later: read until there is something."""
    async with asyncio.timeout(15):
        while True:
            found = await read()
            if found[part] if part else found:
                return found
            await asyncio.sleep(0.1)


async def assert_all_is_there(agent: Page, supervisor: Page, call_id: int, ticket: Row) -> None:
    """Each thing once: call, recording, outcome, ticket, rating of the agent."""
    page = await agent.get("calls")
    (call,) = page["rows"]
    assert (call["id"], call["result"], call["ended_by"]) == (call_id, "answered", "seat")
    assert (call["rating"], call["rating_key"], call["seat_number"]) == ("rated", 5, SEAT)
    assert 0 < call["waited_s"] <= 5
    assert call["talk_s"] > 0
    assert call["caller"] == "199****0001"
    assert len(await agent.download(f"calls/{call_id}/recording")) > 44
    tickets = await supervisor.get("tickets")
    assert [row["number"] for row in tickets["rows"]] == [ticket["number"]]
    assert (await agent.get(f"tickets/{ticket['number']}"))["call_id"] == call_id
    outcome = (await agent.get(f"calls/{call_id}"))["outcome"]
    assert outcome is not None
    assert outcome["outcome"] == "ticket"
    (row,) = (await once_there(lambda: supervisor.get("ledger/rows", kind="answer"), "rows"))["rows"]
    assert row["body"]["level"] == 5
