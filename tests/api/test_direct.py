"""直接答复 from the agent's answer to its repair, over the routes that people use."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.computer import Computer
from core.database import Database
from evaluation.actions.answering import Answer, record_answer
from evaluation.actions.asking_direct import ask_about_direct
from evaluation.model import Invitation
from evaluation.office import EvaluationOffice
from evaluation.repairs.actions.following import follow_rating
from evaluation.rules import Channel, Level
from staff.rules import Role
from tests.api.test_access import SetClock
from tests.api.test_hidden import World
from tests.api.whole import whole_server
from tests.tickets.making import City
from web.api import SERVICES

ANSWER = "供暖期为十月二十日至次年四月六日，您所在小区已经供暖。"
DAYS = {"from": "2026-09-26", "to": "2026-10-25"}


@pytest.fixture
async def world(
    open_database: Callable[..., Database], computer: Computer, now: datetime, tmp_path: Path
) -> AsyncIterator[World]:
    database = open_database()
    async with whole_server(database, SetClock(now), computer, tmp_path) as client:
        yield World(database, client, now)


async def asked(world: World) -> Invitation:
    """The agent answers on the line, and the job that follows asks."""
    ticket = world.database.write(lambda session: City.session_of(session, world.city).registered(world.now))
    body = {"answer": ANSWER, "article": ""}
    status, shown = await world.browser(world.city.agent).ask("POST", f"/tickets/{ticket.number}/answer", json=body)
    assert status == 200, shown
    office = world.client.server.app[SERVICES].instances[EvaluationOffice]  # type: ignore[attr-defined]
    found = world.database.write(ask_about_direct, ticket.id, office=office, now=world.now)
    assert found is not None
    return found


def rate(world: World, question: Invitation, level: int) -> None:
    """The citizen rates, and the job that follows looks at what was rated."""
    said = Answer(Level(level), Channel.PAGE, f"page:{question.id}")

    def keep(session: Session) -> None:
        given = record_answer(session, question.id, said, now=world.now)
        follow_rating(session, given.id, profile="demo-jilin", now=world.now)

    world.database.write(keep)


async def test_a_citizen_who_was_answered_at_once_rates_that_answer_and_the_hotline_mends_it(world: World) -> None:
    question = await asked(world)

    rate(world, question, 1)

    leader = world.browser(world.person("leader", Role.SHIFT_LEADER))
    (row,) = (await leader.get("/repairs?lane=to_contact"))["rows"]
    shown = await leader.get(f"/repairs/{row['number']}")
    assert next(one for one in shown["offers"] if one["act"] == "contact")["is_enabled"]
    body = {"form": {"way": "call", "words": "群众说问的是自家小区何时供暖，答复太笼统。"}}
    contacted = await leader.post(f"/repairs/{row['number']}/contact", body)
    assert contacted["state"] == "contacted"
    grounds = {"form": {"ground": "mistaken", "evidence": "群众在回访电话中说按错了数字，其实很满意，录音可查。"}}
    await leader.post(f"/repairs/{row['number']}/appeal", grounds)
    decided = {"form": {"reason": "已调听录音，与申诉所述相符。"}}
    own = world.browser(world.city.supervisor)
    refused = await own.ask("POST", f"/repairs/{row['number']}/uphold", json=decided)
    assert refused[0] == 403
    outside = world.browser(world.person("outside", Role.INSPECTOR, unit=world.city.roads))
    upheld = await outside.post(f"/repairs/{row['number']}/uphold", decided)
    assert (upheld["state"], upheld["level"]) == ("closed", 1)


async def test_no_unit_s_officer_sees_or_touches_it(world: World) -> None:
    question = await asked(world)
    rate(world, question, 2)
    supervisor = world.browser(world.city.supervisor)
    (row,) = (await supervisor.get("/repairs"))["rows"]
    officer = world.browser(world.city.officer)

    assert (await officer.get("/repairs"))["rows"] == []
    assert (await officer.ask("GET", f"/repairs/{row['number']}"))[0] == 404


async def test_its_headline_its_rows_and_its_account_hold_it_and_the_units_do_not(world: World) -> None:
    question = await asked(world)
    rate(world, question, 4)
    supervisor = world.browser(world.city.supervisor)

    async def read(path: str, **query: str) -> Any:
        return await supervisor.get(f"{path}?{'&'.join(f'{name}={value}' for name, value in (DAYS | query).items())}")

    direct = await read("/satisfaction", subject="direct")
    handled = await read("/satisfaction", subject="handling")
    rows = (await read("/satisfaction/rows", subject="direct", part="answered"))["rows"]
    ratings = await supervisor.get(f"/tickets/{rows[0]['ticket_number']}/ratings")
    account = await read("/coverage")

    assert (direct["headline"]["closed"], direct["headline"]["answered"]) == (1, 1)
    assert handled["headline"]["answered"] == 0
    assert [(row["level"], row["unit_name"]) for row in rows] == [(4, "市热线中心")]
    assert [one["subject"] for one in ratings["invitations"]] == ["direct"]
    of_direct = next(part for part in account["asked"] if part["subject"] == "direct")
    assert {stage["stage"]: stage["n"] for stage in of_direct["stages"]}["rated"] == 1
