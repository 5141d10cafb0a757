"""The locks: complete, with hashes, naming no host, so that every machine takes packages from where it is told to."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = (
    "requirements.lock", "requirements-dev.lock", "deploy/setup/uv.lock", "deploy/setup/node.lock",
    "bench/helpdesk/requirements.lock",
)  # fmt: skip


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", (ROOT / lock).read_text(), flags=re.MULTILINE))


def wanted(requirements: list[str]) -> set[str]:
    return {re.split(r"[^a-z0-9._-]", requirement)[0] for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_gives_every_package_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert re.findall(r"https?:|file:|index-url|find-links", text) == []
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z0-9])", text) if "==" in block)


def test_the_page_s_lock_names_no_host() -> None:
    packages = json.loads((ROOT / "web/ui/package-lock.json").read_text())["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_what_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert wanted(project["dependencies"]) <= locked("requirements.lock").keys()
    assert wanted(project["optional-dependencies"]["dev"]) <= locked("requirements-dev.lock").keys()


def test_developers_run_the_versions_that_users_run() -> None:
    run, develop = locked("requirements.lock"), locked("requirements-dev.lock")

    assert run.items() <= develop.items()
