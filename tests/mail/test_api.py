"""Mails over the API: who sees them, what is masked, and what a person decides."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from staff.actions import Attempt, finish_log_in
from staff.tokens import token_hash
from tests.mail.house import House
from tests.mail.writing import TEXT
from tests.tickets.making import OFFICE
from tickets.mail.settings import MailOffice
from tickets.settings import TicketOffice
from web import mails
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
SPAM: dict[str, Any] = {"X_Spam_Flag": "YES"}


def enter(session: Session, house: House) -> None:
    for actor in (house.city.agent, house.city.supervisor, house.city.officer):
        token = actor.staff_number
        attempt = Attempt(id=0, person_id=actor.person_id, password_hash="")
        finish_log_in(
            session, attempt, token_hash=token_hash(token), csrf_token=f"csrf-{token}", address="127.0.0.1",
            now=house.clock.now(),
        )  # fmt: skip


class Office:
    """Asks as one person or another."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def ask(self, method: str, path: str, body: Any = None, *, who: str = "AGENT") -> tuple[int, Any]:
        headers = {"Cookie": f"hotline={who}", "X-CSRF-Token": f"csrf-{who}"}
        answer = await self._client.request(method, f"/api/mails{path}", json=body, headers=headers)
        return answer.status, await answer.json()


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    house.database.write(enter, house)
    app = http.Application(middlewares=[problems])
    services = {MailOffice: house.office, TicketOffice: OFFICE}
    app[SERVICES] = Services(house.database.serving, house.clock, WebSettings(), services)
    mails.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Office(client)


async def test_mails_are_listed_masked_and_each_look_at_the_words_is_logged(house: House, office: Office) -> None:
    held = house.take(text=f"{TEXT}电话13900012345", **SPAM)
    house.take()

    _, page = await office.ask("GET", "?outcome=held")
    [row] = page["rows"]
    assert (row["sender"], row["sender_name"], page["held"]) == ("z***@mail.example", "张*", 1)
    assert TEXT not in str(page)

    status, words = await office.ask("POST", f"/{held.id}/look")
    assert (status, words["text"]) == (200, f"{TEXT}电话139****2345")
    looked = house.database.read(lambda session: session.scalars(select(AuditRow.action)).all())
    assert list(looked) == ["view_mail"]

    assert (await office.ask("GET", "", who="HEATING-1"))[0] == 403
    assert (await office.ask("POST", f"/{held.id}/register", who="SUPERVISOR"))[0] == 403


async def test_a_held_mail_is_registered_added_or_put_aside_once(house: House, office: Office) -> None:
    ids = [house.take(text=f"{TEXT}{n}", **SPAM).id for n in range(3)]

    status, _ = await office.ask("POST", f"/{ids[0]}/register")
    number = house.tickets[0].number
    added, _ = await office.ask("POST", f"/{ids[1]}/add", {"number": number})
    aside, row = await office.ask("POST", f"/{ids[2]}/dismiss", {"reason": "广告"})
    assert (status, added, aside, row["handled_reason"]) == (200, 200, 200, "广告")

    status, problem = await office.ask("POST", f"/{ids[2]}/register")
    assert (status, problem["code"], "不作处理" in problem["detail"]) == (409, "mail_handled", True)
    assert (await office.ask("POST", "/999/look"))[0] == 404
    assert (await office.ask("POST", f"/{ids[2]}/dismiss", {"reason": ""}))[0] == 422


async def test_only_an_answer_that_did_not_arrive_goes_again(house: House, office: Office) -> None:
    house.take()
    house.work()
    [answer] = house.answers

    status, problem = await office.ask("POST", f"/answers/{answer.id}/resend")

    assert (status, problem["code"]) == (409, "mail_answer_not_failed")


async def test_an_answer_that_does_not_exist_is_named(house: House, office: Office) -> None:
    status, problem = await office.ask("POST", "/answers/404/resend")

    assert (status, problem["code"]) == (404, "mail_answer_not_found")
