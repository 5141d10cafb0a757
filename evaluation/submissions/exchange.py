"""Who carries a record to the exchange: one signed POST with its answer, or a file while nothing may leave."""

import json
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import requests

from core.http_signatures import Message, sign_message
from evaluation.submissions.errors import ExchangeNotReached, ExchangeRefused, ExchangeUnsure

#: the exchange's word for: taken
OK = "0"
_RECEIPT_MOST, _WHY_MOST, _WORDS_MOST = 80, 40, 400
#: of a record's content; any other 4xx is about the connection, and no record is to blame for it
_ABOUT_THE_RECORD = frozenset({400, 409, 422})


@dataclass(frozen=True)
class Envelope:
    """A record on its way; sent again it is byte for byte the same."""

    number: str
    body: bytes
    at: datetime


class Exchange(Protocol):
    """Takes records, each number once."""

    def carry(self, envelope: Envelope) -> str:
        """The receipt's number.  Raises ExchangeNotReached, ExchangeUnsure, ExchangeRefused."""
        ...


class FileExchange:
    """Nothing leaves the house: each record is a line of a file, and what was taken counts as taken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def carry(self, envelope: Envelope) -> str:
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                self._path.chmod(0o600)
                file.write(envelope.body.decode() + "\n")
        return f"FILE-{envelope.number}"


class HttpExchange:
    """POST of JSON, signed as RFC 9421 says; the answer is {code, message, receipt}, and code "0" means taken."""

    def __init__(self, url: str, *, key_id: str, key: bytes, timeout_s: float) -> None:
        self._url, self._key_id, self._key, self._timeout_s = url, key_id, key, timeout_s

    def carry(self, envelope: Envelope) -> str:
        headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{envelope.number}"'}
        message = Message("POST", self._url, envelope.body, headers)
        sign_message(message, key_id=self._key_id, key=self._key, now=envelope.at)
        try:
            answer = requests.post(
                self._url, data=envelope.body, headers=message.headers, timeout=self._timeout_s, allow_redirects=False
            )
        except (requests.ConnectTimeout, requests.exceptions.InvalidURL) as error:
            raise ExchangeNotReached(reason=type(error).__name__) from error
        except requests.RequestException as error:
            raise (ExchangeNotReached if _was_never_open(error) else ExchangeUnsure)(
                reason=type(error).__name__
            ) from error
        return _receipt(answer)


def _was_never_open(error: requests.RequestException) -> bool:
    return "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)


def _receipt(answer: requests.Response) -> str:
    """Raises ExchangeNotReached, ExchangeUnsure, ExchangeRefused."""
    status = f"HTTP {answer.status_code}"
    if answer.status_code in {429, 503}:
        raise ExchangeNotReached(reason=status)
    if answer.status_code >= requests.codes.server_error:
        raise ExchangeUnsure(reason=status)
    if answer.status_code >= requests.codes.multiple_choices and answer.status_code not in _ABOUT_THE_RECORD:
        raise ExchangeNotReached(reason=status)
    said = _said(answer)
    code = str(said.get("code", ""))[:_WHY_MOST]
    if code != OK or answer.status_code in _ABOUT_THE_RECORD:
        raise ExchangeRefused(why=code or status, words=str(said.get("message", ""))[:_WORDS_MOST])
    receipt = str(said.get("receipt") or "")[:_RECEIPT_MOST]
    if not receipt:
        raise ExchangeUnsure(reason="答复中没有回执编号")
    return receipt


def _said(answer: requests.Response) -> dict[str, Any]:
    """Raises ExchangeUnsure where the answer to a taken request cannot be read."""
    try:
        said = json.loads(answer.content)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        if answer.status_code in _ABOUT_THE_RECORD:
            return {}
        raise ExchangeUnsure(reason="答复无法读取")
    return said
