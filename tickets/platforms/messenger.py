"""Who carries a matter's state to another platform: one signed POST, or a file while nothing may leave the house."""

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import requests

from core.errors import HotlineError, Unavailable
from core.http_signatures import Message, sign_message
from tickets.platforms.rules import PlatformKey

_TRY_LATER = 500


@dataclass(frozen=True)
class Letter:
    """What goes where, and by whose key; sent again it is the same, and `version` in it tells old from new."""

    url: str
    body: bytes
    key: PlatformKey
    at: datetime


class PlatformNotReached(Unavailable):
    """It did not answer, or asked to be told later: it is told again."""

    code: ClassVar[str] = "platform_not_reached"
    message: ClassVar[str] = "平台暂时无法连接，稍后重试"


class PlatformRefused(HotlineError):
    """It will not take this, however often it is told."""

    code: ClassVar[str] = "platform_refused"
    message: ClassVar[str] = "平台拒收：{reason}"


class Messenger(Protocol):
    """Takes a letter to its platform."""

    def carry(self, letter: Letter) -> None:
        """Raises PlatformNotReached, PlatformRefused."""
        ...


class FileMessenger:
    """Nothing leaves the house: each letter is a line of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def carry(self, letter: Letter) -> None:
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                self._path.chmod(0o600)
                file.write(letter.body.decode() + "\n")


class HttpMessenger:
    """POST of JSON, signed as RFC 9421 says; 2xx is a receipt, a redirection is refused."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    def carry(self, letter: Letter) -> None:
        message = Message("POST", letter.url, letter.body, {"Content-Type": "application/json"})
        sign_message(message, key_id=letter.key.id, key=letter.key.secret, now=letter.at)
        try:
            answer = requests.post(
                letter.url, data=letter.body, headers=message.headers, timeout=self._timeout_s, allow_redirects=False
            )
        except requests.RequestException as error:
            raise PlatformNotReached from error
        if answer.status_code >= _TRY_LATER or answer.status_code == requests.codes.too_many_requests:
            raise PlatformNotReached
        if answer.status_code >= requests.codes.multiple_choices:
            raise PlatformRefused(reason=f"HTTP {answer.status_code}")
