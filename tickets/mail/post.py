"""Who carries answers to citizens out of the house: the mail server, or a file while nothing may leave."""

import threading
from collections import deque
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from core.errors import HotlineError
from tickets.notices.carriers import CarrierUnsure


class Post(Protocol):
    """Takes mails."""

    def hand_over(self, mail: EmailMessage) -> None:
        """Once.  Raises CarrierNotReached, CarrierUnsure, CarrierRefused."""
        ...


class ConsolePost:
    """Nothing leaves the house: it keeps what it took (in `path`, one below the other), and fails as it was told to."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._faults: deque[HotlineError] = deque()
        self._lock = threading.Lock()
        self.taken: list[EmailMessage] = []

    def will(self, *faults: HotlineError) -> None:
        """How the next mails go wrong; one that is unsure is taken all the same."""
        self._faults.extend(faults)

    def hand_over(self, mail: EmailMessage) -> None:
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            if fault is None or isinstance(fault, CarrierUnsure):
                self.taken.append(mail)
                self._keep(mail)
        if fault is not None:
            raise fault

    def _keep(self, mail: EmailMessage) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            self._path.chmod(0o600)
            file.write(mail.as_bytes() + b"\n\n")
