"""数据上报 over HTTP: who looks, what is shown of a record, sending again, and the scores with the rows behind them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from evaluation.submissions.rules import SubmissionState
from evaluation.submissions.settings import SubmissionOffice
from staff.rules import Role
from tests.api.logins import log_in
from tests.submissions.exchange_twin import Mood
from tests.submissions.province import Province
from web import submission_exports, submissions
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

NOTE = {"note": "已与省平台核对编码"}
TODAY = {"from": "2026-10-13", "to": "2026-10-13"}


class Desk:
    """Somebody of each role before the pages."""

    def __init__(self, province: Province, client: TestClient[http.Request, http.Application]) -> None:
        self._province, self._client = province, client
        self._known: set[Role] = set()

    def _headers(self, role: Role) -> dict[str, str]:
        if role not in self._known:
            log_in(self._province.database, role, token=f"desk-{role}", now=self._province.town.clock.now())
            self._known.add(role)
        return {"Cookie": f"hotline=desk-{role}", "X-CSRF-Token": f"csrf-desk-{role}"}

    async def get(self, path: str, **query: str) -> Any:
        headers = self._headers(Role.SUPERVISOR)
        answer = await self._client.get(f"/api/submissions{path}", params=query, headers=headers)
        return await answer.json() if answer.content_type == "application/json" else await answer.text()

    async def status(self, method: str, path: str, role: Role, body: dict[str, Any] | None = None) -> int:
        answer = await self._client.request(method, f"/api/submissions{path}", json=body, headers=self._headers(role))
        return answer.status

    async def post(self, path: str, body: dict[str, Any], role: Role = Role.SUPERVISOR) -> Any:
        answer = await self._client.post(f"/api/submissions{path}", json=body, headers=self._headers(role))
        return await answer.json()


@pytest.fixture
async def desk(province: Province) -> AsyncIterator[Desk]:
    app = http.Application(middlewares=[problems])
    instances: dict[type, Any] = {SubmissionOffice: province.office}
    app[SERVICES] = Services(province.database.serving, province.town.clock, WebSettings(), instances)
    submission_exports.api.add_to(app)
    submissions.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Desk(province, client)


def refused(province: Province) -> str:
    """The number of a record that the exchange does not take."""
    province.registered()
    province.will(Mood.REFUSE)
    province.minute()
    return province.records()[-1].number


async def test_supervisors_inspectors_and_administrators_look_and_others_do_not(province: Province, desk: Desk) -> None:
    number = refused(province)
    for role in Role:
        if role in {Role.SYSTEM, Role.CITIZEN}:
            continue
        may_look = role in {Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR}
        for path in ("", "/head", "/scores", "/missing", f"/{number}", "/export"):
            assert await desk.status("GET", path, role) == (200 if may_look else 403), (role, path)
    assert await desk.status("POST", f"/{number}/resend", Role.INSPECTOR, NOTE) == 403
    assert await desk.status("POST", "/resend-all", Role.AGENT, {**NOTE, "state": "refused"}) == 403


async def test_a_record_is_shown_as_it_was_sent_masked_with_its_story(province: Province, desk: Desk) -> None:
    number = refused(province)
    shown = await desk.get(f"/{number}")

    fields = {row["field"]: row["value"] for row in shown["fields"]}
    assert (fields["userName"], fields["contactPhone"]) == ("张*", "138****5678")
    assert (shown["state_name"], shown["why"], shown["words"]) == ("被退回", "E2003", "实施清单编码不存在")
    assert [line["what"] for line in shown["lines"]] == ["refused"]
    assert "13812345678" not in str(shown)


async def test_a_refused_record_is_sent_again_with_a_note(province: Province, desk: Desk) -> None:
    number = refused(province)
    assert await desk.status("POST", f"/{number}/resend", Role.SUPERVISOR, {"note": ""}) == 422
    again = await desk.post(f"/{number}/resend", NOTE)
    assert (again["state"], again["is_resendable"]) == ("waiting", False)
    assert await desk.status("POST", f"/{number}/resend", Role.SUPERVISOR, NOTE) == 409

    province.minute()
    taken = await desk.get(f"/{number}")
    assert (taken["state"], taken["receipt"]) == ("accepted", province.twin.receipts[number])
    assert taken["lines"][1]["words"] == NOTE["note"]
    assert await desk.status("GET", "/220300-T999999", Role.SUPERVISOR) == 404
    assert await desk.status("GET", "/nonsense", Role.SUPERVISOR) == 422


async def test_what_waits_says_for_which_and_passes_once_that_is_set_aside(province: Province, desk: Desk) -> None:
    ticket_id = province.town.answered()
    province.town.rate(ticket_id, 5)
    province.will(Mood.TAKE, Mood.REFUSE)
    province.minute()
    _, stuck, waiting = province.records()
    assert (await desk.get(f"/{waiting.number}"))["waits_for"] == stuck.number

    await desk.post(f"/{stuck.number}/set-aside", NOTE)
    assert (await desk.get(f"/{waiting.number}"))["waits_for"] is None


async def test_everything_that_is_stuck_in_one_way_is_sent_again_at_once(province: Province, desk: Desk) -> None:
    numbers = {refused(province) for _ in range(3)}
    assert len(numbers) == 3
    assert await desk.post("/resend-all", {**NOTE, "state": "refused"}) == {"n": 3}
    assert await desk.post("/resend-all", {**NOTE, "state": "accepted"}) == {"n": 0}
    province.minute()
    assert {record.state for record in province.records()} == {SubmissionState.ACCEPTED}


async def test_the_list_is_narrowed_paged_and_counted(province: Province, desk: Desk) -> None:
    for n in range(3):
        province.registered(phone=f"1390000000{n}")
    province.will(Mood.REFUSE)
    province.minute()
    first = await desk.get("", limit="2")
    rest = await desk.get("", limit="2", after=str(first["next"]))
    assert (len(first["rows"]), len(rest["rows"]), rest["next"]) == (2, 1, None)

    assert [row["why"] for row in (await desk.get("", state="refused"))["rows"]] == ["E2003"]
    serial = first["rows"][0]["serial"]
    assert [row["serial"] for row in (await desk.get("", search=serial[:4] + " " + serial[4:]))["rows"]] == [serial]
    assert (await desk.get("", record="rating"))["rows"] == []
    head = await desk.get("/head", state="refused")
    assert (head["is_on"], head["counts"]["accepted"], head["counts"]["refused"]) == (True, 2, 1)
    table = await desk.get("/export")
    assert table.count("220300-T") == 3
    assert "实施清单编码不存在" in table


async def test_the_five_scores_stand_on_rows(province: Province, desk: Desk) -> None:
    for n in range(4):
        province.registered(phone=f"1390000000{n}")
    province.will(Mood.REFUSE, Mood.LOST)
    province.minute()
    assert await _parts(desk) == {
        "data": (2, 4), "content": (4, 4), "first_pass": (2, 3), "timely": (2, 2), "stable": (3, 4),
    }  # fmt: skip
    lacking = {score: len((await desk.get("", missed=score, **TODAY))["rows"]) for score in await _parts(desk)}
    assert lacking == {"data": 2, "content": 0, "first_pass": 1, "timely": 0, "stable": 1}

    province.town.clock.move_on(timedelta(minutes=90))
    province.minute(2)
    parts = await _parts(desk)
    assert (parts["timely"], parts["stable"]) == ((2, 4), (4, 5))
    assert len((await desk.get("", missed="timely", **TODAY))["rows"]) == 2


async def test_what_is_not_even_in_the_queue_lowers_the_first_score_and_is_named(
    province: Province, desk: Desk
) -> None:
    _, number = province.registered()

    shown = await desk.get("/scores", **TODAY)
    (row,) = await desk.get("/missing", **TODAY)
    assert (shown["missing"], shown["scores"][0]["numerator"], shown["scores"][0]["n"]) == (1, 0, 1)
    assert (row["serial"], row["kind_name"]) == (number, "受理")
    assert shown["scores"][1]["rate"] is None

    province.minute()
    assert (await desk.get("/scores", **TODAY))["missing"] == 0


async def _parts(desk: Desk) -> dict[str, tuple[int, int]]:
    shown = await desk.get("/scores", **TODAY)
    return {one["score"]: (one["numerator"], one["n"]) for one in shown["scores"]}
