"""Tickets over the API: the main path by those who walk it, what each may see, and how many statements it takes."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.computer import Computer
from core.database import Database
from staff.actions import Attempt, finish_log_in
from staff.rules import Actor, Role
from staff.tokens import token_hash
from telephony.model import Call
from telephony.rules import CallState, RatingState
from tests.api.test_access import SetClock
from tests.tickets.making import OFFICE, REPLY_TEXT, TEXT, City
from tickets.kinds import Secrecy
from tickets.settings import TicketOffice
from web import bulk, catalogue, desk, dispatch, drafts, ticket_acts, ticket_privacy, tickets, timeline, units
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

PARTS = (tickets, timeline, ticket_privacy, ticket_acts, dispatch, units, drafts, catalogue, desk, bulk)
APIS = [part.api for part in PARTS]


class Browser:
    """Somebody who is logged in."""

    def __init__(self, client: TestClient[http.Request, http.Application], token: str) -> None:
        self._client = client
        self._headers = {"Cookie": f"hotline={token}", "X-CSRF-Token": f"csrf-{token}"}

    async def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> Any:
        """The status and the answer."""
        sent = self._headers | (headers or {})
        answer = await self._client.request(method, f"/api{path}", headers=sent, **kwargs)
        return answer.status, (await answer.json(content_type=None) if answer.status != 204 else None)

    async def get(self, path: str) -> Any:
        status, answer = await self.ask("GET", path)
        assert status == 200, answer.get("errors", answer)
        return answer

    async def post(self, path: str, body: dict[str, Any], *, expect: int = 200, **kwargs: Any) -> Any:
        status, answer = await self.ask("POST", path, json=body, **kwargs)
        assert status == expect, answer
        return answer


class Town:
    """The small city with its people at their browsers."""

    def __init__(self, database: Database, client: TestClient[http.Request, http.Application], now: datetime) -> None:
        self.database = database
        self.city: City = database.write(City)
        self._client = client
        self.moment = now

    def browser(self, actor: Actor) -> Browser:
        token = f"token-{actor.staff_number}-{self.moment:%m%d}"
        self.database.write(_log_in, actor, token=token, now=self.moment)
        return Browser(self._client, token)

    def form(self, **changes: Any) -> dict[str, Any]:
        filled = {
            "text": TEXT,
            "place_id": self.city.nanhu.id,
            "type": "help",
            "topic_id": self.city.topic.id,
            "caller_name": "张三",
            "phone": "13812345678",
            "title": "南湖小区暖气不热",
        }
        return filled | changes


def _log_in(session: Session, actor: Actor, *, token: str, now: datetime) -> None:
    attempt = Attempt(id=0, person_id=actor.person_id, password_hash="")
    finish_log_in(
        session, attempt, token_hash=token_hash(token), csrf_token=f"csrf-{token}", address="127.0.0.1", now=now
    )


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    """With the job rows that the running server writes too."""
    return open_database(reactions=REACTIONS)


@pytest.fixture
async def town(database: Database, computer: Computer, now: datetime) -> AsyncIterator[Town]:
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings(), {TicketOffice: OFFICE, Computer: computer})
    for api in APIS:
        api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Town(database, client, now)


@pytest.fixture
def statements(database: Database) -> Iterator[Callable[[], Any]]:
    """Counts the statements that a request runs, on whichever connection."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    # on PostgreSQL the reading engine is the writing one with options, and hears its listeners
    engines = [database.writing, database.reading] if database.settings.is_sqlite else [database.writing]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen.clear()
        yield seen

    yield counting
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_matter_walks_from_the_agent_to_the_closed_ticket(town: Town, now: datetime) -> None:
    city = town.city
    agent, dispatcher, officer, auditor, callback = map(
        town.browser, (city.agent, city.dispatcher, city.officer, city.auditor, city.callback)
    )

    draft = await agent.post("/drafts", {}, expect=201)
    status, saved = await agent.ask("PUT", f"/drafts/{draft['id']}", json={"form": town.form(), "version": 1})
    assert status == 200
    created = await agent.post(f"/drafts/{draft['id']}/register", {"version": saved["version"]}, expect=201)
    number = created["number"]
    assert created["citizen_due_at"] == "2026-10-20T16:00:00Z"
    await agent.post(f"/tickets/{number}/list", {})

    listed = await dispatcher.get("/dispatch-list")
    assert [row["ticket"]["number"] for row in listed["rows"]] == [number]
    taken = await dispatcher.post("/dispatch-list/next", {})
    assert taken["ticket"]["number"] == number
    cards = await dispatcher.get(f"/dispatch-list/{number}")
    assert cards["cards"][0]["unit"]["name"] == "市供热公司"
    await dispatcher.post(f"/tickets/{number}/dispatch", {"unit_id": cards["cards"][0]["unit"]["id"]})

    head = await officer.get("/unit/inbox/head")
    assert (head["to_sign"], head["tabs"]["to_sign"]) == (1, 1)
    signed = await officer.post("/ticket-list/acts", {"act": "sign", "numbers": [number], "words": "赵六"})
    assert signed == [{"number": number, "code": "", "message": ""}]
    send_down = {"act": "send_down", "numbers": [number], "unit_id": town.city.street.id}
    down = await officer.post("/ticket-list/acts", send_down)
    assert [(one["number"], one["code"]) for one in down] == [(number, "not_below")]
    assert await officer.get("/unit/inbox/papers") == []
    reply = {"result": "solved", "text": REPLY_TEXT, "contact": "call", "handler": "赵六"}
    await officer.post(f"/tickets/{number}/reply", {"form": reply})

    page = await auditor.get(f"/tickets/{number}")
    assert page["offers"][0] == {"action": "pass_audit", "is_enabled": True, "reason": None}
    await auditor.post(f"/tickets/{number}/audit", {"passed": True})
    closed = await callback.post(f"/tickets/{number}/close", {"reason": "电话回访满意"})
    assert closed["row"]["state"] == "closed"
    history = await callback.get(f"/tickets/{number}/history")
    assert [line["action"] for line in history] == [
        "register", "list", "dispatch", "sign", "reply", "pass_audit", "close",
    ]  # fmt: skip
    assert [segment["name"] for segment in closed["holders"]] == ["市供热公司"]


async def test_a_creation_takes_at_most_ten_statements(
    town: Town, statements: Callable[[], Any], now: datetime
) -> None:
    agent = town.browser(town.city.agent)

    with statements() as seen:
        created = await agent.post(
            "/tickets", {"form": town.form(), "source": "phone"}, expect=201, headers={"Idempotency-Key": "k-1"}
        )

    assert len(seen) <= 10, "\n".join(seen)
    again = await agent.post(
        "/tickets", {"form": town.form(), "source": "phone"}, expect=201, headers={"Idempotency-Key": "k-1"}
    )
    assert again == created


async def test_a_list_takes_at_most_eight_statements_however_long(
    town: Town, statements: Callable[[], Any], now: datetime
) -> None:
    for _ in range(30):
        town.database.write(lambda session: town_ticket(session, town.city, now))
    dispatcher, officer = town.browser(town.city.dispatcher), town.browser(town.city.officer)
    narrowed = f"topic_id={town.city.topic.id}&unit_id={town.city.street.id}"
    for path in (
        "/tickets",
        "/tickets?state=to_dispatch&state=registered&sort=due",
        f"/tickets?topic_id={town.city.topic.id}&due=soon&q=暖气",
        "/tickets?q=13812345678",
        "/tickets?q=5678",
        "/tickets?q=暖气 不热",
        f"/tickets?{narrowed}&q=暖气&sort=due",
        f"/tickets?{narrowed}&q=5678&sort=due",
        "/dispatch-list",
        "/dispatch-list/head",
    ):
        with statements() as seen:
            await dispatcher.get(path)
        assert len(seen) <= 8, (path, "\n".join(seen))

    for path in (
        "/unit/inbox",
        f"/unit/inbox?topic_id={town.city.topic.id}&working_unit_id={town.city.heating.id}&q=暖气",
        "/unit/inbox?figure=to_sign&with_below=true&q=5678",
        "/unit/inbox?tab=done&q=暖气",
        "/unit/inbox/head",
        "/tickets",
    ):
        with statements() as seen:
            await officer.get(path)
        assert len(seen) <= 8, (path, "\n".join(seen))


async def test_a_search_of_the_dispatch_list_takes_at_most_three_statements_more(
    town: Town, statements: Callable[[], Any], now: datetime
) -> None:
    for _ in range(30):
        town.database.write(lambda session: town_ticket(session, town.city, now))
    dispatcher = town.browser(town.city.dispatcher)
    for path in ("/dispatch-list?q=5678", "/dispatch-list?q=暖气&urgency=urgent", "/dispatch-list?chip=soon&q=暖气"):
        with statements() as seen:
            await dispatcher.get(path)
        assert len(seen) <= 11, (path, "\n".join(seen))


def town_ticket(session: Session, city: City, now: datetime) -> None:
    City.session_of(session, city).listed(now)


async def test_a_unit_sees_its_own_tickets_only(town: Town, now: datetime) -> None:
    town.database.write(lambda session: City.session_of(session, town.city).dispatched(now))
    dispatcher, own, other = map(town.browser, (town.city.dispatcher, town.city.officer, town.city.roads_officer))
    number = (await dispatcher.get("/tickets"))["rows"][0]["number"]

    assert [row["number"] for row in (await own.get("/tickets"))["rows"]] == [number]
    assert (await other.get("/tickets"))["rows"] == []
    for method, path, body in (
        ("GET", f"/tickets/{number}", None),
        ("GET", f"/tickets/{number}/history", None),
        ("POST", f"/tickets/{number}/sign", {}),
        ("POST", f"/tickets/{number}/reveal", {"purpose": "联系群众"}),
    ):
        status, answer = await other.ask(method, path, json=body)
        assert (status, answer["code"]) == (404, "ticket_not_found")


async def test_personal_data_is_masked_until_somebody_says_why(town: Town, now: datetime) -> None:
    agent = town.browser(town.city.agent)
    text = TEXT + "我电话13912345678"
    number = (await agent.post("/tickets", {"form": town.form(text=text)}, expect=201))["number"]

    page = await agent.get(f"/tickets/{number}")
    assert (page["caller"]["name"], page["caller"]["phone"]) == ("张*", "138****5678")
    assert "13912345678" not in page["text"]
    revealed = await agent.post(f"/tickets/{number}/reveal", {"purpose": "联系群众核实"})
    assert (revealed["caller"]["name"], revealed["caller"]["phone"]) == ("张三", "13812345678")
    assert revealed["text"] == text
    assert revealed["points"] == []
    history = await agent.get(f"/tickets/{number}/history")
    assert history[-1]["kind"] == "view"
    views = await agent.get(f"/tickets/{number}/views")
    assert (views["n"], views["last"][0]["purpose"]) == (1, "联系群众核实")


async def test_a_unit_never_learns_who_asked_for_secrecy(town: Town, now: datetime) -> None:
    town.database.write(
        lambda session: City.session_of(session, town.city).dispatched(now, secrecy=Secrecy.FROM_ACCUSED)
    )
    officer, dispatcher = town.browser(town.city.officer), town.browser(town.city.dispatcher)

    row = (await officer.get("/unit/inbox"))["rows"][0]["ticket"]
    assert (row["caller"], row["phone"]) == ("保密", "")
    page = await officer.get(f"/tickets/{row['number']}")
    assert (page["caller"]["name"], page["caller"]["phone"]) == ("保密", "")
    status, answer = await officer.ask("POST", f"/tickets/{row['number']}/reveal", json={"purpose": "联系群众"})
    assert (status, answer["code"]) == (403, "caller_sealed")
    assert (await dispatcher.get(f"/tickets/{row['number']}"))["caller"]["phone"] == "138****5678"


async def test_a_misheard_number_is_said(town: Town) -> None:
    agent = town.browser(town.city.agent)

    status, answer = await agent.ask("GET", "/tickets/2610 1300 0014")
    assert (status, answer["errors"][0]["code"]) == (422, "ticket_number_misheard")
    assert answer["errors"][0]["message"] == "号码可能听错一位"


async def test_an_unfinished_form_names_every_fault_at_once(town: Town) -> None:
    agent = town.browser(town.city.agent)

    status, answer = await agent.ask("POST", "/tickets", json={"form": {"text": "太短"}})

    assert status == 422
    assert {fault["code"] for fault in answer["errors"]} == {
        "text_too_short", "place_missing", "type_missing", "phone_missing",
    }  # fmt: skip


async def test_two_people_saving_one_draft_lose_no_word(town: Town) -> None:
    agent = town.browser(town.city.agent)
    draft = await agent.post("/drafts", {}, expect=201)
    path = f"/drafts/{draft['id']}"

    await agent.ask("PUT", path, json={"form": {"text": "第一个窗口"}, "version": 1})
    status, answer = await agent.ask("PUT", path, json={"form": {"text": "第二个窗口"}, "version": 1})

    assert (status, answer["code"]) == (409, "version_conflict")
    assert (answer["current"], answer["yours"]) == ({"text": "第一个窗口"}, {"text": "第二个窗口"})


async def test_a_claim_keeps_other_dispatchers_away(town: Town, now: datetime) -> None:
    town.database.write(lambda session: town_ticket(session, town.city, now))
    first = town.browser(town.city.dispatcher)
    second = town.browser(town.database.write(second_dispatcher, town.city))
    number = (await first.post("/dispatch-list/next", {}))["ticket"]["number"]

    status, answer = await second.ask("POST", f"/dispatch-list/{number}/claim")
    assert (status, answer["code"]) == (409, "claimed_by_other")
    status, answer = await second.ask("POST", f"/tickets/{number}/dispatch", json={"unit_id": town.city.heating.id})
    assert (status, answer["code"]) == (409, "claimed_by_other")
    assert (await second.post("/dispatch-list/next", {}))["ticket"] is None


def second_dispatcher(session: Session, city: City) -> Actor:
    return City.session_of(session, city).person("dispatcher-2", Role.DISPATCHER)


async def test_every_look_at_a_sealed_ticket_is_logged_and_lists_say_nothing_of_it(town: Town) -> None:
    agent = town.browser(town.city.agent)
    number = (await agent.post("/tickets", {"form": town.form(secrecy="sealed")}, expect=201))["number"]

    row = (await agent.get("/tickets"))["rows"][0]
    assert (row["title"], row["place"], row["flags"]) == ("密件", "", ["sealed"])
    assert (await agent.get("/tickets?q=南湖"))["rows"] == []
    await agent.get(f"/tickets/{number}")
    await agent.get(f"/tickets/{number}")
    views = await agent.get(f"/tickets/{number}/views")
    assert (views["n"], views["last"][0]["action"]) == (2, "view_sealed")


async def test_nobody_opens_the_form_of_anothers_call(town: Town, now: datetime) -> None:
    mine = town.database.write(answered_call, town.city.agent, now)
    other = town.database.write(second_dispatcher, town.city)
    theirs = town.database.write(answered_call, other, now)
    agent = town.browser(town.city.agent)

    draft = await agent.post("/drafts", {"call_id": mine}, expect=201)
    assert draft["form"] == {"phone": "13812345678"}
    status, answer = await agent.ask("POST", "/drafts", json={"call_id": theirs})
    assert (status, answer["code"]) == (404, "call_not_found")


def answered_call(session: Session, by: Actor, now: datetime) -> int:
    number = session.scalar(select(func.count()).select_from(Call)) or 0
    call = Call(
        node="main",
        uid=f"1760317200.{number}",
        version=1,
        caller="13812345678",
        began_at=now,
        state=CallState.TALKING,
        is_held=False,
        ring_attempts=1,
        person_id=by.person_id,
        rating=RatingState.NOT_ASKED,
    )
    session.add(call)
    session.flush()
    return call.id


async def test_a_unit_comes_with_the_letters_by_which_it_is_found(town: Town) -> None:
    units = await town.browser(town.city.agent).get("/units")

    heating = next(unit for unit in units if unit["name"] == "市供热公司")
    assert heating["initials"] == ["s g r g s"] * 2
