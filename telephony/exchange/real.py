"""Starts and stops a real Asterisk 22 in a directory of its own, with our configuration and nothing of the host's."""

import contextlib
import functools
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from telephony.exchange import errors
from telephony.exchange.configuration import PROMPTS, ExchangeSecrets, Places, check_ami, write
from telephony.exchange.directory import AsteriskDirectory, asterisk_directory, locked
from telephony.exchange.settings import ExchangeSettings
from telephony.settings import AmiSettings

#: In a mount namespace of its own: the instance's folder under the same path inside as outside, then Asterisk.
#: No real-time priority (-p): on a small machine it would take the processor from our own server.
START = """
set -e
mount --make-rprivate /
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
mount --bind "$2" "$1$2"
mount --bind "$2/hosts" "$1/etc/hosts"
exec chroot "$1" /usr/sbin/asterisk -f -U asterisk -G asterisk -C "$2/etc/asterisk.conf"
"""
BOOTS_WITHIN_S = 60
STOPS_WITHIN_S = 15
FREES_WITHIN_S = 2


@dataclass(frozen=True)
class ExchangeStatus:
    """What `hotline exchange status` says; None where nothing runs."""

    is_running: bool
    pid: int | None
    version: str | None
    uptime_s: int | None
    is_ami_reachable: bool
    sip: str
    ami: str
    recordings: Path
    queue_log: Path


class RealExchange:
    """One instance: its settings, its folder, its process."""

    def __init__(
        self, exchange: ExchangeSettings, ami: AmiSettings, secrets: ExchangeSecrets, *, prompts: Path = PROMPTS
    ) -> None:
        self.exchange, self.ami, self.secrets, self.prompts = exchange, ami, secrets, prompts
        self.folder = exchange.folder.expanduser().resolve()
        self.places = Places(self.folder, modules=Path("/usr/lib/asterisk/modules"))
        #: only in the process that started it, which has to wait for it in the end
        self._process: subprocess.Popen[bytes] | None = None

    def up(self) -> ExchangeStatus:
        """Start Asterisk and return when it takes calls; leave it alone when it runs already.

        Raises NotRoot, AmiSecretMissing, PortTaken, StartFailed, ExchangeLocked and what asterisk_directory raises.
        """
        check_ami(self.ami, self.secrets)
        _require_root()
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "exchange.lock", waits=False):
            # one that has just been killed, or is just starting, is there and yet does not answer
            _wait_until(lambda: self._pid() is None or self._is_booted(), BOOTS_WITHIN_S)
            if self._pid() is None:
                directory = asterisk_directory(self.exchange.cache.expanduser().resolve(), self.exchange.suite)
                self._check_ports()
                self._write(directory)
                self._start(directory)
        return self.status()

    def down(self) -> bool:
        """Stop our own Asterisk, and say whether one ran.  Raises NotRoot, StopFailed, ExchangeLocked."""
        _require_root()
        if not self.folder.exists():
            return False
        with locked(self.folder / "exchange.lock", waits=False):
            pid = self._pid()
            if pid is None:
                return False
            for number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
                if _wait_until(lambda: self._pid() is None, STOPS_WITHIN_S):
                    self._pid_file.unlink()
                    if self._process is not None:
                        self._process.wait()
                    return True
            raise errors.StopFailed(pid=pid)

    def status(self) -> ExchangeStatus:
        """What runs now."""
        pid = self._pid()
        version = self._asked("core show version") if pid else None
        uptime = self._asked("core show uptime seconds") if pid else None
        found = re.search(r"System uptime: (\d+)", uptime or "")
        return ExchangeStatus(
            is_running=pid is not None,
            pid=pid,
            version=version.split(" built ")[0] if version else None,
            uptime_s=int(found[1]) if found else None,
            is_ami_reachable=_greets(str(self.exchange.address), self.ami.port),
            sip=f"{self.exchange.address}:{self.exchange.sip_port}",
            ami=f"{self.exchange.address}:{self.ami.port}",
            recordings=self.places.recordings,
            queue_log=self.places.queue_log,
        )

    def command(self, line: str) -> str:
        """What Asterisk's own command line answers.  Raises StartFailed when it does not run."""
        pid = self._pid()
        if pid is None:
            raise errors.StartFailed(log=self.places.log, reason="not running")
        asterisk = ["/usr/sbin/asterisk", "-C", str(self.places.configuration / "asterisk.conf"), "-rx", line]
        entered = ["nsenter", f"--mount=/proc/{pid}/ns/mnt", "chroot", str(Path(f"/proc/{pid}/root").readlink())]
        done = subprocess.run([*entered, *asterisk], check=False, capture_output=True, text=True, timeout=20)
        return done.stdout.strip()

    @property
    def _pid_file(self) -> Path:
        return self.folder / "exchange.pid"

    def _pid(self) -> int | None:
        """The process we started, if it still runs; a number taken over by another program is not ours."""
        try:
            noted = json.loads(self._pid_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return noted["pid"] if _started_at(noted["pid"]) == noted["started_at"] else None

    def _check_ports(self) -> None:
        address = str(self.exchange.address)
        wanted = (
            (socket.SOCK_DGRAM, self.exchange.sip_port, "SIP"),
            (socket.SOCK_STREAM, self.ami.port, "AMI"),
            (socket.SOCK_STREAM, self.exchange.http_port, "WebSocket"),
        )
        for kind, port, purpose in wanted:
            # the threads of one that was killed may hold a port a moment longer than its process lives
            if not _wait_until(functools.partial(_is_free, kind, address, port), FREES_WITHIN_S):
                raise errors.PortTaken(address=address, port=port, purpose=purpose)

    def _write(self, directory: AsteriskDirectory) -> None:
        """Everything the instance reads, and the folders it writes to, which belong to Asterisk's user."""
        self.places = Places(self.folder, modules=directory.modules)
        write(self.exchange, self.ami, self.secrets, self.places, prompts=self.prompts)
        uid, gid = directory.user()
        for folder in self.places.written():
            os.chown(folder, uid, gid)
        for path in (self.places.configuration, *self.places.configuration.iterdir()):
            os.chown(path, 0, gid)
        # without the machine's own name every call would ask a resolver for it, twice
        hosts = f"127.0.0.1 localhost {socket.gethostname()}\n::1 localhost\n"
        (self.folder / "hosts").write_text(hosts, encoding="utf-8")
        Path(f"{directory.root}{self.folder}").mkdir(parents=True, exist_ok=True)

    def _start(self, directory: AsteriskDirectory) -> None:
        if self._process is not None:
            self._process.wait()
        console = self.places.log / "console"
        with console.open("wb") as output:
            process = self._process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", START, "asterisk", str(directory.root), str(self.folder)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        started_at = _started_at(process.pid)
        self._pid_file.write_text(json.dumps({"pid": process.pid, "started_at": started_at}), encoding="utf-8")
        if (
            not _wait_until(lambda: process.poll() is not None or self._is_booted(), BOOTS_WITHIN_S)
            or process.poll() is not None
        ):
            process.kill()
            process.wait()
            said = console.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise errors.StartFailed(log=self.places.log, reason=" / ".join(said[-3:]) or f"exit {process.returncode}")

    def _is_booted(self) -> bool:
        return "fully booted" in (self._asked("core waitfullybooted") or "")

    def _asked(self, line: str) -> str | None:
        try:
            return self.command(line) or None
        except (errors.StartFailed, FileNotFoundError, subprocess.TimeoutExpired):
            return None


def _require_root() -> None:
    if os.geteuid() != 0:
        raise errors.NotRoot


def _started_at(pid: int) -> int | None:
    """When the process began, in ticks since the machine did; None when it is gone or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def _is_free(kind: socket.SocketKind, address: str, port: int) -> bool:
    with socket.socket(type=kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def _greets(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=2) as link:
            return link.recv(64).startswith(b"Asterisk Call Manager")
    except OSError:
        return False


def _wait_until(is_true: Callable[[], bool], within_s: float) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if is_true():
            return True
        time.sleep(0.1)
    return False
