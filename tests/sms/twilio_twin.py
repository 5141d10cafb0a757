"""A stateful stand-in for Twilio: it checks what Twilio checks, keeps messages, signs webhooks, and stumbles."""

import asyncio
import base64
import itertools
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from urllib.parse import urlsplit

from aiohttp import web as http
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token that only tests use"
NUMBER = "+15005550006"


class Fault(StrEnum):
    """How the next request to send goes wrong."""

    REJECTED = "rejected"
    TURNED_AWAY = "turned_away"
    TIMEOUT_AFTER_ACCEPTANCE = "timeout_after_acceptance"
    BROKEN_AFTER_ACCEPTANCE = "broken_after_acceptance"
    STUMBLED_AFTER_ACCEPTANCE = "stumbled_after_acceptance"
    GARBAGE_AFTER_ACCEPTANCE = "garbage_after_acceptance"


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

    async def create(self, request: http.Request) -> http.StreamResponse:
        """POST Messages.json, with the checks and error numbers of the real one."""
        if refusal := self._refusal(request):
            return refusal
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.TURNED_AWAY:
            return _error(429, 20429, "Too Many Requests")
        form = await request.post()
        to, body = str(form.get("To", "")), str(form.get("Body", ""))
        if fault is Fault.REJECTED or not to.startswith("+"):
            return _error(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not body or len(body) > 1600 or form.get("From") != NUMBER:
            return _error(400, 21602 if not body else 21606, "Message body or From is invalid")
        message = Kept(
            f"SM{next(self._numbers):032d}", to, body, str(form.get("StatusCallback", "")), datetime.now(UTC)
        )
        self.kept.append(message)
        return await self._answered(request, message, fault)

    async def _answered(self, request: http.Request, message: Kept, fault: Fault | None) -> http.StreamResponse:
        match fault:
            case Fault.TIMEOUT_AFTER_ACCEPTANCE:
                await asyncio.sleep(self.hangs_s)
            case Fault.BROKEN_AFTER_ACCEPTANCE:
                assert request.transport is not None
                request.transport.abort()
            case Fault.STUMBLED_AFTER_ACCEPTANCE:
                return _error(500, 20500, "Internal Server Error")
            case Fault.GARBAGE_AFTER_ACCEPTANCE:
                return http.Response(status=201, text="<html>a proxy says hello</html>")
        return http.json_response(message.as_json(), status=201)

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


@contextmanager
def running(twin: TwilioTwin) -> Iterator[TwilioTwin]:
    """The twin on a free port of the loopback, in a thread of its own."""
    loop = asyncio.new_event_loop()
    runner = http.AppRunner(_application(twin), shutdown_timeout=0.1)

    async def start() -> None:
        await runner.setup()
        site = http.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        twin.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(timeout=5)
    try:
        yield twin
    finally:
        asyncio.run_coroutine_threadsafe(_end(runner), loop).result(timeout=5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        loop.close()


async def _end(runner: http.AppRunner) -> None:
    """Close the server and whatever still keeps a client waiting."""
    await runner.cleanup()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _application(twin: TwilioTwin) -> http.Application:
    app = http.Application()
    account = "/2010-04-01/Accounts/{account}"
    app.router.add_post(f"{account}/Messages.json", twin.create)
    app.router.add_get(f"{account}/Messages.json", twin.list)
    app.router.add_get(f"{account}/Messages/{{sid}}.json", twin.fetch)
    return app


def _error(status: int, code: int, message: str) -> http.Response:
    return http.json_response({"code": code, "message": message, "status": status, "more_info": ""}, status=status)
