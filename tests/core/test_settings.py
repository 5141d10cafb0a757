"""Settings: file and environment, and whatever they do not know is named."""

from pathlib import Path

import pytest
from pydantic import Field

from core.settings import Section, WrongSettings, load_settings


class Line(Section):
    host: str = Field("127.0.0.1", description="where")
    port: int = Field(5038, ge=1, le=65535, description="port")
    networks: list[str] = Field(default_factory=list, description="who")


class All(Section):
    name: str = Field("hotline", description="name")
    line: Line = Field(Line(), description="line")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(config: Path) -> None:
    config.write_text('name = "file"\n[line]\nhost = "10.0.0.1"\nport = 1\n', encoding="utf-8")

    settings = load_settings(All, config, {"HOTLINE_LINE__PORT": "7", "PATH": "/bin"})

    assert (settings.name, settings.line.host, settings.line.port) == ("file", "10.0.0.1", 7)


def test_lists_come_from_the_environment_as_json() -> None:
    settings = load_settings(All, None, {"HOTLINE_LINE__NETWORKS": '["10.0.0.0/8", "127.0.0.1"]'})

    assert settings.line.networks == ["10.0.0.0/8", "127.0.0.1"]


@pytest.mark.parametrize(
    ("text", "environ", "named"),
    [
        ("[line]\nprot = 1\n", {}, "line.prot"),
        ("[lines]\nport = 1\n", {}, "中的 lines"),
        ("", {"HOTLINE_LINE__PROT": "1"}, "HOTLINE_LINE__PROT"),
        ("", {"HOTLINE_LINES__PORT": "1"}, "HOTLINE_LINES__PORT"),
        ("", {"HOTLINE_NAMES": "1"}, "HOTLINE_NAMES"),
        ("", {"HOTLINE_LINE__PORT__X": "1"}, "HOTLINE_LINE__PORT__X"),
        ("", {"HOTLINE_LINE": "here"}, "HOTLINE_LINE"),
        ("", {"HOTLINE_LINE__PORT": "70000"}, "HOTLINE_LINE__PORT"),
        ("[line]\nport = 'many'\n", {}, "line.port"),
        ("[line\n", {}, "无法解析"),
    ],
)
def test_what_it_does_not_know_or_cannot_take_stops_the_start_by_name(
    config: Path, text: str, environ: dict[str, str], named: str
) -> None:
    config.write_text(text, encoding="utf-8")

    with pytest.raises(WrongSettings) as refused:
        load_settings(All, config, environ)

    assert named in str(refused.value)


def test_every_fault_is_named_at_once(config: Path) -> None:
    config.write_text("nmae = 1\n[line]\nport = 0\n", encoding="utf-8")

    with pytest.raises(WrongSettings) as refused:
        load_settings(All, config, {"HOTLINE_X": "1"})

    assert [word in str(refused.value) for word in ("nmae", "line.port", "HOTLINE_X")] == [True] * 3


def test_a_wrong_value_is_not_repeated_in_the_message(config: Path) -> None:
    with pytest.raises(WrongSettings) as refused:
        load_settings(All, None, {"HOTLINE_LINE__PORT": "s3cret-in-the-wrong-place"})

    assert "s3cret" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match=r"nowhere\.toml"):
        load_settings(All, tmp_path / "nowhere.toml", {})


def test_secrets_in_the_environment_are_not_taken_for_settings() -> None:
    assert load_settings(All, None, {"HOTLINE_SECRET_PHONE": "x", "HOTLINE_CONFIG": "y"}).name == "hotline"
