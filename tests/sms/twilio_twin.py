"""A stateful stand-in for Twilio: it checks what Twilio checks, keeps messages, signs webhooks, and stumbles."""

import base64
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from aiohttp import web as http
from twilio.request_validator import RequestValidator

from tests.sms.serving import Fault, answered

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token that only tests use"
NUMBER = "+15005550006"


@dataclass
class Kept:
    """A message Twilio has accepted."""

    sid: str
    to: str
    body: str
    status_callback: str
    created: datetime
    status: str = "queued"
    error_code: int | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "sid": self.sid,
            "to": self.to,
            "from": NUMBER,
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "date_created": format_datetime(self.created, usegmt=True),
            "date_sent": None,
        }


@dataclass
class TwilioTwin:
    """`base_url` is set once it runs; `hangs_s` is how long it keeps a client waiting that it never answers."""

    hangs_s: float = 2.0
    kept: list[Kept] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    base_url: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def misbehave(self, *faults: Fault) -> None:
        self.faults.extend(faults)

    def fault_of(self, _to: str) -> Fault | None:
        """How this request to send goes wrong."""
        return self.faults.popleft() if self.faults else None

    def keep(self, message: Kept) -> None:
        """From here on Twilio has it."""
        self.kept.append(message)

    def report(self, sid: str, status: str, error_code: int | None = None) -> tuple[str, dict[str, str], str]:
        """(path with query, form, signature) of a status callback, as Twilio would push it."""
        message = next(kept for kept in self.kept if kept.sid == sid)
        message.status, message.error_code = status, error_code
        form = {"AccountSid": ACCOUNT, "MessageSid": sid, "MessageStatus": status, "To": message.to, "From": NUMBER}
        if error_code:
            form["ErrorCode"] = str(error_code)
        return self._pushed(message.status_callback, form)

    def inbound(self, address: str, sender: str, body: str, sid: str = "SMin1") -> tuple[str, dict[str, str], str]:
        form = {"AccountSid": ACCOUNT, "MessageSid": sid, "From": sender, "To": NUMBER, "Body": body}
        return self._pushed(address, form)

    @staticmethod
    def _pushed(address: str, form: dict[str, str]) -> tuple[str, dict[str, str], str]:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return path, form, RequestValidator(TOKEN).compute_signature(address, form)

    def application(self) -> http.Application:
        app = http.Application()
        account = "/2010-04-01/Accounts/{account}"
        app.router.add_post(f"{account}/Messages.json", self.create)
        app.router.add_get(f"{account}/Messages.json", self.list)
        app.router.add_get(f"{account}/Messages/{{sid}}.json", self.fetch)
        return app

    async def create(self, request: http.Request) -> http.StreamResponse:
        """POST Messages.json, with the checks and error numbers of the real one."""
        if refusal := self._refusal(request):
            return refusal
        form = await request.post()
        to, body = str(form.get("To", "")), str(form.get("Body", ""))
        fault = self.fault_of(to)
        if fault is Fault.TURNED_AWAY:
            return _error(429, 20429, "Too Many Requests")
        if fault is Fault.REJECTED or not to.startswith("+"):
            return _error(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not body or len(body) > 1600 or form.get("From") != NUMBER:
            return _error(400, 21602 if not body else 21606, "Message body or From is invalid")
        message = Kept(
            f"SM{next(self._numbers):032d}", to, body, str(form.get("StatusCallback", "")), datetime.now(UTC)
        )
        self.keep(message)
        error = {"code": 20500, "message": "Internal Server Error", "status": 500, "more_info": ""}
        return await answered(request, fault, message.as_json(), (500, error), hangs_s=self.hangs_s)

    async def list(self, request: http.Request) -> http.StreamResponse:
        if refusal := self._refusal(request):
            return refusal
        found = [kept.as_json() for kept in reversed(self.kept) if kept.to == request.query.get("To", kept.to)]
        return http.json_response({"messages": found, "page_size": 50, "next_page_uri": None})

    async def fetch(self, request: http.Request) -> http.StreamResponse:
        if refusal := self._refusal(request):
            return refusal
        found = [kept for kept in self.kept if kept.sid == request.match_info["sid"]]
        return http.json_response(found[0].as_json()) if found else _error(404, 20404, "not found")

    def _refusal(self, request: http.Request) -> http.Response | None:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != expected:
            return _error(401, 20003, "Authenticate")
        return None if request.match_info["account"] == ACCOUNT else _error(404, 20404, "not found")


def _error(status: int, code: int, message: str) -> http.Response:
    return http.json_response({"code": code, "message": message, "status": status, "more_info": ""}, status=status)
