"""Every list as a file: who may read the page may take it, masked, whole, and with a line in the audit log."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.computer import Computer
from core.database import Database
from staff.rules import STAFF_ROLES, Role
from tests.api.test_access import SetClock
from tests.api.test_hidden import World
from tests.api.whole import whole_server
from tests.tickets.making import City
from tests.web.test_sheets import read_csv, read_xlsx
from tickets.actions.catalogue import add_catalogue_line
from tickets.importing.queries import catalogue_lines
from web.list_files import BATCH

DAYS = "from_on=2026-10-01&until_on=2026-10-31"
ROSTER = "from_at=2026-10-12T00:00:00%2B08:00&until_at=2026-10-19T00:00:00%2B08:00"
LISTS = {
    "dispatch-list": "chip=uncertain", "notices": "", "sms/messages": "", "catalogue/lines": "", "calls": "",
    "rulings": "", "oversight/clues": "", "oversight/papers": "", "disputes/returned": DAYS, "disputes/orphans": "",
    "duty/roster": ROSTER,
}  # fmt: skip


@pytest.fixture
async def world(
    open_database: Callable[..., Database], computer: Computer, now: datetime, tmp_path: Path
) -> AsyncIterator[World]:
    database = open_database()
    async with whole_server(database, SetClock(now), computer, tmp_path) as client:
        yield World(database, client, now)


async def taken(world: World, browser: object, path: str) -> tuple[int, bytes, dict[str, str]]:
    answer = await world.client.get(path, headers=browser._headers)  # type: ignore[attr-defined]
    return answer.status, await answer.read(), dict(answer.headers)


async def test_every_list_comes_as_both_kinds_of_file_to_whoever_reads_it(world: World) -> None:
    offices = [role for role in STAFF_ROLES if role is not Role.UNIT_OFFICER]
    everybody = world.browser(world.person("offices", *offices))
    for name, query in LISTS.items():
        for kind, read in (("csv", read_csv), ("xlsx", read_xlsx)):
            status, content, headers = await taken(world, everybody, f"/api/{name}/export?kind={kind}&{query}")

            assert status == 200, (name, content)
            heading, *rows = read(content)
            assert all(len(row) == len(heading) for row in rows), name
            assert headers["X-Row-Count"] == str(len(rows)), name
            assert f".{kind}" in headers["Content-Disposition"]
    lines = world.database.read(lambda session: session.scalars(select(AuditRow.object_kind)).all())
    assert len(set(lines)) == len(LISTS)


async def test_a_unit_takes_its_own_inbox_and_nothing_of_the_hotline(world: World) -> None:
    officer = world.browser(world.city.officer)

    status, content, _ = await taken(world, officer, "/api/unit/inbox/export?tab=in_progress")
    refused = {name: (await taken(world, officer, f"/api/{name}/export?{query}"))[0] for name, query in LISTS.items()}

    assert (status, [row[0] for row in read_csv(content)[1:]]) == (200, [world.hidden.numbers[0]])
    assert {name for name, status in refused.items() if status != 403} == {"duty/roster"}


async def test_a_list_longer_than_a_batch_comes_whole(world: World) -> None:
    world.database.write(many_lines, world.city)
    supervisor = world.browser(world.city.supervisor)

    _, content, _ = await taken(world, supervisor, "/api/catalogue/lines/export?kind=csv")

    lines = world.database.read(catalogue_lines, now=world.now, limit=10 * BATCH, view=lambda found: len(found.rows))
    assert len(read_csv(content)) - 1 == lines > BATCH


def many_lines(session: Session, city: City) -> None:
    for n in range(BATCH + 1):
        add_catalogue_line(session, topic_id=city.topic.id, unit_id=city.heating.id, basis=f"目录 {n}")
