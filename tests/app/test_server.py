"""The server as an operator starts and stops it, in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.system.rabbitmq import free_port
from tests.system.server import QUICK, running_server


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "HOTLINE_DATABASE__URL": database_url,
        "HOTLINE_DATA_FOLDER": str(tmp_path / "data"),
        "HOTLINE_TELEPHONY__AMI__PORT": "1",
    }


def hotline(arguments: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=folder,
        env=os.environ | QUICK | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_serves_names_its_dependencies_and_ends_in_good_order(environment: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    with running_server(["serve", "--port", str(port)], port=port, folder=tmp_path, environment=environment) as server:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=10) as answer:
            ready = json.load(answer)
        os.killpg(server.process.pid, signal.SIGTERM)

        assert server.process.wait(20) == 0

    names = {dependency["name"] for dependency in ready["dependencies"]}
    assert ready["ready"] is True
    assert {"database", "migrations", "jobs", "calendar", "ami", "disk"} <= names
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["calls"]])
def test_a_second_server_on_one_sqlite_file_is_refused_by_name(
    environment: dict[str, str], tmp_path: Path, command: list[str]
) -> None:
    port = free_port()
    with running_server(["serve", "--port", str(port)], port=port, folder=tmp_path, environment=environment):
        refused = hotline(command, tmp_path, environment)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "second_server" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
def test_after_a_kill_the_file_may_be_served_again_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    arguments = ["serve", "--port", str(port)]
    with running_server(arguments, port=port, folder=tmp_path, environment=environment) as server:
        server.kill()

    with running_server(arguments, port=port, folder=tmp_path, environment=environment) as again:
        assert again.process.poll() is None


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_two_servers_and_the_call_layer_share_one_postgresql(environment: dict[str, str], tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    with (
        running_server(["serve", "--port", str(first)], port=first, folder=tmp_path, environment=environment) as one,
        running_server(["serve", "--port", str(second)], port=second, folder=tmp_path, environment=environment) as two,
    ):
        assert (one.process.poll(), two.process.poll()) == (None, None)


def test_a_port_that_is_taken_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = hotline(["serve", "--port", str(taken.getsockname()[1])], tmp_path, environment)

    assert refused.returncode == 2
    assert "address_taken" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("broker", "code"), [("", "broker_missing"), ("amqp://guest:s3cret@127.0.0.1:1//", "broker_unreachable")]
)
def test_a_worker_says_why_it_cannot_work(environment: dict[str, str], tmp_path: Path, broker: str, code: str) -> None:
    refused = hotline(["worker"], tmp_path, environment | {"HOTLINE_BROKER__URL": broker})

    assert refused.returncode == 2
    assert code in refused.stderr
    assert "s3cret" not in refused.stderr


def test_check_names_what_is_away_and_exits_1(environment: dict[str, str], tmp_path: Path) -> None:
    found = hotline(["check", "--json"], tmp_path, environment)

    state = {one["name"]: one for one in json.loads(found.stdout)["dependencies"]}
    assert found.returncode == 1
    assert (state["database"]["is_ready"], state["ami"]["is_ready"]) == (True, False)
    assert "ami_down" in state["ami"]["detail"]
