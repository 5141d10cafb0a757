"""What citizens say as it comes: 10,000 characters, emoji, traditional characters, full-width digits."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.computer import Computer
from core.database import Database
from core.jobs.runner import drain
from core.typed import Typed
from tests.api.test_access import SetClock
from tests.api.test_tickets import Browser, Town
from tests.api.whole import whole_server
from tests.tickets.making import OFFICE
from tickets.forms import TEXT_MOST
from tickets.model import Ticket
from tickets.settings import TicketOffice

import_all_jobs()

LAST = "最后一句说的是锅炉房漏水。"
LONG = ("南湖小区三号楼暖气不热，" * 1000)[: TEXT_MOST - len(LAST)] + LAST
FAMILY = "👨‍👩‍👧‍👦"
ODD = {
    "emoji": f"家里停電了😡🔥{FAMILY}，老人上不了樓，請盡快處理。",
    "traditional": "東盛大街路燈不亮，夜裡摔傷了一位老人，請儘快維修電線桿。",
    "rare": "𠮷野家门口的路面塌陷了一大块，㐂来小区的车过不去。",
    "lines": "第一件：暖气不热。\n\n第二件：\t楼道灯不亮。\r\n第三件：电梯停了。",
}


class Desk:
    """An agent at the whole server, whose jobs run when they are told to."""

    def __init__(self, town: Town, computer: Computer) -> None:
        self.town, self.computer = town, computer
        self.agent: Browser = town.browser(town.city.agent)

    async def registers(self, **changes: Any) -> str:
        """By the way of the desk: a draft that is saved, then sent."""
        draft = await self.agent.post("/drafts", {}, expect=201)
        form = self.town.form(**changes)
        status, saved = await self.agent.ask("PUT", f"/drafts/{draft['id']}", json={"form": form, "version": 1})
        assert status == 200, saved
        made = await self.agent.post(f"/drafts/{draft['id']}/register", {"version": saved["version"]}, expect=201)
        drain(self.town.database, {Computer: self.computer, TicketOffice: OFFICE})
        number: str = made["number"]
        return number

    async def finds(self, words: str) -> list[str]:
        return [row["number"] for row in (await self.agent.get(f"/tickets?q={quote(words)}"))["rows"]]

    def stored(self, number: str) -> Ticket:
        found: Ticket = self.town.database.read(
            lambda session: session.scalars(select(Ticket).where(Ticket.number == number)).one()
        )
        return found


@pytest.fixture
async def desk(
    open_database: Callable[..., Database], computer: Computer, tmp_path: Path, now: datetime
) -> AsyncIterator[Desk]:
    clock = SetClock(now)
    database = open_database(reactions=REACTIONS, clock=clock)
    async with whole_server(database, clock, computer, tmp_path) as client:
        yield Desk(Town(database, client, now), computer)


async def test_ten_thousand_characters_are_kept_to_the_last_and_found_by_it(desk: Desk) -> None:
    number = await desk.registers(text=LONG)

    assert desk.stored(number).text == LONG
    assert await desk.finds("锅炉房 漏水") == [number]
    page = await desk.agent.get(f"/tickets/{number}")
    assert "".join(part["words"] for part in page["parts"]) == LONG


async def test_one_more_is_refused_at_its_field_and_nothing_is_registered(desk: Desk) -> None:
    for path, body in (
        ("/tickets", {"form": desk.town.form(text=LONG + "啊")}),
        ("/desk/similar", {"text": LONG + "啊"}),
    ):
        status, answer = await desk.agent.ask("POST", path, json=body)
        assert (status, [fault["loc"][-1] for fault in answer["errors"]]) == (422, ["text"])
    draft = await desk.agent.post("/drafts", {}, expect=201)
    form = desk.town.form(text=LONG + "啊")
    status, answer = await desk.agent.ask("PUT", f"/drafts/{draft['id']}", json={"form": form, "version": 1})
    assert (status, [fault["loc"][-1] for fault in answer["errors"]]) == (422, ["text"])

    assert (await desk.agent.get("/tickets"))["rows"] == []


@pytest.mark.parametrize("words", ODD.values(), ids=ODD)
async def test_whatever_is_said_is_stored_as_it_was_said(desk: Desk, words: str) -> None:
    number = await desk.registers(text=words, title="")

    assert desk.stored(number).text == words
    page = await desk.agent.get(f"/tickets/{number}")
    assert "".join(part["words"] for part in page["parts"]) == words


async def test_what_would_turn_the_order_of_letters_around_reaches_no_page(desk: Desk) -> None:
    number = await desk.registers(text="楼下饭店\u202e夜里吵\u200b闹\u202c，居民无法休息，请尽快处理。", title="")

    assert desk.stored(number).text == "楼下饭店夜里吵闹，居民无法休息，请尽快处理。"
    assert await desk.finds("吵闹") == [number]
    assert await desk.finds("吵\u200b闹") == [number]


async def test_a_number_pasted_with_marks_that_nobody_sees_is_that_number(desk: Desk) -> None:
    number = await desk.registers(phone="\u202d199 0000 7321\u202c")

    assert desk.stored(number).phone == "19900007321"


def test_each_text_of_each_body_and_query_is_kept_the_same_way() -> None:
    """Also in what a list, a set or a choice of several kinds holds: whoever adds a new place is told here."""
    unkept = {f"{kind.__module__}.{kind.__name__}" for kind in kinds_of(Typed) if has_bare_text(kind)}

    assert unkept == {"web.session.Credentials"}, "only a password counts as it was typed"


def kinds_of(kind: type[Typed]) -> Iterator[type[Typed]]:
    for inner in kind.__subclasses__():
        if inner.__module__.partition(".")[0] != "tests":
            yield inner
        yield from kinds_of(inner)


def has_bare_text(kind: type[Typed]) -> bool:
    fields = _model_fields(kind.__pydantic_core_schema__)
    return any(_is_bare(field["schema"]) for field in fields.values())


def _model_fields(schema: Any) -> dict[str, Any]:
    while schema["type"] != "model-fields":
        schema = schema["schema"]
    found: dict[str, Any] = schema["fields"]
    return found


def _is_bare(schema: Any) -> bool:
    """Whether a free text in it goes round `kept_text`; a model in it is asked by itself."""
    if isinstance(schema, list | tuple):
        return any(map(_is_bare, schema))
    if not isinstance(schema, dict) or schema.get("type") in {"model", "definition-ref"}:
        return False
    if schema.get("type") == "function-before" and schema["schema"]["type"] == "str":
        return False
    is_free = schema.get("type") == "str" and "pattern" not in schema
    return is_free or any(_is_bare(inner) for name, inner in schema.items() if name != "metadata")


async def test_traditional_characters_are_found_as_they_were_said(desk: Desk) -> None:
    number = await desk.registers(text=ODD["traditional"])

    assert await desk.finds("路燈") == [number]
    assert await desk.finds("維修") == [number]
    assert await desk.finds("電線桿 摔傷") == [number]


async def test_words_beside_emoji_are_found(desk: Desk) -> None:
    number = await desk.registers(text=f"小区停电😡😡{FAMILY}电梯困人，请尽快处理。")

    assert await desk.finds("电梯") == [number]
    assert await desk.finds("😡 停电") == [number]


async def test_full_width_digits_are_a_phone_and_a_ticket_number_like_any(desk: Desk) -> None:
    number = await desk.registers(
        phone="１９９ ００００－７３２１", text="我家暖气不热，请打１９９００００７３２１联系我。"
    )
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    stored = desk.stored(number)
    assert (stored.phone, stored.text) == ("19900007321", "我家暖气不热，请打１９９００００７３２１联系我。")
    for wish in ("１９９００００７３２１", "7321", "７３２１", wide, wide[:6]):
        assert await desk.finds(wish) == [number], wish
    assert (await desk.agent.get(f"/tickets/{quote(wide)}"))["row"]["number"] == number
    shown = (await desk.agent.get(f"/tickets/{number}"))["parts"]
    assert [part["kind"] for part in shown if part["is_hidden"]] == ["number"]


@pytest.mark.parametrize("bad", ["\x00", "\ud800"])
async def test_what_no_database_holds_is_refused_and_is_no_fault_of_ours(desk: Desk, bad: str) -> None:
    form = desk.town.form(text=f"我家暖气不热{bad}，请尽快处理。")

    status, answer = await desk.agent.ask("POST", "/tickets", json={"form": form})

    assert 400 <= status < 500, answer
    assert (await desk.agent.get("/tickets"))["rows"] == []
