"""The command line, which is the contract for operators: output, exit codes, and starts that are refused."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli import COMMANDS, run
from app.commands.ledger import pages_of
from core.chain import seal
from core.database import Database
from evaluation.ledger import LEDGER_CHAIN, append_entry
from evaluation.rules import LedgerKind
from tests.core.test_chain import drop_guards


@pytest.fixture
def configured(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`hotline` in a folder without config.toml, on this test's database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_FOLDER", str(tmp_path / "data"))


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`hotline` in an empty folder: no configuration, no database."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("said", "outcome", "level"),
    [
        ("5", "rated", 5),
        ("５。", "rated", 5),
        ("不满意", "rated", 2),
        ("非常满意", "rated", 5),
        ("满意,谢谢", "rated", 4),
        ("5 不满意", "unclear", None),
        ("TD", "refused", None),
        ("😡", "unclear", None),
    ],
)
def test_sms_parse_says_what_a_reply_means(
    said: str, outcome: str, level: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sms", "parse", said, "--json"]) == 0

    meant = json.loads(capsys.readouterr().out)
    assert (meant["outcome"], meant["level"]) == (outcome, level)
    assert set(meant) == {"outcome", "level", "comment"}


def test_sms_templates_lists_what_each_provider_in_use_has_approved(
    configured: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sms", "templates"]) == 0
    assert "所用通道都不审核模板" in capsys.readouterr().err

    monkeypatch.setenv("HOTLINE_SMS__PROVIDERS", '["tencent", "console"]')
    tencent = {"secret_id": "AKID", "sdk_app_id": "1400", "templates": {"rating": "1001"}}
    monkeypatch.setenv("HOTLINE_SMS__TENCENT", json.dumps(tencent))
    assert run(["sms", "templates", "--json"]) == 1

    told = {line["template"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (told["rating"]["provider"], told["rating"]["state"]) == ("tencent", "approved")
    assert told["rating_echo"]["state"] == "missing"


@pytest.mark.parametrize(("day", "n", "result"), [("2026-09-30", "5", "2026-10-13"), ("2026-09-18", "1", "2026-09-20")])
def test_calendar_add_counts_working_days(
    elsewhere: None, day: str, n: str, result: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calendar", "add", day, n]) == 0
    assert capsys.readouterr().out.strip() == result


def test_past_the_calendar_is_a_finding_that_names_the_year(
    elsewhere: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calendar", "add", "2026-12-30", "5"]) == 1
    assert "2027" in capsys.readouterr().err


def test_a_year_that_was_imported_is_counted_with(
    configured: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    year = tmp_path / "2027.toml"
    year.write_text('year = 2027\nsource = "测试"\nholidays = [2027-01-01]\nmake_up_days = [2027-01-02]\n')

    assert run(["calendar", "import", str(year)]) == 0
    assert run(["calendar", "add", "2026-12-30", "2"]) == 0

    assert capsys.readouterr().out.splitlines()[-1] == "2027-01-02"


def test_a_year_without_a_source_is_refused_by_name(
    configured: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "2027.toml").write_text("year = 2027\nholidays = [2027-01-01]\nmake_up_days = []\n")

    assert run(["calendar", "import", str(tmp_path / "2027.toml")]) == 1
    assert "calendar_invalid" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["calendar", "add", "30.9.2026", "5"], ["nonsense"], ["sms", "parse"]])
def test_misuse_exits_2(elsewhere: None, arguments: list[str]) -> None:
    assert run(arguments) == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(elsewhere: None, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    assert "Usage: " in capsys.readouterr().out


@pytest.mark.parametrize("command", ["serve", "migrate", "check"])
def test_a_mistyped_setting_in_the_environment_stops_the_start_by_name(
    elsewhere: None, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_WEB__PROT", "80")

    assert run([command]) == 2
    assert "HOTLINE_WEB__PROT" in capsys.readouterr().err


def test_a_mistyped_setting_in_the_file_stops_the_start_by_name(
    elsewhere: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text("[web]\nprot = 80\n")

    assert run(["migrate"]) == 2
    assert "web.prot" in capsys.readouterr().err


def test_a_server_on_an_empty_database_says_to_migrate(
    elsewhere: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE__URL", f"sqlite:///{tmp_path}/new.db")

    assert run(["serve"]) == 2
    assert "schema_behind" in capsys.readouterr().err


def test_an_unreachable_database_is_named(
    elsewhere: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE__URL", "postgresql://hotline:hidden@127.0.0.1:1/hotline")

    assert run(["serve"]) == 2
    said = capsys.readouterr().err
    assert "127.0.0.1:1" in said
    assert "hidden" not in said


def test_a_broker_with_sqlite_is_refused(
    elsewhere: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE__URL", f"sqlite:///{tmp_path}/hotline.db")
    monkeypatch.setenv("HOTLINE_BROKER__URL", "amqp://hotline@127.0.0.1/")

    assert run(["serve"]) == 2
    assert "broker_needs_postgresql" in capsys.readouterr().err


def test_plain_http_is_for_loopback_only(
    elsewhere: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_WEB__HOST", "0.0.0.0")

    assert run(["serve"]) == 2
    assert "plain_http_outside" in capsys.readouterr().err


@pytest.mark.parametrize(("hours", "days"), [("73", "6"), ("168", "7"), ("25", "2")])
def test_a_request_that_keeps_the_phone_for_most_of_the_window_is_refused(
    elsewhere: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hours: str, days: str
) -> None:
    monkeypatch.setenv("HOTLINE_SMS__OPEN_HOURS", hours)
    monkeypatch.setenv("HOTLINE_EVALUATION__OPEN_DAYS", days)

    assert run(["serve"]) == 2
    said = capsys.readouterr().err
    assert "sms_request_too_long" in said
    assert f"open_hours 为 {hours}" in said


def three_sealed_lines(session: Session, now: datetime) -> list[int]:
    ids = [append_entry(session, LedgerKind.REVIEW, {"level": level}, now=now).id for level in (5, 4, 1)]
    session.flush()
    seal(session, LEDGER_CHAIN, now=now)
    return ids


def test_ledger_verify_names_the_row_that_was_changed(
    configured: None, database: Database, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = database.write(three_sealed_lines, now - timedelta(minutes=5))
    assert run(["ledger", "verify"]) == 0
    capsys.readouterr()

    database.write(change_quietly, ids[1])

    assert run(["ledger", "verify"]) == 1
    assert f"row {ids[1]}" in capsys.readouterr().out


def change_quietly(session: Session, row_id: int) -> None:
    """What only somebody with the database's own rights can do: drop the triggers, then change a row."""
    drop_guards(session, "ledger_entries")
    better = {"id": row_id, "body": '{"level":5}'}
    session.execute(text("UPDATE ledger_entries SET body = :body WHERE id = :id"), better)


def test_a_checkpoint_is_taken_and_verified_and_finds_a_tail_that_was_cut(
    configured: None, database: Database, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database.write(three_sealed_lines, now - timedelta(minutes=5))
    assert run(["ledger", "checkpoint"]) == 0
    note = tmp_path / "kept.txt"
    note.write_text(capsys.readouterr().out, encoding="utf-8")
    assert run(["ledger", "verify", "--json", "--witnessed", str(note)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["holds"], told["sealed"], told["checkpoints"], told["bad_checkpoint"]) == (True, 3, 2, None)

    database.write(cut_tail)

    assert run(["ledger", "verify", "--witnessed", str(note)]) == 1
    assert "the tail was cut" in capsys.readouterr().out


def cut_tail(session: Session) -> None:
    """Rows, seals and our own checkpoint go."""
    drop_guards(session, "ledger_entries", "ledger_seals", "checkpoints")
    for table in ("ledger_seals", "ledger_entries"):
        column = "seq" if table == "ledger_seals" else "id"
        session.execute(text(f"DELETE FROM {table} WHERE {column} >= 3"))
    session.execute(text("DELETE FROM checkpoints"))


def test_a_receipt_that_nobody_has_is_not_proved(
    configured: None, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", "prove", "ABCDEFGHJK"]) == 1
    assert "no rating has this receipt" in capsys.readouterr().err


def test_ledger_export_has_a_json_object_for_each_line(
    configured: None, database: Database, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    database.write(three_sealed_lines, now)

    assert run(["ledger", "export"]) == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["body"]["level"] for line in lines] == [5, 4, 1]
    assert [line["seq"] for line in lines] == [1, 2, 3]


def test_ledger_export_goes_page_by_page_and_ends_with_what_is_not_sealed_yet(
    database: Database, now: datetime
) -> None:
    database.write(three_sealed_lines, now)
    database.write(append_entry, LedgerKind.ANSWER, {"level": 2}, now=now)

    pages = [[(line.body["level"], line.seq) for line in page] for page in pages_of(database, at_most=2)]

    assert pages == [[(5, 1), (4, 2)], [(1, 3)], [(2, None)]]


def test_indicators_show_prints_the_parts_and_the_card(configured: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["indicators", "show", "satisfaction", "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert {"rate", "n", "closed", "silence_as_satisfied", "of_all_closed", "wilson95", "verdict"} <= set(shown)
    assert shown["rate"] is None


def test_an_unknown_figure_is_a_finding(configured: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["indicators", "show", "happiness"]) == 1
    assert "indicator_unknown" in capsys.readouterr().err
