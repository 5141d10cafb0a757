"""`hotline exchange`: what it prints and how it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import ports

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "HOTLINE_TELEPHONY__AMI__SECRET": "quiet",
    "HOTLINE_TELEPHONY__AMI__PORT": f"{ports() + 98}",
    "HOTLINE_EXCHANGE__SIP_PORT": f"{ports() + 96}",
    "HOTLINE_EXCHANGE__HTTP_PORT": f"{ports() + 97}",
}


def hotline(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | SETTINGS | settings
    command = [sys.executable, "-m", "app.cli", "exchange", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


def test_an_exchange_that_does_not_run_is_a_finding(tmp_path: Path) -> None:
    said = hotline(tmp_path, "status", "--json")

    assert said.returncode == 1
    assert json.loads(said.stdout)["is_running"] is False


def test_a_start_without_an_ami_secret_is_refused_by_name(tmp_path: Path) -> None:
    said = hotline(tmp_path, "up", HOTLINE_TELEPHONY__AMI__SECRET="")

    assert said.returncode == 2
    assert "exchange_no_ami_secret" in said.stderr


def test_an_installed_asterisk_is_configured_in_a_folder(tmp_path: Path) -> None:
    said = hotline(tmp_path, "configure", "node", "--modules", "/opt/asterisk/modules")

    assert said.returncode == 0
    assert f"asterisk -C {tmp_path}/node/etc/asterisk.conf" in said.stdout
    written = tmp_path / "node/etc"
    assert "astmoddir => /opt/asterisk/modules" in (written / "asterisk.conf").read_text()
    assert (written / "manager.conf").stat().st_mode & 0o007 == 0
    assert (tmp_path / "node/prompts/greeting.alaw").stat().st_size > 8000


@pytest.mark.needs("asterisk")
def test_up_starts_it_once_and_down_stops_it(tmp_path: Path) -> None:
    try:
        first = json.loads(hotline(tmp_path, "up", "--json").stdout)
        second = json.loads(hotline(tmp_path, "up", "--json").stdout)
        seen = hotline(tmp_path, "status")
    finally:
        stopped = hotline(tmp_path, "down", "--json")

    assert first["version"].startswith("Asterisk 22.")
    assert first["is_ami_reachable"] is True
    assert second["pid"] == first["pid"]
    assert seen.returncode == 0
    assert f"AMI 127.0.0.1:{ports() + 98} answers" in seen.stdout
    assert json.loads(stopped.stdout) == {"was_running": True}
    assert hotline(tmp_path, "status").returncode == 1


@pytest.mark.needs("asterisk")
def test_recordings_and_logs_outlive_a_restart(tmp_path: Path) -> None:
    try:
        hotline(tmp_path, "up")
        kept = tmp_path / "var/exchange/recordings/20261013/1.wav"
        kept.parent.mkdir()
        kept.write_bytes(b"sound")
        hotline(tmp_path, "down")
        hotline(tmp_path, "up")
    finally:
        hotline(tmp_path, "down")

    assert kept.read_bytes() == b"sound"
    assert (tmp_path / "var/exchange/log/queue_log").read_text().count("QUEUESTART") == 2
