"""待我裁定 over the API: only a supervisor reads it, and it says what is asked and no more than it may."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.computer import Computer
from core.database import Database
from staff.rules import STAFF_ROLES, Role
from tests.api.test_access import SetClock
from tests.api.test_hidden import World
from tests.api.whole import whole_server
from tests.tickets.making import OFFICE, City
from tickets.actions.requests import ask_for
from tickets.clocks import local_day
from tickets.forms import RequestForm
from tickets.kinds import RequestKind, Secrecy

WHY = "材料要等到货，工期不足，联系人 13912345678"


@pytest.fixture
async def world(
    open_database: Callable[..., Database], computer: Computer, now: datetime, tmp_path: Path
) -> AsyncIterator[World]:
    database = open_database()
    async with whole_server(database, SetClock(now), computer, tmp_path) as client:
        yield World(database, client, now)


def ask_to_park(session: Session, city: City, now: datetime, **facts: object) -> str:
    own = City.session_of(session, city)
    ticket = own.signed(now, **facts)
    review_on = local_day(now) + timedelta(days=30)
    form = RequestForm(kind=RequestKind.PARKING, reason=WHY, plan="到货后更换", review_on=review_on)
    ask_for(session, ticket.id, form, by=own.officer, office=OFFICE, now=now)
    return ticket.number


async def test_a_supervisor_reads_who_asks_for_what_and_no_number_of_anybody(world: World) -> None:
    number = world.database.write(ask_to_park, world.city, world.now)
    supervisor = world.browser(world.city.supervisor)

    head, page = await supervisor.get("/decisions/head"), await supervisor.get("/decisions?decision=parking")

    assert head["counts"] == {"extension": 0, "parking": 1, "termination": 0, "conference": 0}
    (row,) = page["rows"]
    assert (row["ticket"]["number"], page["count"]["n"]) == (number, 1)
    assert (row["asked"]["unit"], row["asked"]["review_on"]) == ("市供热公司", "2026-11-12")
    assert row["asked"]["reason"].startswith("材料要等到货")
    assert "13912345678" not in row["asked"]["reason"]


async def test_the_list_keeps_the_reason_of_a_sealed_ticket_to_its_page(world: World) -> None:
    world.database.write(ask_to_park, world.city, world.now, secrecy=Secrecy.SEALED)

    (row,) = (await world.browser(world.city.supervisor).get("/decisions?decision=parking"))["rows"]

    assert row["asked"]["reason"] == ""


async def test_nobody_but_a_supervisor_reads_what_waits_for_one(world: World) -> None:
    others = world.browser(world.person("others", *(role for role in STAFF_ROLES if role is not Role.SUPERVISOR)))

    for path in ("/decisions", "/decisions/head", "/decisions/export"):
        status, answer = await others.ask("GET", path)
        assert (status, answer["code"]) == (403, "role_missing"), path


async def test_a_decision_that_there_is_not_is_refused_at_its_field(world: World) -> None:
    status, answer = await world.browser(world.city.supervisor).ask("GET", "/decisions?decision=pardon")

    assert (status, answer["code"]) == (422, "invalid")
    assert [error["loc"][:2] for error in answer["errors"]] == [["query", "decision"]]
