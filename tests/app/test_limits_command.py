"""`hotline limits`: the city's own limits instead of the assumed ones, all of them or none."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.cli import run
from core.audit.model import AuditRow
from core.database import Database
from core.jobs.model import JobRow
from tickets.actions.limits import limits_of
from tickets.clocks import Allowance
from tickets.kinds import Measure, Step
from tickets.settings import TicketSettings

PROFILE = TicketSettings().profile
RESULT = (Step.RESULT, None, None, None)


@pytest.fixture
def site(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A migrated database; commands run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_FOLDER", str(tmp_path / "data"))
    assert run(["migrate"]) == 0
    return database


@pytest.fixture
def table(site: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Path:
    """The limits in force, as they are shown."""
    capsys.readouterr()
    assert run(["limits", "show"]) == 0
    path = tmp_path / "limits.csv"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


def limits(site: Database) -> dict[object, Allowance]:
    return {row.key: row.allowance for row in site.read(limits_of, PROFILE)}


def test_what_is_shown_is_edited_and_put_in_again(
    site: Database, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assumed = limits(site)
    table.write_text(table.read_text("utf-8").replace("答复,,,,5,工作日", "答复,,,,8,工作日"), encoding="utf-8")

    assert run(["limits", "import", str(table)]) == 0

    assert f"{len(assumed)} 条时限已生效" in capsys.readouterr().out
    assert limits(site) == assumed | {RESULT: Allowance(8, Measure.WORKING_DAYS)}
    audited = site.read(lambda session: session.scalars(select(AuditRow.object_id)).all())
    assert list(audited) == [PROFILE]
    jobs = site.read(lambda session: session.scalars(select(JobRow.kind)).all())
    assert "tickets.compute_due_times_by_limits" in jobs


def test_the_same_table_again_changes_nothing(site: Database, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["limits", "import", str(table)]) == 0

    assert "与现行的相同" in capsys.readouterr().out
    assert site.read(lambda session: session.scalars(select(AuditRow.id)).all()) == []


def test_with_one_bad_row_nothing_is_put_in_and_the_row_is_named(
    site: Database, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assumed = limits(site)
    text = table.read_text("utf-8").replace("答复,,,,5,工作日", "答复,,,,8,工作日")
    table.write_text(text + "答复,投诉,很急,,3,天,市府办\n", encoding="utf-8")

    assert run(["limits", "import", str(table)]) == 1

    assert "行 紧急程度：“很急”不是 一般、紧急、特急 之一" in capsys.readouterr().err
    assert limits(site) == assumed
