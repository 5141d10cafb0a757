"""Every list as a file: who may read the page may take it, masked, whole, and with a line in the audit log."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
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
from tickets.actions.incidents import declare_incident
from tickets.bulletins.actions import publish_bulletin, receive_bulletin
from tickets.bulletins.rules import BulletinForm
from tickets.clocks import local_day
from tickets.importing.queries import catalogue_lines
from tickets.incidents import IncidentForm
from web.list_files import BATCH

DAYS = "from_on=2026-10-01&until_on=2026-10-31"
ROSTER = "from_at=2026-10-12T00:00:00%2B08:00&until_at=2026-10-19T00:00:00%2B08:00"
LISTS = {
    "dispatch-list": "chip=uncertain", "notices": "", "sms/messages": "", "catalogue/lines": "", "calls": "",
    "rulings": "", "oversight/clues": "", "oversight/papers": "", "disputes/returned": DAYS, "disputes/orphans": "",
    "duty/roster": ROSTER, "dispatch-list/sent": "", "dispatch-list/automatic": "checking=owed",
    "decisions": "decision=termination", "completions": "", "mails": "", "incidents": "", "bulletins": "",
    "objections": "state=open", "repairs": "lane=to_contact",
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
    assert {name for name, status in refused.items() if status != 403} == {"duty/roster", "repairs"}


async def test_what_is_looked_for_in_the_inbox_is_what_its_file_holds(world: World) -> None:
    def numbers(session: Session) -> tuple[str, str]:
        city = City.session_of(session, world.city)
        return city.signed(world.now, phone="13900000002").number, city.signed(world.now).number

    mine, other = world.database.write(numbers)
    officer = world.browser(world.city.officer)
    search = f"tab=in_progress&urgency=normal&q={mine}"

    for kind, read in (("csv", read_csv), ("xlsx", read_xlsx)):
        status, content, headers = await taken(world, officer, f"/api/unit/inbox/export?kind={kind}&{search}")
        assert (status, headers["X-Row-Count"]) == (200, "1")
        assert [row[0] for row in read(content)[1:]] == [mine]
    shown = await officer.get(f"/unit/inbox?{search}")
    assert ([row["ticket"]["number"] for row in shown["rows"]], shown["count"]["n"]) == ([mine], 1)
    waiting = world.database.write(
        lambda session: City.session_of(session, world.city).listed(world.now, phone="13900000003").number
    )
    dispatcher = world.browser(world.city.dispatcher)
    _, content, _ = await taken(world, dispatcher, f"/api/dispatch-list/export?q={waiting}")
    assert [row[0] for row in read_csv(content)[1:]] == [waiting]
    assert other not in str(shown)


async def test_a_bad_filter_of_the_inbox_is_refused_at_its_field(world: World) -> None:
    officer = world.browser(world.city.officer)

    for query, field in ((f"q={'暖' * 61}", "q"), ("urgency=soon", "urgency"), ("topic_id=0", "topic_id")):
        for path in ("/unit/inbox", "/unit/inbox/export"):
            status, answer = await officer.ask("GET", f"{path}?{query}")
            assert (status, answer["code"]) == (422, "invalid"), answer
            assert [error["loc"][:2] for error in answer["errors"]] == [["query", field]]


async def test_who_was_told_comes_as_a_file_narrowed_as_the_page_is(world: World) -> None:
    def tell(session: Session) -> tuple[str, int]:
        number = City.session_of(session, world.city).listed(world.now).number
        words = BulletinForm(title="供暖季值班", text="须二十四小时值守。", valid_until=local_day(world.now))
        said = IncidentForm(name="供水主管爆裂", words="供水公司正在抢修", expected_at=world.now + timedelta(hours=5))
        declare_incident(session, number, [], said, by=world.city.dispatcher, now=world.now)
        bulletin = publish_bulletin(session, words, by=world.city.supervisor, now=world.now)
        session.flush()
        receive_bulletin(session, bulletin.id, by=world.city.officer, now=world.now)
        return number, bulletin.id

    number, bulletin_id = world.database.write(tell)
    supervisor = world.browser(world.city.supervisor)
    receipts = f"/api/bulletins/{bulletin_id}/receipts/export"
    _, everybody, _ = await taken(world, supervisor, receipts)
    _, missing, _ = await taken(world, supervisor, f"{receipts}?missing=true")
    _, callers, _ = await taken(world, supervisor, f"/api/incidents/{number}/callers/export")
    _, told, _ = await taken(world, supervisor, f"/api/incidents/{number}/callers/export?told=told")
    unknown, _, _ = await taken(world, supervisor, "/api/bulletins/4000000/receipts/export")

    assert len(read_csv(everybody)) - len(read_csv(missing)) == 1
    assert "市供热公司" not in missing.decode()
    assert [row[0] for row in read_csv(callers)[1:]] == [number]
    assert "****" in read_csv(callers)[1][2]
    assert read_csv(told)[1:] == []
    assert unknown == 404


async def test_a_list_longer_than_a_batch_comes_whole(world: World) -> None:
    world.database.write(many_lines, world.city)
    supervisor = world.browser(world.city.supervisor)

    _, content, _ = await taken(world, supervisor, "/api/catalogue/lines/export?kind=csv")

    lines = world.database.read(catalogue_lines, now=world.now, limit=10 * BATCH, view=lambda found: len(found.rows))
    assert len(read_csv(content)) - 1 == lines > BATCH


def many_lines(session: Session, city: City) -> None:
    for n in range(BATCH + 1):
        add_catalogue_line(session, topic_id=city.topic.id, unit_id=city.heating.id, basis=f"目录 {n}")
