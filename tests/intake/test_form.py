"""The citizen's form: one ticket however often it is sent, nothing typed is lost, programs are kept out."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.computer import Computer
from core.database import Database
from tests.api.test_access import SetClock
from tests.intake.serving import FILLED, MIB, PHONE, TEXT, Client, form_of, photo_ids, served, token_of
from tests.photos.making import archive, photo
from tests.tickets.making import City
from tickets.intake.forms import forget_forms
from tickets.kinds import Secrecy, Source, TicketType
from tickets.model import Draft, HistoryLine, Ticket
from tickets.photos.files import picture_path
from tickets.photos.model import Photo
from tickets.photos.rules import Origin
from tickets.rules import State

NOT_UTF8 = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--\r\n'
PHONE_BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36"}


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
def city_database(open_database: Callable[..., Database], clock: SetClock) -> Database:
    database = open_database(clock=clock)
    database.write(City)
    return database


@pytest.fixture
async def client(city_database: Database, clock: SetClock, computer: Computer, tmp_path: Path) -> AsyncIterator[Client]:
    async with served(city_database, clock, computer, tmp_path / "photos", forms_per_phone=2) as client:
        yield client


@pytest.fixture
async def opened(client: Client, clock: SetClock) -> str:
    """A form that somebody had time to fill."""
    token = token_of(await (await client.get("/w")).text())
    clock.moment += timedelta(minutes=5)
    return token


async def send(client: Client, token: str, *photos: bytes, **changes: str) -> Any:
    fields = {"form": token, **FILLED, **changes}
    pressed = {} if {"add", "remove"} & fields.keys() else {"send": "1"}
    return await client.post("/w", data=form_of({**fields, **pressed}, *photos))


def tickets(database: Database) -> list[Ticket]:
    return database.read(lambda session: list(session.scalars(select(Ticket).order_by(Ticket.id))))


def photos(database: Database) -> list[Photo]:
    return database.read(lambda session: list(session.scalars(select(Photo).order_by(Photo.id))))


async def test_a_form_with_a_photo_becomes_a_ticket_and_its_number_is_told(
    client: Client, opened: str, city_database: Database, tmp_path: Path
) -> None:
    done = await client.post("/w", data=form_of({"form": opened, **FILLED}, photo()), headers=PHONE_BROWSER)
    html = await done.text()

    [ticket], [kept] = tickets(city_database), photos(city_database)
    assert done.status == 200
    assert " ".join(re.findall("....", ticket.number)) in html
    assert (ticket.text, ticket.source, ticket.type) == (TEXT, Source.MOBILE, TicketType.COMPLAINT)
    assert (ticket.phone, ticket.caller_name, ticket.state) == ("19900001234", "张三", State.REGISTERED)
    assert (kept.ticket_id, kept.origin) == (ticket.id, Origin.FORM)
    assert picture_path(tmp_path / "photos", kept.sha256).is_file()
    looked_up = await client.post("/t", data={"number": ticket.number, "tail": "1234"})
    assert looked_up.status == 200


async def test_it_is_registered_by_the_citizen_through_a_draft(
    client: Client, opened: str, city_database: Database
) -> None:
    await send(client, opened)

    [ticket] = tickets(city_database)
    draft, line = city_database.read(
        lambda session: (session.scalars(select(Draft)).one(), session.scalars(select(HistoryLine)).one())
    )
    assert (draft.state, draft.ticket_id, draft.form) == (State.REGISTERED, ticket.id, {})
    assert (line.actor_label, line.particulars["source"]) == ("群众", "web")


async def test_a_button_pressed_twice_makes_one_ticket(client: Client, opened: str, city_database: Database) -> None:
    first, second = await send(client, opened, photo()), await send(client, opened, photo())

    assert len(tickets(city_database)) == 1
    assert len(photos(city_database)) == 1
    assert await first.text() == await second.text()


async def test_two_presses_at_the_same_moment_make_one_ticket(
    client: Client, opened: str, city_database: Database
) -> None:
    answers = await asyncio.gather(*(send(client, opened, photo(motif=n % 2)) for n in range(4)))

    assert {answer.status for answer in answers} == {200}
    [ticket] = tickets(city_database)
    assert {kept.ticket_id for kept in photos(city_database)} == {ticket.id}


async def test_all_faults_are_said_at_once_and_everything_stays(
    client: Client, opened: str, city_database: Database
) -> None:
    wrong = {"text": "太短", "place_text": "", "type": "", "phone": "12", "people_count": "７"}

    answer = await send(client, opened, photo(), **wrong)
    html = await answer.text()

    assert answer.status == 422
    for sentence in ("至少 10 个字", "请填写发生地点", "请选择类型", "联系电话应为", "请填写代表人"):
        assert sentence in html
    assert 'value="12"' in html
    assert 'value="７"' in html
    assert "太短</textarea>" in html
    assert len(photo_ids(html)) == 1
    assert tickets(city_database) == []

    mended = await send(client, token_of(html), people_count="７", representative="李四")
    [ticket] = tickets(city_database)
    assert mended.status == 200
    assert (ticket.people_count, ticket.representative) == (7, "李四")
    assert [kept.ticket_id for kept in photos(city_database)] == [ticket.id]


async def test_ten_thousand_characters_are_taken_and_one_more_is_not(
    client: Client, opened: str, city_database: Database
) -> None:
    long = "長" * 9_999 + "😀"

    refused = await send(client, opened, text=long + "！")
    html = await refused.text()
    assert refused.status == 422
    assert "最多 10000 个字，现在 10001 个" in html
    assert long + "！" in html

    await send(client, opened, text=long)
    assert tickets(city_database)[0].text == long


async def test_a_wish_for_secrecy_is_kept_and_sealing_is_not_the_citizens(
    client: Client, opened: str, city_database: Database
) -> None:
    await send(client, opened, secrecy="sealed", accused="某某物业")
    other = token_of(await (await client.get("/w")).text())
    await send(client, other, form=other, secrecy="from_accused")

    assert [ticket.secrecy for ticket in tickets(city_database)][:1] == [Secrecy.NONE]
    assert tickets(city_database)[0].accused == "某某物业"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (photo() + bytes(40 * MIB), "超过 1 MB"),
        (archive(), "不是 JPG"),
        (photo()[:-20], "已损坏"),
        (photo() + archive(), "夹带了其他文件"),
    ],
    ids=("40 MB", "a ZIP", "cut off", "a photo and a ZIP"),
)
async def test_a_bad_photo_is_named_and_the_good_one_and_every_word_stay(
    client: Client, opened: str, city_database: Database, tmp_path: Path, content: bytes, sentence: str
) -> None:
    answer = await send(client, opened, photo(motif=3), content)
    html = await answer.text()

    assert answer.status in {413, 422}
    assert sentence in html
    assert TEXT in html
    assert len(photo_ids(html)) == 1
    assert tickets(city_database) == []
    assert list((tmp_path / "photos" / "incoming").iterdir()) == []


async def test_photos_can_be_sent_ahead_looked_at_and_taken_away(
    client: Client, opened: str, city_database: Database
) -> None:
    html = await (await send(client, opened, photo(), photo(motif=2), add="1")).text()
    first, second = photo_ids(html)
    links = re.findall(r'src="(/w/photo/[\w-]+)"', html)

    shown = await client.get(links[0])
    assert (shown.status, shown.content_type) == (200, "image/jpeg")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert (await client.get("/w/photo/MS4xNzkyMDAwMDAwLmFhYWFhYWFhYWFhYWFhYWFhYWFh")).status == 403

    html = await (await send(client, opened, remove=first)).text()
    assert photo_ids(html) == [second]
    await send(client, opened)
    assert len(photos(city_database)) == 1
    assert (await client.get(links[1])).status == 404


async def test_another_forms_photo_cannot_be_taken_away(client: Client, opened: str, city_database: Database) -> None:
    html = await (await send(client, opened, photo(), add="1")).text()
    other = token_of(await (await client.get("/w")).text())

    await send(client, other, remove=photo_ids(html)[0])

    assert len(photos(city_database)) == 1


async def test_more_photos_than_fit_are_left_out_and_said(client: Client, opened: str) -> None:
    html = await (await send(client, opened, photo(motif=1), photo(motif=2), add="1")).text()
    assert len(photo_ids(html)) == 2

    answer = await send(client, opened, photo(motif=3), photo(motif=4), photo(motif=5), photo(motif=6))

    html = await answer.text()
    assert answer.status == 409
    assert "最多 3 张照片" in html
    assert len(photo_ids(html)) == 3


async def test_a_program_is_kept_out_and_a_person_may_press_again(
    client: Client, clock: SetClock, city_database: Database
) -> None:
    token = token_of(await (await client.get("/w")).text())

    at_once = await send(client, token)
    assert "至少 10 个字" in await (await send(client, token, text="短")).text()  # all that is wrong is said
    clock.moment += timedelta(minutes=1)
    trapped = await send(client, token, website="http://example.com")

    assert (at_once.status, trapped.status) == (403, 403)
    assert tickets(city_database) == []
    assert (await send(client, token)).status == 200
    assert len(tickets(city_database)) == 1


@pytest.mark.parametrize("token", ["", "made-up", "MS4xNzkyMDAwMDAwLmFhYWFhYWFhYWFhYWFhYWFhYWFh"])
async def test_a_form_that_is_not_ours_or_too_old_is_shown_again_with_every_word(
    client: Client, clock: SetClock, city_database: Database, token: str
) -> None:
    answer = await send(client, token)
    html = await answer.text()

    assert answer.status == 422
    assert "页面打开时间太长" in html
    assert TEXT in html
    clock.moment += timedelta(minutes=1)
    assert (await send(client, token_of(html))).status == 200
    assert len(tickets(city_database)) == 1


async def test_one_phone_may_send_only_so_many_a_day(client: Client, clock: SetClock, city_database: Database) -> None:
    answers = []
    for _ in range(3):
        token = token_of(await (await client.get("/w")).text())
        clock.moment += timedelta(minutes=1)
        answers.append(await send(client, token))

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert TEXT in await answers[2].text()
    clock.moment += timedelta(days=1)
    token = token_of(await (await client.get("/w")).text())
    clock.moment += timedelta(minutes=1)
    assert (await send(client, token)).status == 200
    assert PHONE not in str([ticket.phone for ticket in tickets(city_database)])


async def test_one_address_may_begin_only_so_many_an_hour(
    city_database: Database, clock: SetClock, computer: Computer, tmp_path: Path
) -> None:
    async with served(city_database, clock, computer, tmp_path, forms_per_address=2) as client:
        statuses = []
        for n in range(3):
            token = token_of(await (await client.get("/w")).text())
            clock.moment += timedelta(minutes=1)
            statuses.append((await send(client, token, phone=f"1990000000{n}")).status)

    assert statuses == [200, 200, 429]


async def test_photos_of_a_form_that_was_never_sent_are_forgotten(
    client: Client, opened: str, clock: SetClock, city_database: Database
) -> None:
    await send(client, opened, photo(), add="1")
    sent = token_of(await (await client.get("/w")).text())
    clock.moment += timedelta(minutes=1)
    await send(client, sent, photo(motif=2))

    city_database.write(forget_forms, now=clock.now() + timedelta(days=4))

    [ticket], [kept] = tickets(city_database), photos(city_database)
    assert (kept.ticket_id, kept.form_id) == (ticket.id, None)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"--x\r\nnothing", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"text=%ff", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ],
    ids=("no end", "no name", "no boundary", "not UTF-8", "a bad escape", "JSON"),
)
async def test_a_body_that_is_no_form_breaks_nothing(client: Client, content: bytes, kind: str) -> None:
    answer = await client.post("/w", data=content, headers={"Content-Type": kind})

    assert 400 <= answer.status < 500


async def test_the_page_works_without_a_script_and_is_labelled_for_a_screen_reader(client: Client) -> None:
    html = await (await client.get("/w?big=1")).text()

    assert "<script" not in html
    assert 'style="' not in html
    assert 'action="/w?big=1"' in html
    for name in ("text", "place_text", "type", "phone", "caller_name", "people_count", "representative", "photo"):
        assert f'<label for="{name}">' in html


async def test_the_same_words_by_the_same_phone_are_the_ticket_that_is_there_and_its_writer_is_told(
    client: Client, opened: str, clock: SetClock, city_database: Database
) -> None:
    first = await (await send(client, opened)).text()
    assert "已经提交过" not in first
    again = token_of(await (await client.get("/w")).text())
    clock.moment += timedelta(minutes=5)

    told = await (await send(client, again, photo())).text()

    [ticket], [kept] = tickets(city_database), photos(city_database)
    assert "这件事您已经提交过" in told
    assert " ".join(re.findall("....", ticket.number)) in told
    assert kept.ticket_id == ticket.id
