"""Tencent Cloud SMS (API 2021-01-11): sending, asking what became of a message, and reading what it pushes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from core.clock import Clock
from core.masking import plain_number
from sms.providers.posting import answers_or_unavailable, answers_or_unknown, posted
from sms.providers.provider import Accepted, Inbound, OutcomeUnknown, Outgoing, Rejected, Report, TurnedAway
from sms.providers.signing import tencent_authorization
from sms.rules import Delivery
from sms.settings import ProviderName, TencentSettings
from sms.templates import in_order

NAME = ProviderName.TENCENT
VERSION = "2021-01-11"
#: the clocks may differ so much when we ask for what was sent since a moment
SKEW = timedelta(minutes=5)
#: statuses are kept for seven days
KEPT = timedelta(days=7)
MOST = 100
#: codes about the phone or the words; every other refusal is one of the account, and another provider may send it
_FINAL = (
    "FailedOperation.ContainSensitiveWord",
    "FailedOperation.PhoneNumberInBlacklist",
    "InvalidParameterValue.ContentLengthLimit",
    "InvalidParameterValue.IncorrectPhoneNumber",
    "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
)


class TencentProvider:
    """`signature` with its brackets; SessionContext carries our key, so that a status says which hand-over it is of."""

    def __init__(self, settings: TencentSettings, *, secret_key: str, signature: str, clock: Clock) -> None:
        self.name = NAME
        self.asked_after = timedelta(minutes=5)
        self._settings = settings
        self._secret_key = secret_key
        self._signature = signature.strip("【】")
        self._clock = clock

    def send(self, outgoing: Outgoing) -> Accepted | Rejected | TurnedAway:
        body = {
            "PhoneNumberSet": [_international(outgoing.phone)],
            "SmsSdkAppId": self._settings.sdk_app_id,
            "SignName": self._signature,
            "TemplateId": self._settings.templates[outgoing.template],
            "TemplateParamSet": in_order(outgoing.template, outgoing.variables),
            "SessionContext": outgoing.key,
        }
        with answers_or_unknown(NAME, outgoing.message_id):
            answer = self._call("SendSms", body)
            status = answer.get("Error") or answer["SendStatusSet"][0]
            if status["Code"] == "Ok":
                return Accepted(str(status["SerialNo"]))
            code = str(status["Code"])
        if code.startswith("InternalError"):
            raise OutcomeUnknown(message_id=outgoing.message_id, provider=NAME)
        return Rejected(code) if code in _FINAL else TurnedAway(code)

    def find(self, outgoing: Outgoing) -> Accepted | None:
        """A status comes only when a message was delivered or not: that there is none proves nothing."""
        for status in self._statuses(outgoing):
            if status.get("SessionContext") == outgoing.key and status.get("SerialNo"):
                return Accepted(str(status["SerialNo"]))
        return None

    def reports(self, outgoing: Outgoing, provider_id: str | None) -> list[Report]:
        found = [status for status in self._statuses(outgoing) if status.get("SerialNo") == provider_id]
        return [
            _report(str(status["SerialNo"]), status.get("ReportStatus"), status.get("Description")) for status in found
        ]

    def _statuses(self, outgoing: Outgoing) -> Sequence[dict[str, Any]]:
        now = self._clock.now()
        body = {
            "BeginTime": int(max(outgoing.handed_at - SKEW, now - KEPT + SKEW).timestamp()),
            "EndTime": int((now + SKEW).timestamp()),
            "Offset": 0,
            "Limit": MOST,
            "PhoneNumber": _international(outgoing.phone),
            "SmsSdkAppId": self._settings.sdk_app_id,
        }
        with answers_or_unavailable(NAME):
            statuses: list[dict[str, Any]] = self._call("PullSmsSendStatusByPhoneNumber", body)["PullSmsSendStatusSet"]
            return statuses

    def _call(self, action: str, body: Mapping[str, object]) -> dict[str, Any]:
        """The `Response` of the answer; an error has its `Error`."""
        now, chosen = self._clock.now(), self._settings
        content = json.dumps(body, ensure_ascii=False).encode()
        signed = {"content-type": "application/json; charset=utf-8", "host": urlsplit(chosen.base_url).netloc}
        authorization = tencent_authorization(
            signed, content, secret_id=chosen.secret_id, secret_key=self._secret_key, service="sms", at=now
        )
        headers = {
            **signed,
            "authorization": authorization,
            "x-tc-action": action,
            "x-tc-version": VERSION,
            "x-tc-region": chosen.region,
            "x-tc-timestamp": str(int(now.timestamp())),
        }
        _status, answer = posted(f"{chosen.base_url}/", content, headers, timeout_s=chosen.timeout_s)
        response: dict[str, Any] = answer["Response"]
        return response


class TencentReport(BaseModel):
    """One of the delivery reports that are pushed."""

    sid: str
    report_status: str
    errmsg: str = ""
    mobile: str = ""


class TencentReply(BaseModel):
    """A citizen's message as it is pushed; it has no number of its own."""

    mobile: str
    text: str
    time: int
    sign: str = ""
    extend: str = ""


def pushed_report(pushed: TencentReport) -> Report:
    return _report(pushed.sid, pushed.report_status, pushed.errmsg, plain_number(pushed.mobile))


def pushed_reply(pushed: TencentReply) -> Inbound:
    """The same push has the same id: made of everything in it."""
    said = "\n".join((pushed.mobile, str(pushed.time), pushed.sign, pushed.extend, pushed.text))
    return Inbound(NAME, hashlib.sha256(said.encode()).hexdigest()[:40], plain_number(pushed.mobile), pushed.text)


def _report(sid: str, status: object, code: object, phone: str = "") -> Report:
    if status == "SUCCESS":
        return Report(NAME, sid, Delivery.DELIVERED, phone=phone)
    return Report(NAME, sid, Delivery.FAILED, str(code or "FAIL")[:40], phone=phone)


def _international(phone: str) -> str:
    return phone if phone.startswith("+") else f"+86{phone}"
