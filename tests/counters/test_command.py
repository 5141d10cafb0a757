"""`hotline counter`: a hall's window gets its code and its device, and each renewal shuts the old one out."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.cli import run
from core.audit.model import AuditRow
from core.database import Database
from core.secrets import Secrets
from evaluation.counters.queries import window_of_device, window_of_link


@pytest.fixture
def site(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A site with a hall, made by the commands themselves."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_FOLDER", str(tmp_path / "data"))
    assert run(["staff", "add-unit", "unit-hall", "市市场监管局", "--kind", "city_department"]) == 0
    assert run(["platform", "add", "hall", "市政务服务大厅"]) == 0
    assert run(["counter", "add", "hall", "A03", "企业开办", "unit-hall"]) == 0
    return database


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert run(["counter", *words]) == 0
    return capsys.readouterr().out.strip()


def test_a_window_has_a_code_and_a_device_key_and_both_are_renewed(
    site: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    master = Secrets(tmp_path / "data" / "secrets").secret("rating_link")
    first = printed(capsys, "qr", "1", "--svg", str(tmp_path / "sign.svg"))
    second = printed(capsys, "qr", "1", "--renew")
    key = printed(capsys, "device", "1")

    assert first != second
    assert second in printed(capsys, "list")
    assert (tmp_path / "sign.svg").read_bytes().startswith(b"<?xml")
    number = site.read(
        lambda session: (
            window_of_link(session, second.rpartition("/")[2], master=master).number
            + window_of_device(session, key, master=master).number
        )
    )
    assert number == "A03A03"
    acts = site.read(lambda session: session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all())
    assert list(acts)[-3:] == ["add_window", "renew_link", "renew_device"]
