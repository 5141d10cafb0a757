"""The real server in a process of its own, as an operator starts it, for tests that kill it or look from outside."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

STARTS_WITHIN_S = 60
ROOT = Path(__file__).parents[2]
#: For processes of ours: our packages, and compiled code kept (a start costs a third with it).
QUICK = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}


@dataclass
class Server:
    """A running `hotline` process that serves at `url`."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End the server and its children at once, as a power cut would."""
        _signal_group(self.process, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def running_server(
    arguments: list[str], *, port: int, folder: Path, environment: dict[str, str] | None = None
) -> Iterator[Server]:
    """`hotline ARGUMENTS` until the block ends; `folder` is where it runs and where its log goes."""
    log = folder / f"server-{port}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=folder,
            env=os.environ | QUICK | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        wait_until_ready(server)
        yield server
    finally:
        _stop(process)


@contextmanager
def running_worker(folder: Path, environment: dict[str, str]) -> Iterator[Server]:
    """`hotline worker` until the block ends."""
    log = folder / "worker.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "worker"],
            cwd=folder,
            env=os.environ | QUICK | environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    worker = Server("", process, log)
    try:
        yield worker
    finally:
        if process.poll() is None:
            worker.kill()


def wait_until_ready(server: Server) -> None:
    """Until /readyz says yes; fails with the server's own log when it does not."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    pytest.fail(f"the server did not get ready:\n{server.log.read_text(errors='replace')[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
    _signal_group(process, signal.SIGKILL)
    process.wait(10)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
