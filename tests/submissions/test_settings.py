"""Half a connection to the exchange is refused at the start, with what is missing by name."""

from pathlib import Path
from typing import Any

import pytest

from app.offices import make_submission_office
from app.settings import Settings
from core.secrets import Secrets
from evaluation.submissions.errors import SubmissionsNotReady
from evaluation.submissions.exchange import FileExchange, HttpExchange
from evaluation.submissions.settings import SubmissionOffice

WHOLE = {"exchange": "http", "url": "https://exchange.example/records", "key_id": "220300.1", "city_code": "220300"}


def office(folder: Path, key: str | None = "text:a key", **changes: Any) -> SubmissionOffice:
    settings = Settings.model_validate({"data_folder": folder, "submissions": changes})
    environ = {} if key is None else {"HOTLINE_SECRET_SUBMISSIONS": key}
    return make_submission_office(settings, Secrets(folder / "secrets", environ))


def test_it_is_off_until_somebody_asks_for_it(tmp_path: Path) -> None:
    assert office(tmp_path).exchange is None


def test_a_whole_connection_is_one(tmp_path: Path) -> None:
    assert isinstance(office(tmp_path, **WHOLE).exchange, HttpExchange)
    assert isinstance(office(tmp_path, None, exchange="file", city_code="220300").exchange, FileExchange)


@pytest.mark.parametrize("name", ["url", "key_id", "city_code"])
def test_what_is_missing_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SubmissionsNotReady, match=name):
        office(tmp_path, **WHOLE | {name: ""})


def test_a_connection_without_its_key_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SubmissionsNotReady, match="HOTLINE_SECRET_SUBMISSIONS"):
        office(tmp_path, None, **WHOLE)
