"""Aliyun SMS (Dysmsapi 2017-05-25): sending, asking what became of a message, and reading what it pushes."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from core.clock import Clock
from core.masking import plain_number
from sms.providers.posting import answers_or_unavailable, answers_or_unknown, posted
from sms.providers.provider import Accepted, Inbound, OutcomeUnknown, Outgoing, Rejected, Report, TurnedAway, message_of
from sms.providers.signing import aliyun_authorization, aliyun_query
from sms.rules import SHANGHAI, Delivery
from sms.settings import AliyunSettings, ProviderName

NAME = ProviderName.ALIYUN
VERSION = "2017-05-25"
MOST = 50
#: codes about the phone or the words; every other refusal is one of the account, and another provider may send it
_FINAL = {
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.SMS_CONTENT_ILLEGAL",
}
#: they stumbled, or have seen this very request before: it may have been taken
_UNKNOWN = {"SignatureNonceUsed", "isp.SYSTEM_ERROR", "InternalError", "ServiceUnavailable"}
#: SendStatus of QuerySendDetails; 1 is 等待回执
_DELIVERY = {2: Delivery.FAILED, 3: Delivery.DELIVERED}
NOTHING = hashlib.sha256(b"").hexdigest()


class AliyunProvider:
    """`signature` with its brackets; OutId carries our key, so that a report says which hand-over it is of."""

    def __init__(self, settings: AliyunSettings, *, key_secret: str, signature: str, clock: Clock) -> None:
        self.name = NAME
        self.asked_after = timedelta(minutes=5)
        self._settings = settings
        self._key_secret = key_secret
        self._signature = signature.strip("【】")
        self._clock = clock

    def send(self, outgoing: Outgoing) -> Accepted | Rejected | TurnedAway:
        query = {
            "PhoneNumbers": outgoing.phone.removeprefix("+86"),
            "SignName": self._signature,
            "TemplateCode": self._settings.templates[outgoing.template],
            "TemplateParam": json.dumps(dict(outgoing.variables), ensure_ascii=False),
            "OutId": outgoing.key,
        }
        with answers_or_unknown(NAME, outgoing.message_id):
            status, answer = self._call("SendSms", query, nonce=self._nonce(outgoing))
            code = str(answer["Code"])
            if code == "OK":
                return Accepted(str(answer["BizId"]))
        if status >= 500 or code in _UNKNOWN:
            raise OutcomeUnknown(message_id=outgoing.message_id, provider=NAME)
        return Rejected(code) if code in _FINAL else TurnedAway(code)

    def find(self, outgoing: Outgoing) -> Accepted | None:
        """The day's records of a phone have no BizId and may lag behind: that ours is missing proves nothing."""
        return Accepted(None) if self._records(outgoing, None) else None

    def reports(self, outgoing: Outgoing, provider_id: str | None) -> list[Report]:
        said = []
        for record in self._records(outgoing, provider_id):
            delivery = _DELIVERY.get(int(record.get("SendStatus", 1)))
            if delivery is not None:
                code = str(record.get("ErrCode") or "FAILED")[:40] if delivery is Delivery.FAILED else None
                said.append(Report(NAME, provider_id or f"out:{outgoing.key}", delivery, code, outgoing.message_id))
        return said

    def _records(self, outgoing: Outgoing, biz_id: str | None) -> list[dict[str, Any]]:
        query = {
            "PhoneNumber": outgoing.phone.removeprefix("+86"),
            "SendDate": f"{outgoing.handed_at.astimezone(SHANGHAI):%Y%m%d}",
            "PageSize": str(MOST),
            "CurrentPage": "1",
            **({"BizId": biz_id} if biz_id else {}),
        }
        with answers_or_unavailable(NAME):
            _status, answer = self._call("QuerySendDetails", query, nonce=None)
            records: list[dict[str, Any]] = answer["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
            return [one for one in records if one.get("OutId") == outgoing.key]

    def _nonce(self, outgoing: Outgoing) -> str:
        """The same for the same hand-over: should anything on the way repeat the request, it is refused as used."""
        said = "\n".join((outgoing.key, outgoing.handed_at.isoformat(), outgoing.phone, outgoing.text))
        return hmac.digest(self._key_secret.encode(), said.encode(), "sha256").hex()[:32]

    def _call(self, action: str, query: Mapping[str, str], *, nonce: str | None) -> tuple[int, dict[str, Any]]:
        """(status, answer); an error has its Code too."""
        now, chosen = self._clock.now(), self._settings
        signed = {
            "host": urlsplit(chosen.base_url).netloc,
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": nonce or hashlib.sha256(f"{action}{query}{now}".encode()).hexdigest()[:32],
            "x-acs-content-sha256": NOTHING,
        }
        authorization = aliyun_authorization(query, signed, key_id=chosen.access_key_id, key_secret=self._key_secret)
        address = f"{chosen.base_url}/?{aliyun_query(query)}"
        return posted(address, b"", {**signed, "authorization": authorization}, timeout_s=chosen.timeout_s)


class AliyunReport(BaseModel):
    """One of the delivery reports that are pushed; `out_id` is our key."""

    biz_id: str
    success: bool
    err_code: str = ""
    out_id: str = ""


class AliyunReply(BaseModel):
    """A citizen's message as it is pushed; again after 1, 5 and 10 minutes until it is taken, with the same number."""

    phone_number: str
    content: str
    sequence_id: str | int


def pushed_report(pushed: AliyunReport) -> Report:
    delivery = Delivery.DELIVERED if pushed.success else Delivery.FAILED
    code = None if pushed.success else (pushed.err_code or "FAILED")[:40]
    return Report(NAME, pushed.biz_id, delivery, code, message_of(pushed.out_id))


def pushed_reply(pushed: AliyunReply) -> Inbound:
    return Inbound(NAME, str(pushed.sequence_id), plain_number(pushed.phone_number), pushed.content)
