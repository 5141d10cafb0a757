"""Who carries a notice out of the house besides SMS: a group robot, a mail server, and the twin of both."""

import hashlib
import hmac
import json
import smtplib
import ssl
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

import requests

from core.errors import HotlineError, Unavailable

SUBJECT = "12345热线工单提醒"
TIMESTAMP_HEADER, SIGNATURE_HEADER = "X-Hotline-Timestamp", "X-Hotline-Signature"
_TRY_LATER = 500


@dataclass(frozen=True)
class Outgoing:
    """A notice on its way to an address; `text` is all it says."""

    notice_id: int
    address: str
    text: str
    n: int
    handed_at: datetime


class CarrierNotReached(Unavailable):
    """It certainly was not taken: it may be tried again."""

    code: ClassVar[str] = "notice_not_reached"
    message: ClassVar[str] = "通知通道暂时无法连接，稍后重试"


class CarrierUnsure(HotlineError):
    """It may have been taken: it is not sent again by itself."""

    code: ClassVar[str] = "notice_unsure"
    message: ClassVar[str] = "不知道通知是否已送出"


class CarrierRefused(HotlineError):
    """It will not be taken, however often it is tried."""

    code: ClassVar[str] = "notice_refused"
    message: ClassVar[str] = "对方拒收：{reason}"


class Carrier(Protocol):
    """Somebody who takes notices."""

    def send(self, outgoing: Outgoing) -> None:
        """Hand it over once.  Raises CarrierNotReached, CarrierUnsure, CarrierRefused."""
        ...


class ConsoleCarrier:
    """Nothing leaves the house: it keeps what it took (in `path`, a line each), and fails as it was told to."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._faults: deque[HotlineError] = deque()
        self._lock = threading.Lock()
        self.taken: list[Outgoing] = []

    def will(self, *faults: HotlineError) -> None:
        """How the next notices go wrong; one that is unsure is taken all the same."""
        self._faults.extend(faults)

    def send(self, outgoing: Outgoing) -> None:
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            if fault is None or isinstance(fault, CarrierUnsure):
                self.taken.append(outgoing)
                self._keep(outgoing)
        if fault is not None:
            raise fault

    def _keep(self, outgoing: Outgoing) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            self._path.chmod(0o600)
            file.write(json.dumps(asdict(outgoing), ensure_ascii=False, default=str) + "\n")


class WebhookCarrier:
    """One POST of JSON, signed: HMAC-SHA256 over timestamp, full stop and body, with the secret of the site.

    Robots of 企业微信 get its text message and answer with an errcode; anybody else gets ours and answers with 2xx.
    """

    def __init__(self, key: bytes, *, timeout_s: float, text_hosts: Sequence[str]) -> None:
        self._key = key
        self._timeout_s = timeout_s
        self._text_hosts = frozenset(text_hosts)

    def send(self, outgoing: Outgoing) -> None:
        is_robot = urlsplit(outgoing.address).hostname in self._text_hosts
        body = json.dumps(_robot_text(outgoing) if is_robot else _own_form(outgoing), ensure_ascii=False).encode()
        stamp = str(int(outgoing.handed_at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP_HEADER: stamp,
            SIGNATURE_HEADER: f"sha256={sign(self._key, stamp, body)}",
        }
        try:
            answer = requests.post(
                outgoing.address, data=body, headers=headers, timeout=self._timeout_s, allow_redirects=False
            )
        except (requests.ConnectTimeout, requests.exceptions.InvalidURL) as error:
            raise CarrierNotReached from error
        except requests.ConnectionError as error:
            raise (CarrierNotReached if _was_never_open(error) else CarrierUnsure) from error
        except requests.RequestException as error:
            raise CarrierUnsure from error
        _judge(answer, is_robot=is_robot)


def sign(key: bytes, stamp: str, body: bytes) -> str:
    """What the receiver computes as well."""
    return hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _robot_text(outgoing: Outgoing) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": outgoing.text}}


def _own_form(outgoing: Outgoing) -> dict[str, object]:
    """`id` is the same when a person sends it again: the receiver may know it by that."""
    return {"id": outgoing.notice_id, "n": outgoing.n, "text": outgoing.text, "at": outgoing.handed_at.isoformat()}


def _was_never_open(error: requests.ConnectionError) -> bool:
    return "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)


def _judge(answer: requests.Response, *, is_robot: bool) -> None:
    if answer.status_code >= _TRY_LATER or answer.status_code == requests.codes.too_many_requests:
        raise CarrierNotReached
    if answer.status_code >= requests.codes.multiple_choices:
        raise CarrierRefused(reason=f"HTTP {answer.status_code}")
    if is_robot:
        try:
            code = answer.json().get("errcode", 0)
        except (ValueError, AttributeError) as error:
            raise CarrierUnsure from error
        if code:
            raise CarrierRefused(reason=f"errcode {code}")


class MailCarrier:
    """One mail over SMTP; the connection is opened for it and closed behind it."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        timeout_s: float,
        is_tls: bool = False,
        is_starttls: bool = False,
        user: str = "",
        password: str = "",
    ) -> None:
        self._host, self._port, self._timeout_s = host, port, timeout_s
        self._is_tls, self._is_starttls = is_tls, is_starttls
        self._sender, self._user, self._password = sender, user, password

    def send(self, outgoing: Outgoing) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, outgoing.address, SUBJECT
        mail["Date"] = format_datetime(outgoing.handed_at)
        mail["Message-ID"] = f"<notice-{outgoing.notice_id}@{self._sender.rpartition('@')[2]}>"
        mail.set_content(outgoing.text)
        self.hand_over(mail)

    def hand_over(self, mail: EmailMessage) -> None:
        """Any mail, once.  Raises CarrierNotReached, CarrierUnsure, CarrierRefused."""
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise CarrierNotReached from error
        with server:
            try:
                server.send_message(mail)
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
                raise CarrierRefused(reason="收件地址被拒") from error
            except smtplib.SMTPResponseException as error:
                raise CarrierNotReached from error
            except (OSError, smtplib.SMTPException) as error:
                raise CarrierUnsure from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout_s, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        if self._is_starttls:
            server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server
