"""差评整改 over the API: who reads it, who may do what, and that no name leaves with the words of a rating."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.computer import Computer
from core.database import Database
from evaluation.actions.answering import Answer, record_answer
from evaluation.actions.inviting import invite_citizen
from evaluation.repairs.actions.following import follow_rating
from evaluation.rules import Channel, Level
from evaluation.settings import EvaluationSettings
from sms.providers.console import ConsoleProvider
from staff.rules import STAFF_ROLES, Role
from tests.api.test_access import SetClock
from tests.api.test_hidden import World
from tests.api.whole import whole_server
from tests.sms.desk import make_office
from tests.tickets.making import City
from web.repairs import WATCHERS

SAID = "我是张三，电话13912345678，暖气还是不热"


@pytest.fixture
async def world(
    open_database: Callable[..., Database], computer: Computer, now: datetime, tmp_path: Path
) -> AsyncIterator[World]:
    database = open_database()
    async with whole_server(database, SetClock(now), computer, tmp_path) as client:
        yield World(database, client, now)


def rated_badly(session: Session, city: City, now: datetime) -> str:
    ticket = City.session_of(session, city).answered(now - timedelta(hours=2))
    sms = make_office(ConsoleProvider())
    asked = invite_citizen(session, ticket.id, office=sms, settings=EvaluationSettings(), now=now - timedelta(hours=1))
    said = Answer(Level.VERY_DISSATISFIED, Channel.PAGE, "page:1", SAID)
    given = record_answer(session, asked.id, said, now=now - timedelta(minutes=30))
    repair = follow_rating(session, given.id, profile="demo-jilin", now=now)
    assert repair is not None
    return repair.number


@pytest.fixture
def number(world: World) -> str:
    return world.database.write(rated_badly, world.city, world.now)


def contacted() -> dict[str, Any]:
    return {"form": {"way": "call", "words": "群众说暖气修后又不热了，要求检查。"}}


def appealed() -> dict[str, Any]:
    return {"form": {"ground": "mistaken", "evidence": "群众在回访电话中说按错了数字，其实很满意，录音可查。"}}


def decided() -> dict[str, Any]:
    return {"form": {"reason": "已调听录音，与申诉所述相符。"}}


async def test_the_unit_reads_the_rating_and_its_words_without_name_or_number(world: World, number: str) -> None:
    officer = world.browser(world.city.officer)

    page = await officer.get("/repairs?lane=to_contact")
    shown = await officer.get(f"/repairs/{number}")

    assert [row["number"] for row in page["rows"]] == [number]
    assert (shown["level_name"], shown["state"], shown["is_real_name"]) == ("非常不满意", "to_contact", True)
    assert "暖气还是不热" in shown["words"]
    assert "张三" not in shown["words"]
    assert "13912345678" not in shown["words"]
    acts = {offer["act"]: offer for offer in shown["offers"]}
    assert acts["contact"]["is_enabled"]
    assert not acts["fix"]["is_enabled"]
    assert acts["fix"]["reason"] == "实名差评须先联系群众核实"
    head = await officer.get("/unit/inbox/head")
    assert head["repairs"] == 1


async def test_it_is_shown_to_who_watches_over_it_and_to_nobody_else(world: World, number: str) -> None:
    for role in STAFF_ROLES:
        if role is Role.UNIT_OFFICER:
            continue
        person = world.browser(world.person(f"one-{role.value}", role))
        status, rows = await person.ask("GET", "/repairs")
        assert status == (200 if role in WATCHERS else 403), role
        if role in WATCHERS:
            assert [row["number"] for row in rows["rows"]] == [number]
    other = world.browser(world.city.roads_officer)
    assert (await other.get("/repairs"))["rows"] == []
    assert (await other.ask("GET", f"/repairs/{number}"))[0] == 404


async def test_the_unit_does_and_another_body_decides(world: World, number: str) -> None:
    officer, supervisor = world.browser(world.city.officer), world.browser(world.city.supervisor)

    contact = await officer.post(f"/repairs/{number}/contact", contacted())
    assert (contact["state"], contact["evidence"]["proof"]) == ("contacted", None)
    await officer.post(f"/repairs/{number}/appeal", appealed())
    status, _refused = await officer.ask("POST", f"/repairs/{number}/uphold", json=decided())
    assert status == 403
    upheld = await supervisor.post(f"/repairs/{number}/uphold", decided())

    assert (upheld["state"], upheld["level"], upheld["appeals"][0]["is_upheld"]) == ("closed", 1, True)
    assert upheld["appeals"][0]["decided_unit"] == "市热线中心"
    assert [line["act"] for line in upheld["lines"]] == ["open", "contact", "appeal", "uphold"]


async def test_refusals_name_their_code_and_the_field(world: World, number: str) -> None:
    officer = world.browser(world.city.officer)
    book = {"form": {"words": "本周内更换整段管道并回访。", "until_on": "2026-10-13"}}

    early = await officer.ask("POST", f"/repairs/{number}/fix", json={"form": {"words": "马上派人上门检修并回访。"}})
    await officer.post(f"/repairs/{number}/contact", contacted())
    today = await officer.ask("POST", f"/repairs/{number}/book", json=book)
    short = await officer.ask("POST", f"/repairs/{number}/explain", json={"form": {"words": "好"}})
    stale = await officer.ask(
        "POST", f"/repairs/{number}/fix", json={"form": {"words": "马上派人上门检修并回访。"}, "version": 1}
    )

    assert (early[0], early[1]["code"]) == (409, "repair_contact_owed")
    assert (today[0], today[1]["errors"][0]["code"]) == (422, "repair_date_outside")
    assert today[1]["errors"][0]["loc"] == ["body", "form", "until_on"]
    assert short[0] == 422
    assert (stale[0], stale[1]["code"]) == (409, "version_conflict")


async def test_a_number_is_taken_as_people_copy_it_and_a_wrong_one_refused(world: World, number: str) -> None:
    supervisor = world.browser(world.city.supervisor)
    ticket, n = number.split("-Z")

    shown = await supervisor.get(f"/repairs/{ticket[:4]}%20{ticket[4:8]}%20{ticket[8:]}-z{n}")

    assert shown["number"] == number
    assert (await supervisor.ask("GET", f"/repairs/{ticket}"))[0] == 422
    assert (await supervisor.ask("GET", f"/repairs/{ticket}-Z9"))[0] == 404


async def test_lanes_are_counted_and_the_ticket_lists_its_repairs(world: World, number: str) -> None:
    supervisor = world.browser(world.city.supervisor)

    head = await supervisor.get("/repairs/head")
    listed = await supervisor.get(f"/tickets/{number[:12]}/repairs")

    assert (head["lanes"]["to_contact"], head["lanes"]["appealed"]) == (1, 0)
    assert [row["number"] for row in listed] == [number]
    assert await world.browser(world.city.auditor).get(f"/tickets/{number[:12]}/repairs") == []
