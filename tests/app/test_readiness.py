"""What /readyz and `hotline check` say of each dependency."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.kinds import import_all_jobs
from app.readiness import stored_dependencies
from app.settings import Settings
from core import migrate
from core.database import Database, DatabaseSettings
from core.jobs import enqueue
from core.jobs.runner import drain
from sms.model import GatewayLink
from sms.settings import ProviderName


def states(database: Database, folder: Path, **changes: object) -> dict[str, tuple[bool, str]]:
    settings = Settings.model_validate({"data_folder": folder, "database": database.settings} | changes)
    return {one.name: (one.is_ready, one.detail) for one in stored_dependencies(settings, database)}


def test_all_is_well_on_a_migrated_database(database: Database, tmp_path: Path) -> None:
    found = states(database, tmp_path)

    newest = migrate.heads()[0]
    assert found["database"] == (True, database.settings.parsed.get_backend_name())
    assert found["migrations"] == (True, f"{newest} / {newest}")
    assert found["jobs"] == (True, "0 件待办，0 件需人处理")
    assert found["disk"][0]


def test_a_dead_job_is_a_finding(database: Database, tmp_path: Path) -> None:
    import_all_jobs()
    database.write(enqueue, "evaluation.record_reply", now=database.clock.now(), message_id=1, reply_id=1)
    drain(database)

    is_ready, detail = states(database, tmp_path)["jobs"]

    assert (is_ready, detail) == (False, "0 件待办，1 件需人处理")


LINE = {"host": "127.0.0.1", "account": "901234", "sender": "1069012345"}


@pytest.mark.parametrize(
    ("link", "is_ready", "words"),
    [
        (None, False, "没有进程保持连接"),
        ({"is_up": True, "since": datetime(2026, 10, 13, 1, 0, tzinfo=UTC)}, True, "已登录，自 10月13日 09:00"),
        ({"is_up": False, "error": "登录被拒：认证错"}, False, "未登录 登录被拒：认证错"),
        ({"is_up": True, "age": timedelta(minutes=2)}, False, "没有进程保持连接"),
    ],
)
def test_the_line_to_a_gateway_is_told(
    database: Database, tmp_path: Path, link: dict[str, Any] | None, words: str, *, is_ready: bool
) -> None:
    if link is not None:
        stood = {"since": None, "error": "", "age": timedelta(), **link}
        seen_at = database.clock.now() - stood.pop("age")
        row = GatewayLink(provider=ProviderName.CMPP, seen_at=seen_at, **stood)
        database.write(lambda session: session.add(row))

    found = states(database, tmp_path, sms={"providers": ["cmpp"], "cmpp": LINE})["sms cmpp"]

    assert (found[0], words in found[1]) == (is_ready, True)


def test_an_old_schema_is_named(database: Database, tmp_path: Path) -> None:
    migrate.downgrade(database.writing, "0007")

    is_ready, detail = states(database, tmp_path)["migrations"]

    assert (is_ready, detail.split(" / ")[0]) == (False, "0007")


def test_a_database_that_is_away_is_named_and_nothing_else_is_asked(tmp_path: Path) -> None:
    away = Database(DatabaseSettings(url="postgresql://hotline:hidden@127.0.0.1:1/hotline"))

    found = states(away, tmp_path)

    assert list(found) == ["database"]
    assert "hidden" not in found["database"][1]


@pytest.mark.parametrize(("name", "is_ready"), [("there", True), ("missing", False)])
def test_the_recordings_folder_is_looked_for(database: Database, tmp_path: Path, name: str, *, is_ready: bool) -> None:
    (tmp_path / "there").mkdir()

    found = states(database, tmp_path, telephony={"recordings": tmp_path / name})

    assert found["recordings"] == (is_ready, str(tmp_path / name))
