"""How a site tells its units: section [notices] of config.toml."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field, model_validator

from core.settings import Section
from sms.office import SmsOffice
from telephony.duty_phone import DutyPhone
from tickets.notices.carriers import Carrier
from tickets.notices.rules import NoticeWay


class CarrierName(StrEnum):
    CONSOLE = "console"
    REAL = "real"


class MailSettings(Section):
    """The mail server; its password is the secret `notice_mail`, never a setting."""

    host: str = Field("127.0.0.1", description="Mail server (SMTP).")
    port: int = Field(25, ge=1, le=65535, description="Its port.")
    is_tls: bool = Field(False, description="Speak TLS from the beginning (port 465).")
    is_starttls: bool = Field(False, description="Change to TLS after the greeting (port 587).")
    user: str = Field("", description="Account to log in with; empty: no log-in.")
    sender: str = Field("hotline@12345.example", description="Address that notices come from.")
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest wait for the mail server, in seconds.")


class WebhookSettings(Section):
    """Group robots of 政务微信/企业微信, or any service that takes signed JSON."""

    timeout_s: float = Field(5.0, gt=0, le=60, description="Longest wait for one answer, in seconds.")
    text_hosts: tuple[str, ...] = Field(
        ("qyapi.weixin.qq.com",), description="Hosts whose robots take 企业微信's text message; others get our JSON."
    )


class DutyPhoneSettings(Section):
    """How a duty phone is rung through Asterisk."""

    channel: str = Field("PJSIP/{phone}@trunk", pattern=r"\{phone\}", description="Channel that is dialled.")
    ring_s: int = Field(30, ge=5, le=120, description="Seconds a duty phone rings.")


class NoticeSettings(Section):
    """Telling units of their tickets."""

    ways: tuple[NoticeWay, ...] = Field(
        (NoticeWay.SMS, NoticeWay.WEBHOOK, NoticeWay.EMAIL, NoticeWay.PHONE),
        description="Ways of this city; a unit is told by those it has a contact for.",
    )
    webhook: CarrierName = Field(CarrierName.CONSOLE, description="console (nothing leaves the house) or real.")
    email: CarrierName = Field(CarrierName.CONSOLE, description="console or real.")
    phone: CarrierName = Field(CarrierName.CONSOLE, description="console or real (through Asterisk).")
    http: WebhookSettings = Field(WebhookSettings(), description="Group robots.")
    mail: MailSettings = Field(MailSettings(), description="The mail server.")
    duty_phone: DutyPhoneSettings = Field(DutyPhoneSettings(), description="The duty phone.")

    @model_validator(mode="after")
    def _one_kind_of_tls(self) -> "NoticeSettings":
        if self.mail.is_tls and self.mail.is_starttls:
            raise ValueError("notices.mail: is_tls or is_starttls, not both")
        return self


@dataclass(frozen=True)
class NoticeOffice:
    """What notices are sent with, one per process; `profile` names the rows of limits."""

    settings: NoticeSettings
    profile: str
    sms: SmsOffice
    webhook: Carrier
    email: Carrier
    phone: DutyPhone
