"""Photos over the API: who may see one is who may see the ticket, and each look is written down."""

import io
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.intake.serving import MIB, Client
from tests.photos.house import House, added, headers, statuses
from tests.photos.making import archive, photo, photo_of_a_phone
from tests.tickets.making import OFFICE
from tickets.actions.correcting import correct_ticket
from tickets.actions.recusing import recuse
from tickets.kinds import Secrecy
from tickets.model import HistoryLine, Ticket
from tickets.photos.files import incoming_path
from web import photos as web_photos


def kept_below(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*.jpg")]


async def test_a_photo_is_a_picture_and_nothing_else_and_a_look_is_written_down(house: House, client: Client) -> None:
    number = house.ticket()
    kept = await (await added(client, f"/tickets/{number}")).json()

    shown = await client.get(f"/api/photos/{kept['id']}", headers=headers("officer"))

    assert shown.content_type == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert shown.headers["Content-Disposition"] == f'inline; filename="{number}-{kept["id"]}.jpg"'
    assert "no-store" in shown.headers["Cache-Control"]
    assert house.looks() == [("view_photo", number)]
    await client.get(f"/api/photos/{kept['id']}/thumbnail", headers=headers("officer"))
    assert len(house.looks()) == 1


async def test_a_position_is_kept_only_when_whoever_adds_the_photo_wants_it(
    house: House, client: Client, tmp_path: Path
) -> None:
    number, sent = house.ticket(), photo_of_a_phone()

    for asked in ("", "?with_position=true"):
        path = f"/api/tickets/{number}/photos{asked}"
        answer = await client.post(path, data=io.BytesIO(sent), headers=headers("officer"))
        assert answer.status == 201

    lines = house.database.read(
        lambda session: session.scalars(
            select(HistoryLine).where(HistoryLine.action == "add_photo").order_by(HistoryLine.id)
        ).all()
    )
    assert [line.particulars.get("positions") for line in lines] == [None, [[43.88361, 125.325]]]
    assert not any(b"Exif" in content for content in kept_below(tmp_path))


async def test_who_may_not_see_the_ticket_sees_no_photo(house: House, client: Client) -> None:
    kept = await (await added(client, f"/tickets/{house.ticket()}")).json()

    assert await statuses(client, kept["id"], "officer") == [200, 200]
    assert await statuses(client, kept["id"], "roads") == [404, 404]
    assert await statuses(client, kept["id"] + 1, "agent") == [404, 404]
    assert [(await client.get(f"/api/photos/{kept['id']}")).status] == [401]
    assert (await client.get(f"/photos/{kept['id']}")).status == 404


async def test_the_accused_unit_sees_no_photo_of_a_secret_ticket(house: House, client: Client) -> None:
    number = house.ticket()
    accused = {"secrecy": Secrecy.FROM_ACCUSED, "accused_unit_id": house.city.heating.id}
    version = house.database.read(lambda session: session.scalars(select(Ticket.version)).one())
    house.database.write(
        correct_ticket, number, accused, version=version, by=house.city.dispatcher, office=OFFICE, now=house.now
    )
    kept = await (await added(client, f"/tickets/{number}")).json()

    assert await statuses(client, kept["id"], "officer") == [404, 404]
    listed = await client.get(f"/api/tickets/{number}/photos", headers=headers("officer"))
    assert (listed.status, (await added(client, f"/tickets/{number}", who="officer")).status) == (404, 404)


async def test_whoever_stepped_aside_sees_no_photo(house: House, client: Client) -> None:
    number = house.ticket()
    kept = await (await added(client, f"/tickets/{number}")).json()
    officer = house.city.officer
    house.database.write(recuse, number, person_id=officer.person_id or 0, reason="亲属", by=officer, now=house.now)

    assert await statuses(client, kept["id"], "officer") == [404, 404]


async def test_a_drafts_photos_are_its_agents(house: House, client: Client) -> None:
    own, others = house.draft(house.city.agent.person_id), house.draft(house.city.dispatcher.person_id)

    kept = await (await added(client, f"/drafts/{own}")).json()
    assert (await added(client, f"/drafts/{others}")).status == 404

    listed = await (await client.get(f"/api/drafts/{own}/photos", headers=headers("agent"))).json()
    assert [one["id"] for one in listed["photos"]] == [kept["id"]]
    assert await statuses(client, kept["id"], "agent") == [200, 200]
    assert await statuses(client, kept["id"], "officer") == [404, 404]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (bytes(2 * MIB), 413, "photo_too_large"),
        (archive(), 422, "not_a_photo"),
        (photo()[:-9], 422, "photo_damaged"),
        (photo() + archive(), 422, "photo_hides_file"),
    ],
    ids=("too large", "a ZIP", "cut off", "a photo and a ZIP"),
)
async def test_what_is_no_photo_is_refused_by_its_code(
    house: House, client: Client, tmp_path: Path, content: bytes, status: int, code: str
) -> None:
    answer = await added(client, f"/tickets/{house.ticket()}", content)

    assert (answer.status, (await answer.json())["code"]) == (status, code)
    assert list(incoming_path(tmp_path).parent.iterdir()) == []


async def test_staff_may_add_so_many_and_none_to_a_closed_matter(house: House, client: Client) -> None:
    number = house.ticket()
    answers = [await added(client, f"/tickets/{number}", photo(motif=motif)) for motif in range(4)]

    assert [answer.status for answer in answers] == [201, 201, 201, 409]
    assert (await answers[3].json())["code"] == "too_many_photos"


async def test_a_code_is_asked_for_and_the_page_sees_its_way_but_not_the_code(house: House, client: Client) -> None:
    number = house.ticket(phone="19900001234")

    made = await client.post(f"/api/tickets/{number}/material-codes", headers=headers("agent"))
    listed = await (await client.get(f"/api/tickets/{number}/photos", headers=headers("officer"))).json()

    assert made.status == 201
    assert "code" not in await made.json()
    assert [(one["is_open"], one["photos"], one["message_state"]) for one in listed["codes"]] == [(True, 0, "waiting")]
    assert (await client.post(f"/api/tickets/{number}/material-codes", headers=headers("officer"))).status == 403


def test_only_the_own_draft_is_watched_live(house: House) -> None:
    [topic] = web_photos.TOPICS
    draft = house.draft(house.city.dispatcher.person_id)

    assert topic.may_watch(house.city.agent, str(draft))
    assert not topic.may_watch(house.city.agent, "x")
    assert not topic.may_watch(house.city.officer, str(draft))
    assert topic.check is not None
    with pytest.raises(Exception, match="没有这份草稿"):
        house.database.read(topic.check, house.city.agent, str(draft))
