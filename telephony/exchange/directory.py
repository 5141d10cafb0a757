"""Makes the directory Asterisk lives in: Debian's packages by mmdebstrap, packed once and reused."""

import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from telephony.exchange.errors import BuildFailed, ExchangeLocked, NoMirror, NotDebian, WrongAsterisk

MAJOR = "22"
PACKAGES = "asterisk,asterisk-modules,asterisk-config,ca-certificates,openssl,tzdata"
#: The program and the Debian package that brings it.
PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "zstd": "zstd",
    "tar": "tar",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "dpkg": "dpkg",
}
APT_SOURCES = Path("/etc/apt")
#: A mirror's copy of an unstable suite may be older than its own Valid-Until.
APT_OPTIONS = (
    'APT::Install-Recommends "false"',
    'Acquire::Check-Valid-Until "false"',
    'Acquire::Check-Date "false"',
)
LEFT_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*")


@dataclass(frozen=True)
class AsteriskDirectory:
    """An unpacked Asterisk that instances share and only read."""

    root: Path

    @property
    def version(self) -> str:
        """Debian's version of the package, such as `1:22.10.1+dfsg…`."""
        query = ["dpkg-query", f"--admindir={self.root / 'var/lib/dpkg'}", "-f", "${Version}", "-W", "asterisk"]
        return subprocess.run(query, check=True, capture_output=True, text=True).stdout.strip()

    @property
    def modules(self) -> Path:
        """Where Asterisk finds its modules, seen from inside."""
        found = next(self.root.glob("usr/lib/*/asterisk/modules"))
        return Path("/") / found.relative_to(self.root)

    def user(self) -> tuple[int, int]:
        """User and group id of Asterisk inside."""
        for line in (self.root / "etc/passwd").read_text(encoding="utf-8").splitlines():
            name, _, uid, gid, *_ = line.split(":")
            if name == "asterisk":
                return int(uid), int(gid)
        raise BuildFailed(reason="no user asterisk in /etc/passwd")


def require_programs() -> None:
    """Raises NotDebian naming every program that is missing."""
    missing = {program: package for program, package in PROGRAMS.items() if shutil.which(program) is None}
    if missing:
        raise NotDebian(programs="、".join(missing), packages=" ".join(sorted(set(missing.values()))))


def asterisk_directory(cache: Path, suite: str) -> AsteriskDirectory:
    """The unpacked Asterisk of `suite`: from the cache, else from its packed copy, else fetched (about 40 s).

    Raises NotDebian, NoMirror, BuildFailed, WrongAsterisk.
    """
    require_programs()
    cache.mkdir(parents=True, exist_ok=True)
    name = f"asterisk-{MAJOR}-{suite}-{_architecture()}"
    packed, unpacked = cache / f"{name}.tar.zst", cache / name
    with locked(cache / f"{name}.lock", waits=True):
        if not (unpacked / "usr/sbin/asterisk").exists():
            if not packed.exists():
                _fetch(suite, packed)
            _unpack(packed, unpacked)
    directory = AsteriskDirectory(unpacked)
    if not re.match(rf"(\d+:)?{MAJOR}\.", directory.version):
        raise WrongAsterisk(version=directory.version)
    return directory


@contextmanager
def locked(path: Path, *, waits: bool) -> Iterator[IO[str]]:
    """Hold a file lock; without `waits` raises ExchangeLocked when another process holds it."""
    with path.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExchangeLocked(folder=path.parent) from error
        yield file


def mirror_of(sources: Path) -> str:
    """The first Debian mirror in apt's own lists, old style or deb822.  Raises NoMirror."""
    lists = [sources / "sources.list", *sorted((sources / "sources.list.d").glob("*"))]
    for path in lists:
        if not path.is_file():
            continue
        lines = (line.split("#")[0] for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
        for word in (word for line in lines for word in line.split()):
            if re.fullmatch(r"https?://\S+/debian/?", word):
                return word
    raise NoMirror


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()


def _fetch(suite: str, packed: Path) -> None:
    half = packed.with_name(f"half-{packed.name}")
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", f"--include={PACKAGES}"]
    command += [f"--aptopt={option}" for option in APT_OPTIONS] + [
        f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT
    ]
    _run([*command, suite, str(half), mirror_of(APT_SOURCES)])
    half.rename(packed)


def _unpack(packed: Path, unpacked: Path) -> None:
    half = unpacked.with_name(f"half-{unpacked.name}")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    _run(["tar", "--zstd", "-xf", str(packed), "-C", str(half), "--exclude=./dev/*", "--numeric-owner"])
    # where instances are mounted: the packages need not have made them
    for place in ("dev", "proc"):
        (half / place).mkdir(parents=True, exist_ok=True)
    (half / "etc/hosts").touch()
    shutil.rmtree(unpacked, ignore_errors=True)
    half.rename(unpacked)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise BuildFailed(reason=f"{command[0]} {done.returncode}: {' / '.join(lines[-3:])}")
