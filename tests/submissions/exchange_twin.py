"""A provincial exchange for tests: checks signature and fields like the real one, keeps what it took by its number.

It shares no code with what it stands against: fields, formats and codes are written here once more.
"""

import hashlib
import json
import re
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from docs.examples.platform_client import is_from_the_hotline
from evaluation.submissions.errors import ExchangeNotReached, ExchangeRefused, ExchangeUnsure
from evaluation.submissions.exchange import Envelope
from tests.sms.desk import MovableClock

KEY_ID, KEY = "220300.1", b"a key that only tests share"
PATH = "/exchange/records"
_MOMENT = re.compile(r"20\d{12}")
_TICKET = {
    "affairSerialNo": ".{1,60}",
    "affairApplyTime": _MOMENT.pattern,
    "departmentCode": ".{1,40}",
    "userName": ".{1,40}",
    "userType": "[01]",
}
_RATING = {
    "evaluationNo": ".{1,40}",
    "satisfaction": "[1-5]",
    "channel": r"0\d",
    "evaluateTime": _MOMENT.pattern,
    "isDefault": "0",
}
_SCHEMAS: dict[str, dict[str, str]] = {
    "11": {**_TICKET, "evalProcess": "1"},
    "12": {**_TICKET, "evalProcess": "2", "affairDoneTime": _MOMENT.pattern},
    "13": {**_TICKET, "evalProcess": "3", "affairDoneTime": _MOMENT.pattern},
    "21": {**_RATING, "affairSerialNo": ".{1,60}", "evalProcess": "[12]"},
    "22": {**_RATING, "affairSerialNo": ".{1,60}", "relatedEvaluationNo": ".{1,40}"},
    "23": {**_RATING, "affairSerialNo": ".{1,60}", "evaluationObject": "3"},
    "24": {**_RATING, "departmentCode": ".{1,40}"},
    "25": {**_RATING, "relatedEvaluationNo": ".{1,40}", "rectifyNo": ".{1,40}", "evaluationObject": "5"},
    "31": {"evaluationNo": ".{1,40}", "rectifyNo": ".{1,40}", "rectifyStatus": r"\d", "rectifyTime": _MOMENT.pattern},
}


class Mood(Enum):
    """What the twin does with the next record."""

    TAKE = "take"
    #: takes it, and the answer never comes
    SILENT = "silent"
    #: the line is cut before anything was read
    LOST = "lost"
    BUSY = "busy"
    #: fails with 500 behind having taken it
    BROKEN = "broken"
    REFUSE = "refuse"
    GARBLED = "garbled"


@dataclass
class Twin:
    """`moods` are for the next deliveries, one each; then it takes whatever is right."""

    clock: MovableClock
    moods: deque[Mood] = field(default_factory=deque)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    known_serials: set[str] = field(default_factory=set)

    def receive(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        """Status and answer; None: the line is cut."""
        mood = self.moods.popleft() if self.moods else Mood.TAKE
        if mood is Mood.LOST:
            return None
        if mood is Mood.BUSY:
            return 503, b""
        if not self._is_signed(headers, body):
            return 401, b""
        answer = self._judged(json.loads(body), body, refuses=mood is Mood.REFUSE)
        if mood is Mood.SILENT:
            return None
        if mood is Mood.BROKEN:
            return 500, b"oops"
        return (200, b"<html>") if mood is Mood.GARBLED else (200, json.dumps(answer).encode())

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        now = int(self.clock.now().timestamp())
        is_ours = f'keyid="{KEY_ID}"' in headers.get("Signature-Input", "")
        return is_ours and is_from_the_hotline(PATH, headers, body, key=KEY, now=now)

    def _judged(self, record: dict[str, Any], body: bytes, *, refuses: bool) -> dict[str, str]:
        number, digest = str(record.get("recordNo")), hashlib.sha256(body).hexdigest()
        self.seen[number] += 1
        if number in self.receipts:
            return {"code": "0", "message": "重复", "receipt": self.receipts[number]}
        if refuses:
            return {"code": "E2003", "message": "实施清单编码不存在"}
        if fault := self._fault(record):
            return fault
        self.taken[number] = record
        self.receipts[number] = f"R{len(self.receipts) + 1:06}-{digest[:8]}"
        return {"code": "0", "message": "成功", "receipt": self.receipts[number]}

    def _fault(self, record: dict[str, Any]) -> dict[str, str] | None:
        schema = _SCHEMAS.get(str(record.get("recordType")))
        if schema is None:
            return {"code": "E1001", "message": "记录类型不存在"}
        for name, pattern in schema.items():
            if not re.fullmatch(pattern, str(record.get(name, ""))):
                return {"code": "E1002", "message": f"{name} 不符合要求"}
        if record["recordType"] == "11":
            self.known_serials.add(record["affairSerialNo"])
        elif record["recordType"] in {"12", "13"} and record["affairSerialNo"] not in self.known_serials:
            return {"code": "E1004", "message": "没有受理记录"}
        return None

    def order_of(self, serial: str) -> list[str]:
        """The record types of a matter in the order in which they were taken."""
        return [record["recordType"] for record in self.taken.values() if record.get("affairSerialNo") == serial]


class Direct:
    """The twin without a network between: what a client of ours makes of each answer."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    def carry(self, envelope: Envelope) -> str:
        mood = self._twin.moods.popleft() if self._twin.moods else Mood.TAKE
        if mood in {Mood.LOST, Mood.BUSY}:
            raise ExchangeNotReached(reason=mood.value)
        answer = self._twin._judged(json.loads(envelope.body), envelope.body, refuses=mood is Mood.REFUSE)
        if mood in {Mood.SILENT, Mood.BROKEN, Mood.GARBLED}:
            raise ExchangeUnsure(reason=mood.value)
        if answer["code"] != "0":
            raise ExchangeRefused(why=answer["code"], words=answer["message"])
        return answer["receipt"]


class TwinServer:
    """The twin on the loopback."""

    def __init__(self, twin: Twin) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = twin.receive(dict(self.headers), body) if self.path == PATH else (404, b"")
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer[0])
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody is there any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
