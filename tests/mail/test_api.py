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
from staff.rules import Actor
from staff.tokens import token_hash
from tests.mail.house import House
from tests.mail.writing import SENDER, TEXT
from tests.photos.making import photo
from tests.tickets.making import OFFICE
from tickets.mail.settings import MailOffice
from tickets.photos.errors import PhotoNotFound
from tickets.photos.queries import shown_photo
from tickets.queries.page import ticket_page
from tickets.settings import TicketOffice
from web import mails, ticket_privacy
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings
from web.ticket_views import TicketView

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
        return await self._asked(method, f"/api/mails{path}", body, who)

    async def reveal(self, number: str, *, who: str) -> tuple[int, Any]:
        return await self._asked("POST", f"/api/tickets/{number}/reveal", {"purpose": "核实来信"}, who)

    async def _asked(self, method: str, path: str, body: Any, who: str) -> tuple[int, Any]:
        headers = {"Cookie": f"hotline={who}", "X-CSRF-Token": f"csrf-{who}"}
        answer = await self._client.request(method, path, json=body, headers=headers)
        return answer.status, await answer.json()


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    house.database.write(enter, house)
    app = http.Application(middlewares=[problems])
    services = {MailOffice: house.office, TicketOffice: OFFICE}
    app[SERVICES] = Services(house.database.serving, house.clock, WebSettings(), services)
    mails.api.add_to(app)
    ticket_privacy.api.add_to(app)
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


async def test_photos_of_a_held_mail_are_shown_to_who_decides_and_stand_on_the_ticket_then(
    house: House, office: Office
) -> None:
    held = house.take(photos=(photo(),), **SPAM)
    [kept] = house.photos

    _, words = await office.ask("POST", f"/{held.id}/look")

    def seen(by: Actor) -> str:
        return house.database.read(lambda session: shown_photo(session, kept.id, by=by, now=house.clock.now()).kind)

    assert words["photos"] == [kept.id]
    assert (seen(house.city.agent), seen(house.city.supervisor)) == ("mail", "mail")
    for nobody in (house.city.officer, house.city.dispatcher):
        with pytest.raises(PhotoNotFound):
            seen(nobody)

    await office.ask("POST", f"/{held.id}/register")
    _, words = await office.ask("POST", f"/{held.id}/look")
    assert (words["photos"], seen(house.city.agent)) == ([], "ticket")


async def test_the_address_of_a_ticket_that_came_by_mail_is_masked_until_somebody_says_why(
    house: House, office: Office
) -> None:
    house.take()
    [ticket] = house.tickets
    now = house.clock.now()

    page = house.database.read(
        lambda session: TicketView.of(
            ticket_page(session, ticket.number, by=house.city.agent, profile=OFFICE.profile, now=now),
            by=house.city.agent,
        )
    )
    status, revealed = await office.reveal(ticket.number, who="AGENT")
    looked = house.database.read(lambda session: session.scalars(select(AuditRow.purpose)).all())

    assert page.caller.address == "z***@mail.example"
    assert (status, revealed["caller"]["address"]) == (200, SENDER)
    assert list(looked) == ["核实来信"]
    assert (await office.reveal(ticket.number, who="HEATING-1"))[0] == 404


async def test_only_an_answer_that_did_not_arrive_goes_again(house: House, office: Office) -> None:
    house.take()
    house.work()
    [answer] = house.answers

    status, problem = await office.ask("POST", f"/answers/{answer.id}/resend")

    assert (status, problem["code"]) == (409, "mail_answer_not_failed")


async def test_an_answer_that_does_not_exist_is_named(house: House, office: Office) -> None:
    status, problem = await office.ask("POST", "/answers/404/resend")

    assert (status, problem["code"]) == (404, "mail_answer_not_found")
