"""What we give operators to start with: it names settings and commands that exist."""

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.cli import COMMANDS
from app.processes import check_together
from app.settings import read_settings

ROOT = Path(__file__).parents[2]
ANSWERS = {
    "DATABASE_PASSWORD": "one",
    "BROKER_PASSWORD": "two",
    "PUBLIC_ADDRESS": "https://12345.example.gov.cn",
    "TRUSTED_PROXIES": '["172.16.0.0/12"]',
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    text = (ROOT / "compose.yaml").read_text()
    asked = set(re.findall(r"\$\{(\w+):\?\}", text))
    assert asked == ANSWERS.keys()
    services: dict[str, Any] = yaml.safe_load(text)["services"]
    for service in services.values():
        given = service.get("environment", {})
        service["environment"] = {name: re.sub(r"\$\{(\w+):\?\}", _answer, value) for name, value in given.items()}
    return services


def _answer(asked: re.Match[str]) -> str:
    return ANSWERS[asked[1]]


@pytest.mark.parametrize("name", ["server", "worker", "migrate"])
def test_compose_gives_settings_that_we_know(name: str, services: dict[str, Any]) -> None:
    settings = read_settings(None, services[name]["environment"])

    check_together(settings)
    assert settings.database.url == "postgresql://hotline:one@database/hotline"
    assert settings.broker.url == "amqp://hotline:two@broker//"
    assert settings.web.is_https


def test_compose_and_systemd_start_commands_that_exist(services: dict[str, Any]) -> None:
    units = [path.read_text() for path in (ROOT / "deploy/systemd").glob("*.service")]

    ours = [service for service in services.values() if service["image"] == "hotline"]
    composed = [service["command"][0] for service in ours if "command" in service]
    started = [command for unit in units for command in re.findall(r"bin/hotline (\w+)", unit)]

    assert len(started) == 3
    assert set(composed + started) <= COMMANDS.keys()


def test_the_example_of_secrets_asks_what_compose_asks() -> None:
    example = (ROOT / "deploy/compose.env.example").read_text()

    assert set(re.findall(r"^(\w+)=", example, flags=re.MULTILINE)) == ANSWERS.keys()


def test_every_dockerfile_source_is_in_the_repository() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)

    assert [path for line in copied for path in line.split() if not (ROOT / path).exists()] == []


def test_make_lists_its_targets() -> None:
    said = subprocess.run(["make"], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True).stdout

    assert {"setup", "run", "test", "test-long", "check", "fix", "bench", "bench-full", "ui"} <= set(said.split())


def test_the_command_that_users_type_is_ours() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["scripts"] == {"hotline": "app.cli:main"}
