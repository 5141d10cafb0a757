"""A stateful stand-in for Aliyun SMS: it checks what Aliyun checks, keeps messages, and stumbles."""

import itertools
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web as http

from core.clock import Clock, SystemClock
from sms.providers.signing import aliyun_authorization
from sms.rules import SHANGHAI
from tests.sms.serving import Fault, answered

KEY_ID, KEY_SECRET = "LTAItests", "a key that only tests use"
SIGNATURE = "长春12345"
TEMPLATES = {"rating": "SMS_1000001", "rating_echo": "SMS_1000002"}
EXPIRES_S = 900


@dataclass
class Kept:
    """A message Aliyun has accepted."""

    biz_id: str
    phone: str
    template: str
    parameters: dict[str, str]
    out_id: str
    day: str
    status: int = 1
    code: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "PhoneNum": self.phone,
            "TemplateCode": self.template,
            "OutId": self.out_id,
            "SendStatus": self.status,
            "ErrCode": self.code,
            "Content": "",
        }


@dataclass
class AliyunTwin:
    """`hangs_s` is how long it keeps a client waiting that it never answers."""

    hangs_s: float = 2.0
    kept: list[Kept] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    base_url: str = ""
    clock: Clock = field(default_factory=SystemClock)
    _nonces: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def misbehave(self, *faults: Fault) -> None:
        self.faults.extend(faults)

    def report(self, biz_id: str, *, success: bool = True, code: str = "DELIVERED") -> list[dict[str, object]]:
        """What it pushes about a message, and says from now on."""
        message = next(kept for kept in self.kept if kept.biz_id == biz_id)
        message.status, message.code = (3, code) if success else (2, code)
        return [
            {
                "phone_number": message.phone,
                "send_time": "2026-10-13 10:00:00",
                "report_time": "2026-10-13 10:00:03",
                "success": success,
                "err_code": code,
                "err_msg": code,
                "sms_size": "1",
                "biz_id": biz_id,
                "out_id": message.out_id,
            }
        ]

    def reply(self, phone: str, text: str, number: int = 1) -> list[dict[str, object]]:
        """What it pushes when a citizen writes."""
        return [
            {
                "phone_number": phone,
                "content": text,
                "send_time": "2026-10-13 10:05:00",
                "sign_name": SIGNATURE,
                "dest_code": "1065",
                "sequence_id": number,
            }
        ]

    def application(self) -> http.Application:
        app = http.Application()
        app.router.add_post("/", self._called)
        return app

    async def _called(self, request: http.Request) -> http.StreamResponse:
        if refusal := self._refusal(request):
            return http.json_response({"Code": refusal, "Message": refusal, "RequestId": "1"}, status=400)
        if request.headers["x-acs-action"] == "QuerySendDetails":
            return self._queried(request)
        return await self._sent(request)

    async def _sent(self, request: http.Request) -> http.StreamResponse:
        fault, asked = (self.faults.popleft() if self.faults else None), request.query
        if fault is Fault.TURNED_AWAY:
            return _refused("isv.AMOUNT_NOT_ENOUGH")
        if fault is Fault.REJECTED or not asked["PhoneNumbers"].isdigit() or len(asked["PhoneNumbers"]) != 11:
            return _refused("isv.MOBILE_NUMBER_ILLEGAL")
        if asked["SignName"] != SIGNATURE:
            return _refused("isv.SMS_SIGNATURE_ILLEGAL")
        parameters = json.loads(asked["TemplateParam"])
        if asked["TemplateCode"] not in TEMPLATES.values() or len(parameters) != 2:
            return _refused("isv.SMS_TEMPLATE_ILLEGAL")
        message = Kept(
            f"{next(self._numbers):015d}^0",
            asked["PhoneNumbers"],
            asked["TemplateCode"],
            parameters,
            asked["OutId"],
            f"{self.clock.now().astimezone(SHANGHAI):%Y%m%d}",
        )
        self.kept.append(message)
        good = {"Code": "OK", "Message": "OK", "BizId": message.biz_id, "RequestId": "1"}
        error = {"Code": "isp.SYSTEM_ERROR", "Message": "", "RequestId": "1"}
        return await answered(request, fault, good, (500, error), hangs_s=self.hangs_s)

    def _queried(self, request: http.Request) -> http.Response:
        asked = request.query
        found = [
            kept.as_json()
            for kept in self.kept
            if (kept.phone, kept.day) == (asked["PhoneNumber"], asked["SendDate"])
            and kept.biz_id == asked.get("BizId", kept.biz_id)
        ]
        whole = {"Code": "OK", "Message": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": found}, "RequestId": "1"}
        return http.json_response({**whole, "TotalCount": str(len(found))})

    def _refusal(self, request: http.Request) -> str | None:
        names = [name.lower() for name in request.headers if name.lower().startswith("x-acs-")]
        signed = {name: request.headers[name] for name in ("host", *names)}
        expected = aliyun_authorization(dict(request.query), signed, key_id=KEY_ID, key_secret=KEY_SECRET)
        if request.headers["Authorization"] != expected:
            return "SignatureDoesNotMatch"
        stamp = datetime.strptime(request.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%S%z").timestamp()
        if abs(self.clock.now().timestamp() - stamp) > EXPIRES_S:
            return "InvalidTimeStamp.Expired"
        nonce = request.headers["x-acs-signature-nonce"]
        if nonce in self._nonces:
            return "SignatureNonceUsed"
        self._nonces.add(nonce)
        return None if request.headers["x-acs-version"] == "2017-05-25" else "InvalidVersion"


def _refused(code: str) -> http.Response:
    return http.json_response({"Code": code, "Message": code, "RequestId": "1"})
