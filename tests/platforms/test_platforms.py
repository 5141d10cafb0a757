"""Another platform hands matters over, asks how they stand, and is told: signed both ways, each thing once."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

import tickets.jobs
import tickets.platforms.jobs  # noqa: F401  so that job rows find their functions
from app.reactions import REACTIONS
from core.computer import Computer
from core.database import Database
from core.http_signatures import Message, sign_message, signer_of
from core.jobs.runner import drain
from docs.examples import platform_client
from staff.rules import Actor
from tests.fakes import RobotServer
from tests.notices.desk import EmptyComputer
from tests.sms.desk import MovableClock
from tests.tickets.making import OFFICE, REPLY_TEXT, TEXT, City
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.forms import ReplyForm
from tickets.kinds import ContactMade, ReplyResult, Source
from tickets.model import HistoryLine, Ticket
from tickets.platforms.actions import add_platform, renew_key, stop_platform
from tickets.platforms.messenger import HttpMessenger
from tickets.platforms.model import PlatformTicket
from tickets.platforms.rules import PlatformKey, platform_key
from tickets.platforms.settings import PlatformOffice
from tickets.settings import TicketOffice
from web import platforms
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

MASTER = b"a secret that only tests use"
NUMBER = "RMW-2026-000017"
MATTERS = "/api/platform/matters"
SERVED: dict[type, Any] = {
    PlatformOffice: PlatformOffice(MASTER, HttpMessenger(timeout_s=5)),
    TicketOffice: OFFICE,
    Computer: EmptyComputer(),
}


class House:
    """The hotline's server, and another house with its key and its own address."""

    def __init__(
        self, database: Database, client: TestClient[http.Request, http.Application], clock: MovableClock, url: str
    ) -> None:
        self.database, self._client, self.clock = database, client, clock
        self.city: City = database.write(City)
        database.write(add_platform, code="rmw", name="人民网留言板", write_back_url=url, now=clock.now())
        database.write(add_platform, code="other", name="另一平台", write_back_url="", now=clock.now())
        self.key = platform_key(MASTER, "rmw", 1)

    async def ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, key: PlatformKey | None = None, **how: Any
    ) -> tuple[int, Any]:
        """What comes back for a signed request; `spoil` changes the message after it was signed."""
        content = json.dumps(body).encode() if body is not None else b""
        message = Message(method, f"https://hotline.example{path}", content)
        used = key or self.key
        sign_message(message, key_id=used.id, key=used.secret, now=how.get("at") or self.clock.now())
        if content:
            message.headers["Content-Type"] = "application/json"
        how.get("spoil", lambda message: None)(message)
        answer = await self._client.request(
            method, how.get("to", path), data=message.body or None, headers=message.headers
        )
        return answer.status, await answer.json(content_type=None)

    async def hand_over(self, **changes: Any) -> Any:
        status, told = await self.ask("POST", MATTERS, matter(**changes))
        assert status == 200, told
        return told

    def work(self) -> None:
        drain(self.database, SERVED)

    def act(self, act: Callable[..., Any], number: str, *, by: Actor, **how: Any) -> None:
        self.database.write(act, number, by=by, now=self.clock.now(), **how)
        self.clock.move_on(timedelta(minutes=1))


def matter(**changes: Any) -> dict[str, Any]:
    said = {
        "outside_number": NUMBER,
        "text": TEXT,
        "type": "help",
        "title": "暖气不热",
        "place_text": "南湖小区",
        "caller_name": "张三",
        "phone": "19900000001",
    }
    return said | changes


@pytest.fixture
def robot() -> Iterator[RobotServer]:
    """The other house's own address."""
    server = RobotServer()
    yield server
    server.close()


@pytest.fixture
async def house(open_database: Callable[..., Database], robot: RobotServer, now: datetime) -> AsyncIterator[House]:
    clock = MovableClock(now)
    database = open_database(reactions=REACTIONS, clock=clock)
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, clock, WebSettings(), SERVED)
    platforms.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield House(database, client, clock, robot.url)


async def test_a_matter_comes_in_once_under_the_platform_s_own_number(house: House) -> None:
    first = await house.hand_over()
    again = await house.hand_over(text=TEXT + "再说一遍")

    assert first["number"] == again["number"]
    assert first["sentence"].startswith("热线已登记，")
    assert house.database.read(lambda session: session.scalar(select(func.count(Ticket.id)))) == 1
    ticket = house.database.read(
        lambda session: session.execute(select(Ticket.source, Ticket.outside_number, Ticket.text)).one()
    )
    assert tuple(ticket) == (Source.PLATFORM, NUMBER, TEXT)
    label = house.database.read(lambda session: session.scalar(select(HistoryLine.actor_label)))
    assert label == "人民网留言板（rmw）"


async def test_an_addition_and_an_urging_sent_twice_are_one(house: House) -> None:
    await house.hand_over()
    for _ in range(2):
        status, _ = await house.ask("POST", f"{MATTERS}/{NUMBER}/additions", {"outside_id": "A1", "text": "三楼也不热"})
        assert status == 200
        status, _ = await house.ask("POST", f"{MATTERS}/{NUMBER}/urgings", {"outside_id": "U1", "text": "请尽快"})
        assert status == 200
    acts = house.database.read(
        lambda session: list(session.scalars(select(HistoryLine.action).order_by(HistoryLine.id)))
    )
    assert [act for act in acts if act in {"supplement", "urge"}] == ["supplement", "urge"]


async def test_every_fault_of_a_matter_is_named(house: House) -> None:
    status, problem = await house.ask("POST", MATTERS, matter(text="短", phone="12"))
    assert status == 422
    assert {"text_too_short"} <= {fault["code"] for fault in problem["errors"]}


async def test_a_platform_knows_nothing_of_another_one_s_matters(house: House) -> None:
    await house.hand_over()
    other = platform_key(MASTER, "other", 1)
    status, problem = await house.ask("GET", f"{MATTERS}/{NUMBER}", key=other)
    assert (status, problem["code"]) == (404, "outside_number_unknown")
    status, told = await house.ask("POST", MATTERS, matter(), key=other)
    assert (status, told["outside_number"]) == (200, NUMBER)
    assert house.database.read(lambda session: session.scalar(select(func.count(Ticket.id)))) == 2


def other_body(message: Message) -> None:
    message.body = message.body.replace(b"19900000001", b"19900000002")


def no_signature(message: Message) -> None:
    del message.headers["Signature"]


def no_digest(message: Message) -> None:
    del message.headers["Content-Digest"]


@pytest.mark.parametrize(
    "how",
    [
        {"spoil": other_body},
        {"spoil": no_signature},
        {"spoil": no_digest},
        {"key": PlatformKey("rmw.1", b"another key")},
        {"key": platform_key(MASTER, "nobody", 1)},
        {"at": datetime.fromisoformat("2026-10-13T00:54:00+00:00")},
        {"at": datetime.fromisoformat("2026-10-13T01:06:00+00:00")},
    ],
    ids=["body", "no signature", "no digest", "key", "platform", "late", "early"],
)
async def test_what_was_not_signed_as_it_stands_is_refused(house: House, how: dict[str, Any]) -> None:
    status, problem = await house.ask("POST", MATTERS, matter(), **how)
    assert (status, problem["code"]) == (401, "signature_wrong")
    assert house.database.read(lambda session: session.scalar(select(func.count(Ticket.id)))) == 0


async def test_a_signature_opens_no_other_address(house: House) -> None:
    await house.hand_over()
    words = {"outside_id": "A1", "text": "三楼也不热"}
    status, problem = await house.ask("POST", f"{MATTERS}/{NUMBER}/additions", words, to=f"{MATTERS}/{NUMBER}/urgings")
    assert (status, problem["code"]) == (401, "signature_wrong")


async def test_a_renewed_key_shuts_the_old_one_out_and_a_stopped_platform_has_none(house: House) -> None:
    house.database.write(renew_key, "rmw")
    assert (await house.ask("POST", MATTERS, matter()))[0] == 401
    renewed = platform_key(MASTER, "rmw", 2)
    assert (await house.ask("POST", MATTERS, matter(), key=renewed))[0] == 200
    house.database.write(stop_platform, "rmw")
    assert (await house.ask("GET", f"{MATTERS}/{NUMBER}", key=renewed))[0] == 401


async def test_the_answer_is_written_back_signed_and_without_personal_data(house: House, robot: RobotServer) -> None:
    number = (await house.hand_over())["number"]
    house.work()
    answer(house, number)
    house.work()

    told = [json.loads(body) for _, body in robot.posts]
    assert [word["version"] for word in told] == sorted(word["version"] for word in told)
    last = told[-1]
    assert (last["outside_number"], last["number"], last["state"]) == (NUMBER, number, "to_callback")
    assert last["replies"] == [REPLY_TEXT]
    assert [step["words"] for step in last["steps"]][-1] == "已答复"
    for _, body in robot.posts:
        assert "19900000001" not in body.decode()
        assert "张三" not in body.decode()
    headers, body = robot.posts[-1]
    at = int(house.clock.now().timestamp())
    assert platform_client.is_from_the_hotline("/hook", headers, body, key=house.key.secret, now=at)
    assert not platform_client.is_from_the_hotline("/hook", headers, body + b" ", key=house.key.secret, now=at)
    assert not platform_client.is_from_the_hotline("/hook", headers, body, key=house.key.secret, now=at + 301)


async def test_a_platform_that_is_away_is_told_the_newest_word_when_it_comes_back(
    house: House, robot: RobotServer
) -> None:
    number = (await house.hand_over())["number"]
    house.work()
    before = len(robot.posts)
    robot.status = 503
    answer(house, number)
    house.work()
    away = len(robot.posts)
    robot.status = 200
    house.clock.move_on(timedelta(hours=3))
    house.work()

    delivered = [json.loads(body) for _, body in robot.posts[away:]]
    assert away > before
    assert [word["replies"] for word in delivered] == [[REPLY_TEXT]]
    version, failure = _told(house)
    assert (version, failure) == (delivered[0]["version"], "")


async def test_a_platform_that_refuses_is_not_asked_again_and_it_shows(house: House, robot: RobotServer) -> None:
    robot.status = 410
    number = (await house.hand_over())["number"]
    house.work()
    house.database.write(
        dispatch_ticket, number, unit_id=house.city.heating.id, by=house.city.dispatcher, office=OFFICE,
        now=house.clock.now(), reason="属地",
    )  # fmt: skip
    house.work()
    refused = len(robot.posts)
    house.clock.move_on(timedelta(days=1))
    house.work()
    assert len(robot.posts) == refused
    assert _told(house)[1] == "平台拒收：HTTP 410"


def test_the_example_signs_as_the_hotline_reads_it(now: datetime) -> None:
    key = platform_key(MASTER, "rmw", 1)
    for method, body in (("GET", b""), ("POST", b'{"text": "x"}')):
        headers = platform_client.signed(
            method, "/api/platform/matters", body, key_id=key.id, key=key.secret, now=int(now.timestamp())
        )
        message = Message(method, "https://hotline.example/api/platform/matters", body, headers)
        assert signer_of(message, {key.id: key.secret}, now=now) == key.id


def _told(house: House) -> tuple[int, str]:
    row = house.database.read(
        lambda session: session.execute(select(PlatformTicket.told_version, PlatformTicket.failure)).one()
    )
    return row[0], row[1]


def answer(house: House, number: str) -> None:
    """From the dispatcher to the audited answer."""
    city = house.city
    house.act(dispatch_ticket, number, by=city.dispatcher, unit_id=city.heating.id, office=OFFICE, reason="属地")
    house.act(sign_ticket, number, by=city.officer)
    form = ReplyForm(result=ReplyResult.SOLVED, text=REPLY_TEXT, contact=ContactMade.VISIT, handler="周一鸣")
    house.act(reply_ticket, number, by=city.officer, form=form, office=OFFICE)
    house.act(pass_audit, number, by=city.auditor, office=OFFICE)
