"""The file lock that keeps a second server off an SQLite file."""

import fcntl
import os
from pathlib import Path

from core.database.errors import SecondServer


class ServerLock:
    """Held while this process serves the file; the kernel lets go of it when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._handle)
            raise SecondServer(path=path) from error

    def release(self) -> None:
        os.close(self._handle)
