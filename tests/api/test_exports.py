"""A ticket list as a file: the same rows as on the page, masked, with who took it in the audit log."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.resources import APIS
from core.audit.model import AuditRow
from core.computer import Computer
from core.database import Database
from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tests.tickets.making import OFFICE, City
from tests.web.test_sheets import read_csv, read_xlsx
from tickets.kinds import Secrecy
from tickets.model import Ticket
from tickets.settings import TicketOffice
from web.api.problems import problems
from web.api.request import SERVICES, Services
from web.list_files import BATCH
from web.settings import WebSettings


@pytest.fixture
async def town(open_database: Callable[..., Database], computer: Computer, now: datetime) -> AsyncIterator[Town]:
    database = open_database()
    app = http.Application(middlewares=[problems])
    instances: dict[type, Any] = {TicketOffice: OFFICE, Computer: computer}
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings(), instances)
    for api in APIS:
        api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Town(database, client, now)


async def exported(town: Town, query: str = "") -> tuple[http.Response, bytes]:
    headers = town.browser(town.city.agent)._headers
    answer: Any = await town._client.get(f"/api/tickets/export{query}", headers=headers)
    assert answer.status == 200
    return answer, await answer.read()


def registered(session: Session, city: City, now: datetime, **changes: object) -> str:
    return City.session_of(session, city).registered(now, **changes).number


async def test_the_list_is_exported_as_it_stands_on_the_page_and_masked(town: Town, now: datetime) -> None:
    number = town.database.write(registered, town.city, now, title="=HYPERLINK(1)", caller_name="张三丰")
    sealed = town.database.write(registered, town.city, now, secrecy=Secrecy.SEALED)

    answer, content = await exported(town)

    heading, first, second = read_csv(content)
    assert (first[0], first[1], first[5], first[8], first[9]) == (sealed, "密件", "", "保密", "")
    assert (second[0], second[1], second[8], second[9]) == (number, "'=HYPERLINK(1)", "张**", "138****5678")
    assert (len(heading), second[11]) == (len(second), "2026-10-13 09:00")
    assert (answer.headers["X-Row-Count"], int(answer.headers["X-Expected-Bytes"])) == ("2", len(content))


async def test_filters_narrow_a_file_as_they_narrow_the_list(town: Town, now: datetime) -> None:
    number = town.database.write(registered, town.city, now, title="路灯不亮")
    town.database.write(registered, town.city, now)

    _, content = await exported(town, f"?kind=xlsx&q={number}&state=registered")

    assert [row[0] for row in read_xlsx(content)[1:]] == [number]


@pytest.mark.parametrize(("kind", "read"), [("csv", read_csv), ("xlsx", read_xlsx)])
async def test_a_long_list_comes_whole_and_in_order(town: Town, now: datetime, kind: str, read: Any) -> None:
    first = town.database.write(registered, town.city, now)
    town.database.write(multiplied, first, 2 * BATCH)

    answer, content = await exported(town, f"?kind={kind}")

    numbers = [row[0] for row in read(content)[1:]]
    assert answer.headers["X-Row-Count"] == str(2 * BATCH + 1)
    assert numbers == [*(f"{n:012}" for n in range(2 * BATCH, 0, -1)), first]


def multiplied(session: Session, number: str, times: int) -> None:
    row = dict(session.execute(select(Ticket.__table__).where(Ticket.number == number)).mappings().one())
    session.execute(insert(Ticket), [row | {"id": row["id"] + n, "number": f"{n:012}"} for n in range(1, times + 1)])


async def test_who_exported_how_many_stands_in_the_audit_log(town: Town, now: datetime) -> None:
    town.database.write(registered, town.city, now)

    await exported(town)

    seen = town.database.read(lambda session: session.scalars(select(AuditRow)).one())
    assert (seen.action, seen.object_kind, seen.object_id) == ("export_list", "ticket_list", "1 csv")
