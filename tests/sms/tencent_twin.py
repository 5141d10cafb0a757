"""A stateful stand-in for Tencent Cloud SMS: it checks what Tencent checks, keeps messages, and stumbles."""

import itertools
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web as http

from core.clock import Clock, SystemClock
from sms.providers.signing import tencent_authorization
from tests.sms.serving import Fault, answered

SECRET_ID, SECRET_KEY = "AKIDtests", "a key that only tests use"
APP, SIGNATURE = "1400000000", "长春12345"
TEMPLATES = {"rating": "1000001", "rating_echo": "1000002"}
#: their clock and ours may differ by five minutes
EXPIRES_S = 300


@dataclass
class Kept:
    """A message Tencent has accepted."""

    serial: str
    phone: str
    template: str
    parameters: list[str]
    session: str
    created: float
    status: str = ""
    code: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "SerialNo": self.serial,
            "PhoneNumber": self.phone,
            "SessionContext": self.session,
            "ReportStatus": self.status,
            "Description": self.code,
            "UserReceiveTime": int(self.created),
        }


@dataclass
class TencentTwin:
    """`hangs_s` is how long it keeps a client waiting that it never answers."""

    hangs_s: float = 2.0
    kept: list[Kept] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    base_url: str = ""
    clock: Clock = field(default_factory=SystemClock)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def misbehave(self, *faults: Fault) -> None:
        self.faults.extend(faults)

    def report(self, serial: str, status: str = "SUCCESS", code: str = "DELIVRD") -> list[dict[str, object]]:
        """What it pushes about a message, and says from now on."""
        message = next(kept for kept in self.kept if kept.serial == serial)
        message.status, message.code = status, code
        return [
            {
                "user_receive_time": "2026-10-13 10:00:00",
                "nationcode": "86",
                "mobile": message.phone.removeprefix("+86"),
                "report_status": status,
                "errmsg": code,
                "description": code,
                "sid": serial,
            }
        ]

    def reply(self, phone: str, text: str, at: int = 1_791_856_000) -> dict[str, object]:
        """What it pushes when a citizen writes."""
        return {"extend": "", "mobile": phone, "nationcode": "86", "sign": SIGNATURE, "text": text, "time": at}

    def application(self) -> http.Application:
        app = http.Application()
        app.router.add_post("/", self._called)
        return app

    async def _called(self, request: http.Request) -> http.StreamResponse:
        content = await request.read()
        if refusal := self._refusal(request, content):
            return http.json_response({"Response": {"Error": {"Code": refusal, "Message": refusal}, "RequestId": "1"}})
        body = json.loads(content)
        if request.headers["X-TC-Action"] == "PullSmsSendStatusByPhoneNumber":
            return self._pulled(body)
        return await self._sent(request, body)

    async def _sent(self, request: http.Request, body: dict[str, object]) -> http.StreamResponse:
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.TURNED_AWAY:
            return _status("FailedOperation.InsufficientBalanceInSmsPackage")
        phones, parameters = body["PhoneNumberSet"], body["TemplateParamSet"]
        assert isinstance(phones, list)
        assert isinstance(parameters, list)
        if fault is Fault.REJECTED or not phones[0].startswith("+86"):
            return _status("InvalidParameterValue.IncorrectPhoneNumber")
        if body["SignName"] != SIGNATURE or body["SmsSdkAppId"] != APP:
            return _status("FailedOperation.SignatureIncorrectOrUnapproved")
        if body["TemplateId"] not in TEMPLATES.values() or len(parameters) != 2:
            return _status("FailedOperation.TemplateIncorrectOrUnapproved")
        message = Kept(
            f"2019:{next(self._numbers):018d}",
            phones[0],
            str(body["TemplateId"]),
            parameters,
            str(body["SessionContext"]),
            self.clock.now().timestamp(),
        )
        self.kept.append(message)
        good = {"SerialNo": message.serial, "PhoneNumber": phones[0], "Fee": 1, "Code": "Ok", "Message": "send success"}
        error = {"Response": {"Error": {"Code": "InternalError.Timeout", "Message": ""}, "RequestId": "1"}}
        whole = {"Response": {"SendStatusSet": [good], "RequestId": "1"}}
        return await answered(request, fault, whole, (200, error), hangs_s=self.hangs_s)

    def _pulled(self, body: dict[str, object]) -> http.Response:
        """Statuses come only with a receipt, as with the real one."""
        begin = body["BeginTime"]
        assert isinstance(begin, int)
        found = [
            kept.as_json()
            for kept in self.kept
            if kept.phone == body["PhoneNumber"] and kept.status and kept.created >= begin
        ]
        return http.json_response({"Response": {"PullSmsSendStatusSet": found, "RequestId": "1"}})

    def _refusal(self, request: http.Request, content: bytes) -> str | None:
        stamp = int(request.headers["X-TC-Timestamp"])
        if abs(self.clock.now().timestamp() - stamp) > EXPIRES_S:
            return "AuthFailure.SignatureExpire"
        signed = {name: request.headers[name] for name in ("content-type", "host")}
        at = datetime.fromtimestamp(stamp, UTC)
        expected = tencent_authorization(
            signed, content, secret_id=SECRET_ID, secret_key=SECRET_KEY, service="sms", at=at
        )
        if request.headers["Authorization"] != expected:
            return "AuthFailure.SignatureFailure"
        return None if request.headers["X-TC-Version"] == "2021-01-11" else "NoSuchVersion"


def _status(code: str) -> http.Response:
    refused = {"SerialNo": "", "PhoneNumber": "", "Fee": 0, "Code": code, "Message": code}
    return http.json_response({"Response": {"SendStatusSet": [refused], "RequestId": "1"}})
