"""Ports for tests that start programs which must be told theirs: a hundred for each test process of this machine."""

import fcntl
import socket
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

import pytest

FIRST, LAST, EACH = 18300, 20300, 100
#: Where programs of the tests listen.
PROBED = (
    ("127.0.0.1", socket.SOCK_STREAM),
    ("127.0.0.1", socket.SOCK_DGRAM),
    ("127.0.0.3", socket.SOCK_DGRAM),
)
_held: list[IO[str]] = []


@cache
def ports() -> int:
    """The first of a hundred ports that are this process's alone until it ends."""
    for first in range(FIRST, LAST, EACH):
        lock = (Path(tempfile.gettempdir()) / f"hotline-test-ports-{first}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _held.append(lock)
        if not any(_is_taken(port) for port in range(first, first + EACH)):
            return first
    pytest.fail("all blocks of test ports are taken")


def _is_taken(port: int) -> bool:
    """Whether a program listens there, such as one left over from a run that was killed."""
    for address, kind in PROBED:
        with socket.socket(type=kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(kind is socket.SOCK_STREAM))
            try:
                probe.bind((address, port))
            except OSError:
                return True
    return False
