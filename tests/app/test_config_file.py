"""config.toml: every key is there, explained, and at its true default."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.config_file import explained_config
from app.settings import Settings, read_settings
from core.settings import WrongSettings

SHIPPED = Path(__file__).parent.parent.parent / "config.toml"


def fields_without_description(section: BaseModel, path: str = "") -> Iterator[str]:
    for name, field in type(section).model_fields.items():
        if not field.description:
            yield f"{path}{name}"
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from fields_without_description(value, f"{path}{name}.")


def test_every_setting_is_explained() -> None:
    assert list(fields_without_description(Settings())) == []


def test_the_shipped_file_names_every_setting_with_its_explanation() -> None:
    """When this fails: .venv/bin/python -m app.config_file > config.toml"""
    assert SHIPPED.read_text(encoding="utf-8") == explained_config()


def test_the_shipped_file_changes_nothing() -> None:
    assert read_settings(SHIPPED, {}) == Settings()


def test_every_default_can_be_written_as_it_stands(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    active = re.sub(r"^# (\w+ = )", r"\1", explained_config(), flags=re.MULTILINE)
    unset = re.sub(r"^\w+ = .*# not set\n", "", active, flags=re.MULTILINE)
    config.write_text(unset, encoding="utf-8")

    assert read_settings(config, {}) == Settings()


@pytest.mark.parametrize("name", ["HOTLINE_DB__URL", "HOTLINE_DATABASE__PULL", "HOTLINE_SMS__TWILIO__SID"])
def test_a_mistyped_variable_stops_the_start_and_is_named(name: str) -> None:
    with pytest.raises(WrongSettings, match=name):
        read_settings(None, {name: "x"})
