"""From the status page a citizen asks for haste and adds words and photos: limited, once, and nothing typed is lost."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.computer import Computer
from core.database import Database
from staff.model import Person
from staff.queries import actor_by_id
from tests.api.test_access import SetClock
from tests.intake.serving import Client, form_of, served
from tests.photos.making import archive, photo
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.by_citizen import ADDED_PER_DAY
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket
from tickets.kinds import ContactMade
from tickets.model import HistoryLine, Reply, Ticket
from tickets.photos.model import Photo
from tickets.rules import State

WORDS = "補充：是三單元門口😀，１２月起就這樣。"


class Page:
    """The page of one ticket, opened by its number and phone."""

    def __init__(self, client: Client, database: Database, clock: SetClock, path: str) -> None:
        self.client, self.database, self.clock, self.path = client, database, clock, path

    async def press(self, what: str, fields: dict[str, str], *photos: bytes) -> tuple[int, str]:
        data: Any = form_of(fields, *photos) if what == "add" else fields
        answer = await self.client.post(f"{self.path}/{what}", data=data)
        return answer.status, await answer.text()

    def every(self, kind: type[Any]) -> list[Any]:
        return self.database.read(lambda session: list(session.scalars(select(kind).order_by(kind.id))))

    def reasons(self, action: str) -> list[str]:
        return [line.reason for line in self.every(HistoryLine) if line.action == action]


@pytest.fixture
async def page(
    open_database: Callable[..., Database], now: datetime, computer: Computer, tmp_path: Path
) -> AsyncIterator[Page]:
    clock = SetClock(now)
    database = open_database(clock=clock)
    number = database.write(lambda session: City(session).signed(now).number)
    async with served(database, clock, computer, tmp_path / "photos") as client:
        opened = await client.post("/t", data={"number": number, "tail": "5678"})
        yield Page(client, database, clock, opened.url.path)


async def test_haste_is_asked_for_once_a_day(page: Page) -> None:
    status, html = await page.press("urge", {})
    assert (status, "已为您催办" in html) == (200, True)

    status, html = await page.press("urge", {})
    assert (status, "已经催办过，10月14日 09:00 以后可以再次催办" in html) == (409, True)
    assert page.reasons("urge") == ["网上催办"]
    assert page.every(Ticket)[0].urged_count == 1


async def test_words_and_photos_are_added_once_however_often_the_button_is_pressed(page: Page) -> None:
    for _ in range(2):
        status, html = await page.press("add", {"text": WORDS}, photo())
        assert (status, "已补充您的说明" in html) == (200, True)

    assert page.reasons("supplement") == [WORDS]
    assert len(page.every(Photo)) == 1


async def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(page: Page) -> None:
    status, html = await page.press("add", {"text": ""})
    assert (status, "请填写内容" in html) == (422, True)

    status, html = await page.press("add", {"text": WORDS}, archive())
    assert (status, "不是 JPG、PNG、WebP 或 HEIC 照片" in html) == (422, True)
    assert page.reasons("supplement") == [WORDS]  # the words were good

    for n in range(ADDED_PER_DAY):
        status, html = await page.press("add", {"text": f"{WORDS}{n}"})
    assert (status, "请明天再补充" in html, WORDS in html) == (409, True, True)


async def test_when_the_matter_is_over_nothing_is_offered_and_nothing_taken(page: Page) -> None:
    def end(session: Any) -> None:
        session.scalars(select(Ticket)).one().state = State.CLOSED

    page.database.write(end)
    html = await (await page.client.get(page.path)).text()
    assert ("请尽快办理" in html, "提交补充" in html) == (False, False)

    assert [(await page.press("urge", {}))[0], (await page.press("add", {"text": WORDS}))[0]] == [409, 409]
    assert page.reasons("urge") + page.reasons("supplement") == []


async def test_who_was_called_by_nobody_says_so_once_and_it_stands_beside_the_answer(page: Page) -> None:
    assert (await page.press("deny-contact", {}))[0] == 409, "nothing is answered yet"
    answer(page, ContactMade.CALL)
    html = await (await page.client.get(page.path)).text()
    assert ("承办单位记录为已打电话联系您" in html, "没人联系我" in html) == (True, True)

    for _ in range(2):
        status, html = await page.press("deny-contact", {})
        assert (status, "10月13日 09:00 您反映没有人联系过您" in html, "没人联系我" in html) == (200, True, False)

    assert page.reasons("contact_denied") == [""]
    assert [reply.contact_denied_at for reply in page.every(Reply)] == [page.clock.moment]


async def test_where_the_unit_claims_no_contact_there_is_none_to_deny(page: Page) -> None:
    answer(page, ContactMade.NONE)

    html = await (await page.client.get(page.path)).text()

    assert "没人联系我" not in html
    assert (await page.press("deny-contact", {}))[0] == 409
    assert page.reasons("contact_denied") == []


def answer(page: Page, contact: ContactMade) -> None:
    """The unit replies, claiming that contact, and an auditor passes it."""

    def reply(session: Any) -> None:
        ticket = session.scalars(select(Ticket)).one()
        people = {person.account: actor_by_id(session, person.id) for person in session.scalars(select(Person))}
        form, now = reply_form(contact=contact, contact_note="无人在家"), page.clock.moment
        reply_ticket(session, ticket.id, form, by=people["heating-1"], office=OFFICE, now=now)
        pass_audit(session, ticket.id, by=people["auditor"], office=OFFICE, now=now)

    page.database.write(reply)


async def test_a_link_that_is_over_does_nothing(page: Page) -> None:
    page.clock.moment += timedelta(hours=1)

    assert [(await page.press("urge", {}))[0], (await page.press("add", {"text": WORDS}))[0]] == [403, 403]
    assert page.reasons("urge") + page.reasons("supplement") == []
