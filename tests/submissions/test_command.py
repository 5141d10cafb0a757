"""`hotline submissions`: what would fail is named, earlier days are put in once, and the map is shown and put in."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.cli import run
from app.readiness import stored_dependencies
from app.settings import read_settings
from evaluation.submissions.actions import queue_owed
from evaluation.submissions.model import Submission
from evaluation.submissions.owed import owed_between
from evaluation.submissions.rules import SubmissionState
from tests.submissions.province import Province

DAY = "2026-10-13"


@pytest.fixture
def site(province: Province, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Province:
    """Commands run in an empty folder, on the town's database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("HOTLINE_SUBMISSIONS__EXCHANGE", "file")
    monkeypatch.setenv("HOTLINE_SUBMISSIONS__CITY_CODE", "220300")
    return province


def test_the_map_is_shown_edited_checked_and_put_in(
    site: Province, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, number = site.registered()
    assert run(["submissions", "fields", "show"]) == 0
    table = tmp_path / "fields.csv"
    shown = capsys.readouterr().out
    table.write_text(
        shown.replace("证件号码,nothing,受理、办结、终结,,", "证件号码,nothing,受理、办结、终结,是,"), encoding="utf-8"
    )

    assert run(["submissions", "check", "--day", DAY]) == 0
    assert run(["submissions", "check", "--day", DAY, "--fields", str(table)]) == 1
    assert f"{number}  受理  certificateNo：必填，没有内容" in capsys.readouterr().out
    assert run(["submissions", "fields", "import", str(table)]) == 0
    assert run(["submissions", "check", "--day", DAY]) == 1

    table.write_text(shown.replace("level", "stars"), encoding="utf-8")
    capsys.readouterr()
    assert run(["submissions", "fields", "import", str(table)]) == 1
    assert "取值：“stars”不是可用的取值" in capsys.readouterr().err


def test_earlier_days_are_put_into_the_queue_once(site: Province, capsys: pytest.CaptureFixture[str]) -> None:
    site.registered()
    for told in ("1 条记录已进入上报队列", "0 条记录已进入上报队列"):
        assert run(["submissions", "backfill", "--from", DAY, "--to", DAY]) == 0
        assert told in capsys.readouterr().out
    assert site.database.read(lambda session: session.scalar(select(func.count(Submission.id)))) == 1


def test_while_it_is_off_nothing_is_put_in(
    site: Province, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_SUBMISSIONS__EXCHANGE", "off")
    assert run(["submissions", "backfill", "--from", DAY, "--to", DAY]) == 1
    assert "submissions_off" in capsys.readouterr().err


def test_what_needs_a_person_is_a_finding_of_the_readiness(site: Province) -> None:
    site.registered()
    now = site.town.clock.now()
    owed = site.database.read(owed_between, now.replace(hour=0), now.replace(hour=23))
    site.database.write(queue_owed, owed, office=site.office, now=now)
    settings = read_settings(None)

    def told() -> tuple[bool, str]:
        (one,) = (one for one in stored_dependencies(settings, site.database) if one.name == "submissions")
        return one.is_ready, one.detail

    assert told() == (True, "1 条待上报，0 条需人处理")
    site.database.write(lambda session: session.execute(update(Submission).values(state=SubmissionState.REFUSED)))
    assert told() == (False, "0 条待上报，1 条需人处理")
