"""A hall whose system signs its requests, its windows, and the server that it speaks to."""

import json
from datetime import timedelta
from typing import Any

from aiohttp import web as http
from aiohttp.test_utils import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import Database
from core.http_signatures import Message, sign_message
from evaluation.counters.model import CounterMatter, CounterWindow
from evaluation.counters.windows import add_window, change_window
from evaluation.model import Rating
from staff.model import Unit
from staff.rules import UnitKind
from tests.sms.desk import MovableClock
from tickets.platforms.actions import add_platform
from tickets.platforms.rules import PlatformKey, platform_key

MASTER = b"a secret that only tests use"
LINK_KEY = b"a link key that only tests use"
MATTERS = "/api/counter/matters"
NUMBER = "XZ20261013000017"
PHONE = "19900000001"


def matter(**changes: Any) -> dict[str, Any]:
    """Done at 08:52 in Shanghai; the tests' morning begins at 09:00."""
    said = {
        "number": NUMBER,
        "version": 1,
        "item_code": "11440100007482638N4440117001000",
        "item_name": "食品经营许可证核发",
        "stage": "done",
        "window_number": "A03",
        "staff_number": "G1027",
        "applied_at": "2026-10-13T00:31:00Z",
        "done_at": "2026-10-13T00:52:00Z",
        "user_kind": "person",
        "phone": PHONE,
    }
    return said | changes


def rating(**changes: Any) -> dict[str, Any]:
    return {"entry": "entry-0001", "level": 5, "channel": "device"} | changes


class Hall:
    """The hall's own system: two platforms are known, `hall` is the one that speaks."""

    def __init__(
        self, database: Database, client: TestClient[http.Request, http.Application], clock: MovableClock
    ) -> None:
        self.database, self.client, self.clock = database, client, clock
        self.key = platform_key(MASTER, "hall", 1)
        self.other_key = platform_key(MASTER, "other", 1)
        self.unit_id, self.window_id = database.write(self._found)

    def _found(self, session: Any) -> tuple[int, int]:
        now = self.clock.now()
        add_platform(session, code="hall", name="市政务服务大厅", write_back_url="", now=now)
        add_platform(session, code="other", name="另一大厅", write_back_url="", now=now)
        units = [
            Unit(
                path=f"/{code}/",
                code=code,
                name=name,
                short_name=name,
                kind=UnitKind.CITY_DEPARTMENT,
                office_hours="",
            )
            for code, name in (("unit-hall", "市市场监管局"), ("unit-b", "市住建局"))
        ]
        session.add_all(units)
        session.flush()
        window = add_window(session, hall="hall", unit_code="unit-hall", number="A03", name="企业开办", now=now)
        return units[0].id, window.id

    def open_window(self, number: str, unit_code: str) -> None:
        now = self.clock.now()
        self.database.write(add_window, hall="hall", unit_code=unit_code, number=number, name="窗口", now=now)

    def move_window(self, number: str, unit_code: str) -> None:
        """To another unit."""

        def move(session: Session) -> None:
            window_id = session.scalars(select(CounterWindow.id).filter_by(number=number)).one()
            change_window(session, window_id, name="窗口", unit_code=unit_code, is_active=True)

        self.database.write(move)

    async def ask(
        self, method: str, path: str, body: Any = None, *, key: PlatformKey | None = None, **how: Any
    ) -> tuple[int, Any]:
        """What comes back for a signed request; `spoil` changes the message after it was signed."""
        content = json.dumps(body).encode() if body is not None else b""
        message = Message(method, f"https://hotline.example{path}", content)
        used = key or self.key
        sign_message(message, key_id=used.id, key=used.secret, now=how.get("at") or self.clock.now())
        if content:
            message.headers["Content-Type"] = "application/json"
        how.get("spoil", lambda message: None)(message)
        return await self.send(method, how.get("to", path), message)

    async def send(self, method: str, path: str, message: Message) -> tuple[int, Any]:
        answer = await self.client.request(method, path, data=message.body or None, headers=message.headers)
        return answer.status, await answer.json(content_type=None)

    async def register(self, **changes: Any) -> Any:
        status, told = await self.ask("POST", MATTERS, matter(**changes))
        assert status == 200, told
        return told

    async def rate(self, number: str = NUMBER, **changes: Any) -> tuple[int, Any]:
        return await self.ask("POST", f"{MATTERS}/{number}/ratings", rating(**changes))

    def counted(self, table: type[CounterMatter] | type[Rating] = Rating) -> int:
        return self.database.read(lambda session: session.scalar(select(func.count(table.id)))) or 0

    def levels(self) -> list[tuple[int, bool]]:
        """(level, whether it counts) of every rating, oldest first."""
        query = select(Rating.level, Rating.is_current).order_by(Rating.id)
        return self.database.read(lambda session: [(level, counts) for level, counts in session.execute(query)])

    def pass_time(self, by: timedelta) -> None:
        self.clock.move_on(by)
