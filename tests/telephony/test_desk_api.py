"""Seats and calls over the API: who may, what is shown, what is logged."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

import web.calls
import web.seats
from core.audit.model import AuditRow
from core.clock import Clock
from core.database import Database
from staff.rules import Role
from telephony.model import SeatCommand
from telephony.rules import Verb
from telephony.settings import TelephonySettings
from tests.api.logins import log_in
from tests.telephony.making import UID, make_seat, store, whole_call
from tickets.settings import TicketOffice
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
WAV = b"RIFF" + bytes(100)


class SetClock:
    """A clock that a test sets by hand."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


class Desk:
    """Somebody at the API: sends requests as one person and gives the JSON answer."""

    def __init__(self, client: Client, token: str) -> None:
        self.client = client
        self.headers = {"Cookie": f"hotline={token}", "X-CSRF-Token": f"csrf-{token}"}

    async def get(self, path: str) -> tuple[int, Any]:
        answer = await self.client.get(f"/api{path}", headers=self.headers)
        return answer.status, await answer.json(content_type=None)

    async def post(self, path: str, body: object = None) -> tuple[int, Any]:
        answer = await self.client.post(f"/api{path}", headers=self.headers, json=body)
        return answer.status, await answer.json(content_type=None)

    async def put(self, path: str, body: object) -> tuple[int, Any]:
        answer = await self.client.put(f"/api{path}", headers=self.headers, json=body)
        return answer.status, await answer.json(content_type=None)


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
async def client(database: Database, clock: Clock, tmp_path: Path) -> AsyncIterator[Client]:
    for role in (Role.AGENT, Role.SUPERVISOR, Role.UNIT_OFFICER, Role.ADMINISTRATOR):
        log_in(database, role, token=role.value, now=clock.now())
    log_in(database, Role.AGENT, token="agent2", now=clock.now())
    database.write(make_seat, now=clock.now())
    app = http.Application(middlewares=[problems])
    instances = {TelephonySettings: TelephonySettings(recordings=tmp_path), TicketOffice: TicketOffice(b"key")}
    app[SERVICES] = Services(database.serving, clock, WebSettings(), instances)
    for api in (web.calls.api, web.seats.api):
        api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


@pytest.fixture
def agent(client: Client) -> Desk:
    return Desk(client, "agent")


@pytest.fixture
def supervisor(client: Client) -> Desk:
    return Desk(client, "supervisor")


async def seated(agent: Desk) -> None:
    assert (await agent.post("/seat/login", {"number": "1001"}))[0] == 200
    assert (await agent.post("/seat/ready"))[0] == 200


def call_until(database: Database, clock: SetClock, count: int) -> int:
    """The first `count` events of a call at seat 1001, told as they happen; the call's id."""
    events = whole_call(clock.now())[:count]
    clock.moment = events[-1].at
    ids: list[int] = []
    for event in events:
        ids = database.write(store, [event], now=event.at)
    return ids[0]


async def test_an_agent_sits_down_pauses_and_leaves(agent: Desk) -> None:
    assert (await agent.get("/seat"))[1]["code"] == "seat_not_found"

    status, seat = await agent.post("/seat/login", {"number": "1001"})
    assert (status, seat["state"], seat["reason"], seat["queue"]) == (200, "paused", "signed_in", "12345")
    assert (await agent.post("/seat/ready"))[1]["state"] == "ready"
    assert (await agent.post("/seat/pause", {"reason": "meal"}))[1]["reason"] == "meal"
    assert (await agent.get("/seat"))[1]["person_name"] == "王小明"

    assert (await agent.post("/seat/logout"))[1]["state"] == "signed_out"
    assert (await agent.get("/seat"))[0] == 404


async def test_bad_wishes_are_named(agent: Desk, client: Client) -> None:
    await seated(agent)

    assert (await agent.post("/seat/pause", {"reason": "nap"}))[0] == 422
    assert (await agent.post("/seat/pause", {"reason": "no_answer"}))[1]["code"] == "seat_state"
    assert (await agent.post("/seat/login", {"number": "9999"}))[0] == 404
    assert (await agent.post("/seat/wrap-up/extend", {"reason": "x"}))[1]["code"] == "seat_state"
    assert (await Desk(client, "agent2").post("/seat/login", {"number": "1001"}))[1]["code"] == "seat_taken"
    assert (await Desk(client, "unit_officer").get("/seat"))[0] == 403


async def test_the_ringing_call_is_on_the_seat_and_its_number_masked(
    agent: Desk, database: Database, clock: SetClock
) -> None:
    await seated(agent)
    earlier = whole_call(clock.now() - timedelta(days=1), uid="earlier")
    database.write(store, earlier, now=clock.now())
    call_id = call_until(database, clock, 5)

    seat = (await agent.get("/seat"))[1]
    status, pop = await agent.get(f"/calls/{call_id}/pop")

    assert (seat["state"], seat["call"]["id"], seat["call"]["caller"]) == ("ringing", call_id, "138****5678")
    assert (status, pop["tail"], pop["call_count"], pop["call"]["line"]) == (200, "5678", 1, "hotline")
    assert (pop["phone_kind"], pop["tickets"], pop["name"]) == ("mobile", [], None)
    assert pop["call"]["is_mobile"] is True
    assert [call["caller"] for call in pop["last_calls"]] == ["138****5678"]


async def test_a_call_at_somebody_elses_seat_is_not_mine_to_see(
    agent: Desk, client: Client, supervisor: Desk, database: Database, clock: SetClock
) -> None:
    await seated(agent)
    call_id = call_until(database, clock, 5)

    answers = [await desk.get(f"/calls/{call_id}/pop") for desk in (agent, Desk(client, "agent2"), supervisor)]

    assert [status for status, _ in answers] == [200, 403, 200]
    assert answers[1][1]["code"] == "not_your_call"


async def test_a_seat_asks_asterisk_to_answer_and_not_to_hold_what_only_rings(
    agent: Desk, database: Database, clock: SetClock
) -> None:
    await seated(agent)
    call_id = call_until(database, clock, 5)

    status, command = await agent.post(f"/calls/{call_id}/answer")
    refused = await agent.post(f"/calls/{call_id}/hold")

    assert (status, command["verb"]) == (202, "answer")
    assert (refused[0], refused[1]["code"]) == (409, "call_not_there")
    assert database.read(lambda session: list(session.scalars(sa.select(SeatCommand.verb)))) == [Verb.ANSWER]


async def test_the_wrap_up_ends_only_with_an_outcome(agent: Desk, database: Database, clock: SetClock) -> None:
    await seated(agent)
    call_id = call_until(database, clock, 7)
    assert (await agent.get("/seat"))[1]["state"] == "wrap_up"

    refused = await agent.post("/seat/wrap-up/end")
    for event in whole_call(clock.now() - timedelta(seconds=67.75))[7:]:
        database.write(store, [event], now=event.at)
    owing = (await agent.get("/calls/without-outcome"))[1]["rows"]
    extended = (await agent.post("/seat/wrap-up/extend", {"reason": "补写诉求"}))[1]
    missing = await agent.put(f"/calls/{call_id}/outcome", {"outcome": "void"})
    status, outcome = await agent.put(f"/calls/{call_id}/outcome", {"outcome": "void", "void_reason": "silence"})
    ended = (await agent.post("/seat/wrap-up/end"))[1]

    assert refused[1]["code"] == "summary_missing"
    assert [row["id"] for row in owing] == [call_id]
    assert (await agent.get("/calls/without-outcome"))[1]["rows"] == []
    assert extended["extended"] == 1
    assert (missing[0], missing[1]["code"]) == (422, "invalid")
    assert (status, outcome["outcome"]) == (200, "void")
    assert ended["state"] == "ready"
    assert (await agent.get(f"/calls/{call_id}"))[1]["outcome"]["void_reason"] == "silence"


async def test_an_agent_sees_their_own_calls_and_a_supervisor_all(
    agent: Desk, supervisor: Desk, client: Client, database: Database, clock: SetClock
) -> None:
    await seated(agent)
    call_id = call_until(database, clock, 11)
    other = Desk(client, "agent2")

    mine, theirs, all_calls = [(await desk.get("/calls"))[1] for desk in (agent, other, supervisor)]

    assert [row["id"] for row in mine["rows"]] == [row["id"] for row in all_calls["rows"]] == [call_id]
    assert (theirs["rows"], theirs["count"]) == ([], {"n": 0, "more": False})
    assert (await other.get(f"/calls/{call_id}"))[1]["code"] == "not_your_call"
    steps = (await supervisor.get(f"/calls/{call_id}"))[1]["steps"]
    assert [step["kind"] for step in steps][-2:] == ["rated", "gone"]


async def test_the_list_is_paged_by_its_cursor(supervisor: Desk, database: Database, now: datetime) -> None:
    for number in range(5):
        database.write(store, whole_call(now + timedelta(minutes=number), uid=f"{UID}{number}"), now=now)

    seen: list[int] = []
    after = ""
    for _ in range(3):
        page = (await supervisor.get(f"/calls?limit=2{after}"))[1]
        seen += [row["id"] for row in page["rows"]]
        after = f"&after={page['next'].replace('+', '%2B')}" if page["next"] else ""

    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5
    assert after == ""
    assert (await supervisor.get("/calls?after=soon"))[1]["code"] == "bad_cursor"
    assert (await supervisor.get("/calls?after=0001-01-01T00:00:00%2B08:00~3"))[1]["code"] == "bad_cursor"
    assert (await supervisor.get("/calls?result=answered&limit=1"))[1]["count"] == {"n": 5, "more": False}


async def test_a_recording_is_heard_and_the_listening_is_logged(
    supervisor: Desk, database: Database, clock: SetClock, tmp_path: Path
) -> None:
    call_id = call_until(database, clock, 11)
    folder = tmp_path / "20261013"
    assert (await supervisor.get(f"/calls/{call_id}/recording"))[1]["code"] == "recording_not_found"
    folder.mkdir()
    (folder / f"{UID}.wav").write_bytes(WAV)

    answer = await supervisor.client.get(f"/api/calls/{call_id}/recording", headers=supervisor.headers)

    assert (answer.status, await answer.read(), answer.content_type) == (200, WAV, "audio/wav")
    assert database.read(audit_lines)[-1] == ("listen", "call", str(call_id), "听录音")


async def test_the_full_number_has_a_purpose_and_a_line_in_the_audit_log(
    supervisor: Desk, database: Database, clock: SetClock
) -> None:
    call_id = call_until(database, clock, 2)

    assert (await supervisor.post(f"/calls/{call_id}/reveal", {"purpose": ""}))[0] == 422
    status, shown = await supervisor.post(f"/calls/{call_id}/reveal", {"purpose": "回拨漏接"})

    assert (status, shown) == (200, {"caller": "13812345678"})
    assert database.read(audit_lines) == [("reveal_number", "call", str(call_id), "回拨漏接")]


def audit_lines(session: Session) -> list[tuple[str, str, str, str]]:
    rows = session.scalars(sa.select(AuditRow).order_by(AuditRow.id))
    return [(row.action, row.object_kind, row.object_id, row.purpose) for row in rows]


@pytest.mark.parametrize("path", ["../secret.wav", "/etc/passwd", "a/../../secret.wav", ""])
def test_a_recording_outside_its_folder_is_not_served(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    (tmp_path / "secret.wav").write_bytes(WAV)

    assert web.calls.file_of(folder, path) is None


async def test_an_administrator_makes_seats(client: Client, agent: Desk) -> None:
    administrator = Desk(client, "administrator")
    seat = {"number": "8001", "interface": "PJSIP/8001"}

    status, made = await administrator.post("/seats", seat)
    bad = await administrator.post("/seats", seat | {"interface": "PJSIP/8001\r\nAction: Originate"})

    assert (status, made["queue"], made["state"], made["kind"]) == (201, "12345", "signed_out", "browser")
    assert bad[0] == 422
    assert (await agent.post("/seats", seat))[0] == 403
    assert [row["number"] for row in (await agent.get("/seats"))[1]["rows"]] == ["1001", "8001"]


async def test_the_queue_shows_who_waits(agent: Desk, database: Database, clock: SetClock) -> None:
    await seated(agent)
    call_id = call_until(database, clock, 4)

    queue = (await agent.get("/queues/12345"))[1]

    assert [(row["call_id"], row["caller"]) for row in queue["waiting"]] == [(call_id, "138****5678")]
    assert (queue["ready"], queue["signed_in"]) == (1, 1)


def test_live_rows_are_what_the_api_shows(database: Database, clock: SetClock) -> None:
    database.write(make_seat, now=clock.now())
    call_id = call_until(database, clock, 4)

    seat = database.read(web.seats.read_seat, "1", now=clock.now())
    call = database.read(web.calls.read_call, str(call_id), now=clock.now())

    assert seat is not None
    assert call is not None
    assert (seat.number, call.caller) == ("1001", "138****5678")
    assert database.read(web.seats.read_seat, "99", now=clock.now()) is None
    for no_call in ("x", "0", "９", "9" * 30):
        assert database.read(web.calls.read_call, no_call, now=clock.now()) is None
    assert database.read(web.seats.read_queue, "12345", now=clock.now()) is not None
