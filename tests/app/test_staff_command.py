"""`hotline staff`: a new site gets its units, its first administrator, and loses who leaves."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cli import run
from core.audit.model import AuditRow
from core.database import Database
from staff.passwords import is_password
from staff.queries import person_by_account, unit_by_code
from tickets.profiles import own_work_hours
from tickets.work_hours import WorkHours

PASSWORD = "four words and a half"
ADD = ["staff", "add", "li", "李明", "--unit", "centre", "--number", "A001", "--role", "administrator"]


@pytest.fixture
def site(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A migrated database with one unit, made by the command itself."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_FOLDER", str(tmp_path / "data"))
    assert run(["staff", "add-unit", "centre", "市民热线中心", "--kind", "hotline"]) == 0
    return database


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["staff", "show", "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_new_site_gets_its_first_administrator(site: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ADD, "--password", PASSWORD]) == 0

    person = site.read(person_by_account, "li")
    assert is_password(PASSWORD, person.password_hash)
    assert shown(capsys)["people"] == [
        {"account": "li", "name": "李明", "number": "A001", "unit": "centre", "roles": ["administrator"]}
    ]


def test_units_stand_in_a_tree_and_can_be_moved(site: Database, capsys: pytest.CaptureFixture[str]) -> None:
    run(["staff", "add-unit", "north", "北区", "--kind", "district"])
    run(["staff", "add-unit", "street", "北街道", "--kind", "street", "--under", "north"])
    before = shown(capsys)["units"]

    assert run(["staff", "move-unit", "street"]) == 0

    depths = [{unit["code"]: unit["depth"] for unit in units} for units in (before, shown(capsys)["units"])]
    assert depths == [{"centre": 0, "north": 0, "street": 1}, {"centre": 0, "north": 0, "street": 0}]


def test_roles_and_password_are_changed_and_who_leaves_is_listed_no_more(
    site: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    run([*ADD, "--password", PASSWORD])

    assert run(["staff", "roles", "li", "agent", "auditor"]) == 0
    assert shown(capsys)["people"][0]["roles"] == ["agent", "auditor"]
    assert run(["staff", "password", "li", "--password", "another long password"]) == 0
    assert is_password("another long password", site.read(person_by_account, "li").password_hash)
    assert run(["staff", "leave", "li"]) == 0
    assert shown(capsys)["people"] == []


def test_a_unit_gets_hours_of_its_own_and_gives_them_up_again(
    site: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    def kept() -> WorkHours:
        return site.read(lambda session: own_work_hours(session, unit_by_code(session, "centre"), "demo-jilin"))

    assert run(["staff", "hours", "centre", "--working", "0:00-24:00", "--off", "0:00-24:00"]) == 0
    own = kept()
    assert run(["staff", "hours", "centre", "--as-city"]) == 0

    assert (own.on_working_days, own.on_days_off) == (((0, 1440),), ((0, 1440),))
    assert not kept()
    assert run(["staff", "hours", "centre", "--working", "8-12"]) == 2
    assert "08:30-12:00" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["staff", "add-unit", "centre", "又一个", "--kind", "hotline"], "unit_code_taken"),
        (["staff", "add-unit", "x", "下级", "--kind", "street", "--under", "nowhere"], "unit_not_found"),
        ([*ADD, "--password", PASSWORD], "account_taken"),
        (["staff", "add", "wang", "王", *ADD[4:], "--password", PASSWORD], "staff_number_taken"),
        (["staff", "password", "li", "--password", "short"], "password_too_short"),
        (["staff", "leave", "nobody"], "person_not_found"),
        (["staff", "move-unit", "centre", "--under", "centre"], "unit_cycle"),
    ],
)
def test_what_cannot_be_is_named_and_changes_nothing(
    site: Database, command: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run([*ADD, "--password", PASSWORD])
    before = shown(capsys)

    assert run(command) == 1

    assert f"[{code}]" in capsys.readouterr().err
    assert shown(capsys) == before


def test_every_change_is_a_line_of_the_audit_log_without_the_password(site: Database) -> None:
    run([*ADD, "--password", PASSWORD])

    rows = site.read(lambda session: session.scalars(select(AuditRow).order_by(AuditRow.id)).all())

    assert [(row.action, row.object_kind, row.object_id) for row in rows] == [
        ("add_unit", "unit", "centre"),
        ("add_person", "person", "li"),
    ]
    assert PASSWORD not in str([vars(row) for row in rows])
