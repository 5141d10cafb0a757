"""Material codes: sent to the caller's phone, opened with its end, closed by time, use and guessing."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.codes import typed_code
from core.computer import Computer
from core.database import Database
from core.events import Event
from sms.model import Message
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider
from sms.rules import MessageState
from sms.settings import ProviderName, SmsSettings
from sms.templates import MATERIAL, SINGLE_PART, longest, without_code
from tests.api.test_access import SetClock
from tests.intake.serving import Client, form_of, served
from tests.photos.making import archive, photo
from tests.tickets.making import OFFICE, City
from tickets.actions.registration import discard_draft, open_draft, register_draft, save_draft
from tickets.intake.errors import NoMobile, TooManyCodes
from tickets.intake.materials import send_for_draft, send_for_ticket
from tickets.intake.settings import IntakeSettings
from tickets.kinds import VoidReason
from tickets.model import HistoryLine, Ticket
from tickets.photos.errors import NothingMoreTaken
from tickets.photos.events import DraftPhotosChanged
from tickets.photos.model import Photo
from tickets.photos.rules import Origin

PHONE, TAIL = "19900001234", "1234"
LIMITS = IntakeSettings(code_uses=3, codes_per_matter=3)


@dataclass
class Desk:
    """An agent with a draft on the screen, and what the phone gets."""

    database: Database
    clock: SetClock
    sms: SmsOffice
    city: City
    draft_id: int = 0

    def send(self) -> str:
        """The code that the caller gets."""

        def sent(session: Any) -> str:
            how: dict[str, Any] = {"by": self.city.agent, "office": self.sms, "limits": LIMITS, "now": self.clock.now()}
            return send_for_draft(session, self.draft_id, **how).code

        return self.database.write(sent)

    def messages(self) -> list[Message]:
        return self.database.read(lambda session: list(session.scalars(select(Message).order_by(Message.id))))

    def photos(self) -> list[Photo]:
        return self.database.read(lambda session: list(session.scalars(select(Photo).order_by(Photo.id))))


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
def desk(open_database: Callable[..., Database], clock: SetClock) -> Desk:
    database = open_database(clock=clock)
    sms = SmsOffice(SmsSettings(), OFFICE.phone_key, {ProviderName.CONSOLE: ConsoleProvider()})
    made = Desk(database, clock, sms, database.write(City))

    def open_one(session: Any) -> int:
        form = made.city.form(phone=PHONE).model_dump(mode="json", exclude_defaults=True)
        return open_draft(session, call_id=None, person_id=made.city.agent.person_id, now=clock.now(), form=form).id

    made.draft_id = database.write(open_one)
    return made


@pytest.fixture
async def client(desk: Desk, computer: Computer, tmp_path: Path) -> AsyncIterator[Client]:
    async with served(desk.database, desk.clock, computer, tmp_path, desk.sms, code_uses=3) as client:
        yield client


async def opened(client: Client, code: str, phone_tail: str = TAIL) -> Any:
    return await client.post("/m", data={"code": code, "tail": phone_tail})


async def upload(client: Client, page: Any, *photos: bytes) -> Any:
    return await client.post(page.url.path, data=form_of({}, *photos))


async def test_the_callers_photos_are_on_the_draft_and_stay_on_the_ticket(desk: Desk, client: Client) -> None:
    news: list[Event] = []
    desk.database.subscribe(news.extend)
    page = await opened(client, f" {desk.send().lower()} ")

    html = await (await upload(client, page, photo(), photo(motif=2))).text()

    assert "已收到 2 张照片" in html
    assert [(kept.draft_id, kept.origin) for kept in desk.photos()] == [(desk.draft_id, Origin.MATERIAL)] * 2
    assert DraftPhotosChanged(desk.draft_id) in news

    ticket_id = register(desk)
    assert [kept.ticket_id for kept in desk.photos()] == [ticket_id] * 2
    await upload(client, page, photo(motif=3))
    assert [kept.ticket_id for kept in desk.photos()] == [ticket_id] * 3
    line = desk.database.read(lambda session: session.scalars(select(HistoryLine).order_by(HistoryLine.id)).all()[-1])
    assert (line.action, line.actor_label) == ("add_photo", "群众")


def register(desk: Desk) -> int:
    how: dict[str, Any] = {
        "by": desk.city.agent,
        "office": OFFICE,
        "now": desk.clock.now(),
        "form": None,
        "version": None,
    }
    return desk.database.write(lambda session: register_draft(session, desk.draft_id, **how).id)


async def test_the_page_tells_nothing_of_the_matter(desk: Desk, client: Client) -> None:
    html = await (await opened(client, desk.send())).text()

    assert not any(word in html for word in ("张三", "南湖", "暖气", PHONE))
    assert "<script" not in html


async def test_an_sms_goes_out_at_night_and_beyond_the_daily_limit(desk: Desk) -> None:
    desk.clock.moment += timedelta(hours=14)  # 23:00
    desk.send()
    desk.send()
    [first, second] = desk.messages()

    assert (first.phone, first.state, first.is_asked_for) == (PHONE, MessageState.WAITING, True)
    assert "12345.example/m" in second.text
    assert "码••••••" in without_code(second.text)


def test_the_text_is_one_message(desk: Desk) -> None:
    assert len(longest(MATERIAL, desk.sms.sender_of(MATERIAL))) <= SINGLE_PART


@pytest.mark.parametrize("phone_tail", ["0000", "", "12345", "19900001234"])
async def test_a_wrong_tail_and_a_wrong_code_get_the_same_words(desk: Desk, client: Client, phone_tail: str) -> None:
    code = desk.send()

    wrong_tail, wrong_code = await opened(client, code, phone_tail), await opened(client, "ZZZZZZ")

    assert (wrong_tail.status, wrong_code.status) == (403, 403)
    assert (await wrong_tail.text()).replace(code, "ZZZZZZ") == await wrong_code.text()


async def test_five_wrong_tails_close_a_code(desk: Desk, client: Client) -> None:
    code = desk.send()
    for n in range(5):
        await opened(client, code, f"000{n}")

    assert (await opened(client, code)).status == 403


async def test_an_address_that_guesses_is_not_answered_for_a_while(desk: Desk, client: Client) -> None:
    code = desk.send()
    for n in range(20):
        await opened(client, typed_code(f"AAAA{n:02}"))

    assert (await opened(client, code)).status == 403
    desk.clock.moment += timedelta(minutes=11)
    assert (await opened(client, code)).status == 200


async def test_a_code_opens_so_often_and_for_a_day(desk: Desk, client: Client) -> None:
    code = desk.send()
    statuses = [(await opened(client, code)).status for _ in range(4)]
    assert statuses == [200, 200, 200, 403]

    code = desk.send()
    page = await opened(client, code)
    desk.clock.moment += timedelta(hours=25)
    assert (await opened(client, code)).status == 403
    assert (await upload(client, page, photo())).status == 403
    assert desk.photos() == []


async def test_a_newer_code_closes_the_older_one_and_a_matter_has_so_many_a_day(desk: Desk, client: Client) -> None:
    old, new = desk.send(), desk.send()

    assert (await opened(client, old)).status == 403
    assert (await opened(client, new)).status == 200
    desk.send()
    with pytest.raises(TooManyCodes):
        desk.send()


async def test_bad_photos_are_named_and_good_ones_stay(desk: Desk, client: Client) -> None:
    page = await opened(client, desk.send())

    answer = await upload(client, page, photo(), archive())
    nothing = await upload(client, page)

    assert (answer.status, nothing.status) == (422, 422)
    assert "不是 JPG" in await answer.text()
    assert "没有收到照片" in await nothing.text()
    assert len(desk.photos()) == 1


async def test_the_same_photo_twice_is_one_and_more_than_fit_are_left_out(desk: Desk, client: Client) -> None:
    page = await opened(client, desk.send())

    await upload(client, page, photo(), photo())
    answer = await upload(client, page, photo(motif=2), photo(motif=3), photo(motif=4))

    assert answer.status == 409
    assert len(desk.photos()) == 3


async def test_a_discarded_draft_takes_nothing_and_keeps_no_photo(desk: Desk, client: Client) -> None:
    page = await opened(client, desk.send())
    await upload(client, page, photo())
    how: dict[str, Any] = {"reason": VoidReason.HARASSMENT, "by": desk.city.agent, "now": desk.clock.now()}
    desk.database.write(discard_draft, desk.draft_id, **how)

    assert desk.photos() == []
    assert (await upload(client, page, photo())).status == 409
    with pytest.raises(NothingMoreTaken):
        desk.send()


def test_a_landline_gets_no_code(desk: Desk) -> None:
    def save(session: Any) -> None:
        form = desk.city.form(phone="0431-88001234")
        save_draft(session, desk.draft_id, form, version=1, by=desk.city.agent, now=desk.clock.now())

    desk.database.write(save)

    with pytest.raises(NoMobile):
        desk.send()
    assert desk.messages() == []


async def test_a_ticket_that_misses_something_asks_too(desk: Desk, client: Client) -> None:
    def asked(session: Any) -> tuple[str, int]:
        city = City.session_of(session, desk.city)
        ticket = city.listed(desk.clock.now(), phone=PHONE)
        how: dict[str, Any] = {"by": city.agent, "office": desk.sms, "limits": LIMITS, "now": desk.clock.now()}
        return send_for_ticket(session, ticket.number, **how).code, ticket.id

    code, ticket_id = desk.database.write(asked)
    before = desk.database.read(lambda session: session.get_one(Ticket, ticket_id).version)

    await upload(client, await opened(client, code), photo())

    assert [kept.ticket_id for kept in desk.photos()] == [ticket_id]
    assert desk.database.read(lambda session: session.get_one(Ticket, ticket_id).version) == before + 1


async def test_a_forged_link_opens_nothing(client: Client) -> None:
    for method in (client.get, client.post):
        assert (await method("/m/MS4xNzkyMDAwMDAwLmFhYWFhYWFhYWFhYWFhYWFhYWFh")).status == 403
