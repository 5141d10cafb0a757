"""Twilio, through its SDK: sending, asking about what was sent, and webhooks whose signature proves them."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from requests import exceptions as http
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from core.masking import plain_number
from sms.errors import WebhookForged
from sms.providers.provider import (
    Accepted,
    Inbound,
    OutcomeUnknown,
    Outgoing,
    ProviderNotReached,
    Rejected,
    Report,
    TurnedAway,
    message_of,
)
from sms.rules import Delivery
from sms.settings import ProviderName, TwilioSettings

STATUS_PATH = "/webhooks/twilio/status"
INBOUND_PATH = "/webhooks/twilio/inbound"
#: Twilio's clock and ours may differ so much when we look for a message by its time
SKEW = timedelta(minutes=5)
LOOK_BACK = 50
_DELIVERY = {
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}
#: the request was turned away before it was looked at: nothing was sent
_TURNED_AWAY = {401, 403, 429}


class TwilioProvider:
    """`public_address` is where Twilio reaches us; it is configured, never taken from a request."""

    def __init__(self, settings: TwilioSettings, *, auth_token: str, public_address: str) -> None:
        self.name = ProviderName.TWILIO
        self.asked_after = timedelta(minutes=5)
        self._sender = settings.sender
        self._public_address = public_address.rstrip("/")
        self._client = Client(settings.account_sid, auth_token, http_client=_Http(settings))

    def send(self, outgoing: Outgoing) -> Accepted | Rejected | TurnedAway:
        by_service = self._sender.startswith("MG")
        sender = {"messaging_service_sid": self._sender} if by_service else {"from_": self._sender}
        with _answers_or_unknown(outgoing.message_id):
            try:
                sent = self._client.messages.create(
                    to=_international(outgoing.phone),
                    body=outgoing.text,
                    status_callback=f"{self._public_address}{STATUS_PATH}?message={outgoing.message_id}",
                    **sender,
                )
            except TwilioRestException as error:
                return _refusal(error, outgoing.message_id)
        if not sent.sid:
            raise OutcomeUnknown(message_id=outgoing.message_id, provider=self.name)
        return Accepted(sent.sid)

    def find(self, outgoing: Outgoing) -> Accepted | None:
        """Twilio's list may lag behind, so that a message is not in it proves nothing."""
        with _answers_or_unavailable():
            recent = self._client.messages.list(to=_international(outgoing.phone), limit=LOOK_BACK)
        for message in recent:
            created = message.date_created
            if message.body == outgoing.text and created and created >= outgoing.handed_at - SKEW and message.sid:
                return Accepted(message.sid)
        return None

    def reports(self, outgoing: Outgoing, provider_id: str | None) -> list[Report]:
        if provider_id is None:
            return []
        with _answers_or_unavailable():
            try:
                message = self._client.messages(provider_id).fetch()
            except TwilioRestException as error:
                if error.status != 404:
                    raise
                return []
        report = _report(provider_id, str(message.status), message.error_code, None)
        return [report] if report else []


class TwilioWebhooks:
    """Reads what Twilio pushes.  Each reading raises WebhookForged unless the signature fits our public address."""

    def __init__(self, settings: TwilioSettings, *, auth_token: str, public_address: str) -> None:
        self._account = settings.account_sid
        self._public_address = public_address.rstrip("/")
        self._validator = RequestValidator(auth_token)

    def report(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Report | None:
        """`path` with its query as requested.  None for a status that says nothing about delivery (queued, sending)."""
        self._prove(path, form, headers)
        message_id = message_of(urlsplit(path).query.removeprefix("message="))
        return _report(form["MessageSid"], form.get("MessageStatus", ""), form.get("ErrorCode"), message_id)

    def inbound(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Inbound:
        self._prove(path, form, headers)
        if "From" not in form:
            raise WebhookForged
        phone = plain_number(form["From"])
        return Inbound(ProviderName.TWILIO, form["MessageSid"], phone, form.get("Body", ""))

    def _prove(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
        signature = headers.get("X-Twilio-Signature", "")
        algorithm = get_signature_algorithm(headers.get("X-Twilio-Webhooks-Signature-Settings"))
        is_signed = self._validator.validate(self._public_address + path, form, signature, algorithm)
        if not is_signed or form.get("AccountSid") != self._account or not form.get("MessageSid"):
            raise WebhookForged


class _Http(TwilioHttpClient):
    """The SDK's client with a time limit and a base address of our choice; it never repeats a request by itself."""

    def __init__(self, settings: TwilioSettings) -> None:
        quiet = logging.getLogger("twilio.quiet")
        quiet.disabled = True  # it would log numbers
        super().__init__(timeout=settings.timeout_s, logger=quiet)
        self._base = urlsplit(settings.base_url)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        ours = urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc)
        return super().request(method, ours.geturl(), *args, **kwargs)


@contextmanager
def _answers_or_unknown(message_id: int) -> Iterator[None]:
    try:
        yield
    except http.ConnectTimeout as error:
        raise ProviderNotReached(provider=ProviderName.TWILIO) from error
    except http.ConnectionError as error:
        if isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError):
            raise ProviderNotReached(provider=ProviderName.TWILIO) from error
        raise OutcomeUnknown(message_id=message_id, provider=ProviderName.TWILIO) from error
    except (http.RequestException, TwilioException, ValueError, KeyError, TypeError) as error:
        raise OutcomeUnknown(message_id=message_id, provider=ProviderName.TWILIO) from error


@contextmanager
def _answers_or_unavailable() -> Iterator[None]:
    try:
        yield
    except (http.RequestException, TwilioException, ValueError, KeyError, TypeError) as error:
        raise ProviderNotReached(provider=ProviderName.TWILIO, retry_after_s=30) from error


def _refusal(error: TwilioRestException, message_id: int) -> Rejected | TurnedAway:
    """Raises OutcomeUnknown if Twilio stumbled."""
    if error.status >= 500:
        raise OutcomeUnknown(message_id=message_id, provider=ProviderName.TWILIO) from error
    code = str(error.code or error.status)
    return TurnedAway(code) if error.status in _TURNED_AWAY else Rejected(code)


def _report(provider_id: str, status: str, error_code: object, message_id: int | None) -> Report | None:
    delivery = _DELIVERY.get(status)
    if delivery is None:
        return None
    code = str(error_code or status) if delivery is Delivery.FAILED else None
    return Report(ProviderName.TWILIO, quote(provider_id[:64]), delivery, code, message_id)


def _international(phone: str) -> str:
    return phone if phone.startswith("+") else f"+86{phone}"
