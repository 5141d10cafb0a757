"""A demo city of its own for a browser: started by the command that people type, read from what it prints."""

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: The city is founded and its sixty days are played; on a busy machine that takes minutes.
READY_WITHIN_S = 900
PASSWORD = re.compile(r"密码都是 (\S+)")
ADDRESS = re.compile(r"^(http://127\.0\.0\.1:\d+)\s*$", re.MULTILINE)
CHROMIUM_FLAGS = ["--no-sandbox"]


@dataclass(frozen=True)
class Served:
    """Where the demo is, and the password of every account."""

    address: str
    password: str


class NotServed(Exception):
    """The demo did not come up; the text is what it printed."""


@contextlib.contextmanager
def demo_city(folder: Path, *, call_every_s: float) -> Iterator[Served]:
    """`hotline demo` on a free port, with its data below `folder`; stopped at the end.  Raises NotServed."""
    printed = folder / "printed.txt"
    options = ["--port", "0", "--folder", str(folder / "city"), "--call-every", str(call_every_s)]
    with printed.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "demo", *options], stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield _told(process, printed)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        process.kill()
        process.wait()


def _told(process: subprocess.Popen[bytes], printed: Path) -> Served:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        text = printed.read_text(errors="replace")
        address, password = ADDRESS.search(text), PASSWORD.search(text)
        if address and password:
            return Served(address.group(1), password.group(1))
        time.sleep(0.5)
    raise NotServed(printed.read_text(errors="replace")[-2000:])
