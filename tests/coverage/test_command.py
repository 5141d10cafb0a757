"""`hotline evaluation` on the command line."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from core.database import Database
from indicators.coverage.actions import record_check
from indicators.coverage.queries import flagged_row
from indicators.coverage.rules import Flag
from staff.rules import SYSTEM
from tests.coverage.making import DAY, MONTH, make_closed

DAYS = ["--from", str(DAY), "--to", str(DAY)]


@pytest.fixture
def _at_home(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)


@pytest.mark.usefixtures("_at_home")
def test_an_audit_names_what_was_lost_and_exits_1_until_somebody_has_looked(
    database: Database, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    number, ticket_id = database.write(lambda session: _lost(session, now))

    assert run(["evaluation", "audit", *DAYS, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["stages"] == {"closed": 1, "owed": 1, "invited": 0, "delivered": 0, "rated": 0}
    assert [flag["rows"][0]["numbers"] for flag in found["flags"] if flag["n"]] == [[number]]
    assert run(["evaluation", "audit", *DAYS]) == 1
    assert f"{number}  无邀请，也无理由" in capsys.readouterr().out

    def check(session: Any) -> None:
        row = flagged_row(session, Flag.UNEXPLAINED, f"ticket:{ticket_id}:0", MONTH, now=now)
        record_check(session, row, finding="队列停机，已补邀", by=SYSTEM, now=now)

    database.write(check)

    assert run(["evaluation", "audit", *DAYS]) == 0
    assert "已核查 系统：队列停机，已补邀" in capsys.readouterr().out


def _lost(session: Any, now: datetime) -> tuple[str, int]:
    ticket = make_closed(session, now=now)
    return ticket.number, ticket.id
