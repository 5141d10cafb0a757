"""A private RabbitMQ for tests: its own node, ports and folders, on loopback, ended by its own process id."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.needs import needs

STARTS_WITHIN_S = 60


@dataclass
class Rabbit:
    """A running node; `url` is what `[broker] url` takes."""

    url: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End the node at once, as a power cut would."""
        _signal_group(self.process, signal.SIGKILL)
        self.process.wait(10)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_rabbit(folder: Path, port: int | None = None) -> Iterator[Rabbit]:
    """Start a node that keeps everything in `folder`; started again on the same folder and port it finds its queues."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "node.log"
    environment = _environment(folder, port)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [_server()],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    rabbit = Rabbit(f"amqp://guest:guest@127.0.0.1:{port}//", port, folder, process)
    try:
        _wait_until_open(rabbit, log)
        yield rabbit
    finally:
        _stop(process)
        # Erlang's port mapper is a daemon of its own; ours listens on a port of its own
        subprocess.run(["epmd", "-kill"], env=environment, stdout=subprocess.DEVNULL, check=False, timeout=10)


def _server() -> str:
    # the script in sbin changes to the rabbitmq user; the one below does not
    own = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return str(own) if own.exists() else str(shutil.which("rabbitmq-server"))


def _environment(folder: Path, port: int) -> dict[str, str]:
    cookie = folder / ".erlang.cookie"
    if not cookie.exists():
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\nloopback_users.guest = true\nvm_memory_high_watermark.absolute = 512MB\n"
        "disk_free_limit.absolute = 50MB\nlog.console = true\nlog.console.level = warning\nlog.file = false\n"
    )
    (folder / "enabled_plugins").write_text("[].\n")
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return kept | {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"hotline-{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "node.pid"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(free_port()),
    }


def _wait_until_open(rabbit: Rabbit, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        if rabbit.process.poll() is not None:
            break
        if _answers(rabbit.port):
            return
        time.sleep(0.1)
    pytest.fail(f"RabbitMQ did not start within {STARTS_WITHIN_S} s:\n{log.read_text(errors='replace')[-2000:]}")


def _answers(port: int) -> bool:
    """Whether the node speaks AMQP: it answers a wrong protocol header with its own."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"AMQP\x09\x09\x09\x09")
            return connection.recv(8).startswith(b"AMQP")
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)
        process.wait(10)
    _signal_group(process, signal.SIGKILL)  # helpers of the same group, if any is left


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rabbit]:
    """A RabbitMQ node for all tests of this process; mark them with `pytest.mark.needs("rabbitmq")`."""
    needs("rabbitmq")
    with running_rabbit(tmp_path_factory.mktemp("rabbitmq")) as rabbit:
        yield rabbit
