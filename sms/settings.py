"""What a site decides about its SMS: providers in their order, signature, quiet hours, limits."""

from datetime import time
from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from core.settings import Section

#: E.164 numbers and the protocols' fields end there
LONGEST_NUMBER = 20
#: what the protocols can write in a name
PRINTABLE = r"^[\x21-\x7e]*$"


class ProviderName(StrEnum):
    CONSOLE = "console"
    TWILIO = "twilio"
    TENCENT = "tencent"
    ALIYUN = "aliyun"
    SMPP = "smpp"
    CMPP = "cmpp"


#: to these a connection lasts
GATEWAYS = frozenset({ProviderName.SMPP, ProviderName.CMPP})


class ProviderSettings(Section):
    """What every provider has; `NEEDED` must be filled in before it can stand in [sms] providers."""

    NEEDED: ClassVar[tuple[str, ...]] = ()
    #: whether it judges our templates before it sends them
    APPROVES: ClassVar[bool] = False

    price_li: int = Field(0, ge=0, le=10_000, description="What one part costs, in 厘 (0.001 yuan).")

    def carries(self, template: str) -> bool:
        """Whether our template of this name may be sent through it."""
        return bool(template)

    @property
    def missing(self) -> list[str]:
        return [name for name in self.NEEDED if not getattr(self, name)]


class ConsoleSettings(ProviderSettings):
    """The twin from which nothing leaves the house; its price shows what the month would have cost."""

    price_li: int = Field(45, ge=0, le=10_000, description="What one part would cost, in 厘 (0.001 yuan).")


class TwilioSettings(ProviderSettings):
    """The account at Twilio; its auth token is the secret `twilio_auth_token`, never a setting."""

    NEEDED: ClassVar[tuple[str, ...]] = ("account_sid", "sender")

    account_sid: str = Field("", description="Account SID (AC…).")
    sender: str = Field("", description="The number (E.164) or messaging service (MG…) that sends.")
    base_url: str = Field("https://api.twilio.com", description="Where Twilio's API is; other for tests and proxies.")
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest wait for one request to Twilio, in seconds.")


class CloudSettings(ProviderSettings):
    """A provider that sends only templates which it has approved, each under an id of its own."""

    APPROVES: ClassVar[bool] = True

    templates: dict[str, str] = Field(
        {}, description='The ids of our approved templates there, e.g. { rating = "1000001" }; others go another way.'
    )
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest wait for one request, in seconds.")

    def carries(self, template: str) -> bool:
        return bool(self.templates.get(template))


class TencentSettings(CloudSettings):
    """The account at Tencent Cloud; its key is the secret `tencent_secret_key`, never a setting."""

    NEEDED: ClassVar[tuple[str, ...]] = ("secret_id", "sdk_app_id")

    secret_id: str = Field("", description="SecretId (AKID…).")
    sdk_app_id: str = Field("", description="SmsSdkAppId of the application (1400…).")
    region: str = Field("ap-guangzhou", description="The region that is asked.")
    base_url: str = Field("https://sms.tencentcloudapi.com", description="Where the API is; other for tests.")


class AliyunSettings(CloudSettings):
    """The account at Aliyun; its key is the secret `aliyun_access_key_secret`, never a setting."""

    NEEDED: ClassVar[tuple[str, ...]] = ("access_key_id",)

    access_key_id: str = Field("", description="AccessKey ID (LTAI…).")
    base_url: str = Field("https://dysmsapi.aliyuncs.com", description="Where the API is; other for tests.")


class GatewaySettings(ProviderSettings):
    """A carrier's gateway to which a connection lasts; the password is a secret, never a setting."""

    NEEDED: ClassVar[tuple[str, ...]] = ("host", "account", "sender")
    APPROVES: ClassVar[bool] = True

    host: str = Field("", description="Where the gateway is.")
    port: int = Field(0, ge=0, le=65535, description="Its port.")
    account: str = Field("", pattern=PRINTABLE, description="Our account there.")
    sender: str = Field("", pattern=r"^\d{0,20}$", description="The number that sends, 106…, without suffix.")
    suffix_digits: int = Field(
        0, ge=0, le=8, description="Digits that we may put behind our number; with them a reply names its message."
    )
    window: int = Field(16, ge=4, le=1000, description="Messages under way without an answer.")
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest wait for the answer to one message, in seconds.")
    idle_s: float = Field(60.0, gt=0, le=600, description="After so long a silence the gateway is asked, in seconds.")
    answer_s: float = Field(20.0, gt=0, le=300, description="Between two of three such questions, in seconds.")

    @model_validator(mode="after")
    def _number_has_room(self) -> Self:
        if len(self.sender) + self.suffix_digits > LONGEST_NUMBER:
            raise ValueError(f"sender and suffix_digits together have at most {LONGEST_NUMBER} digits")
        return self


class SmppSettings(GatewaySettings):
    """The line to an SMPP 3.4 centre; its password is the secret `smpp_password`."""

    account: str = Field("", pattern=PRINTABLE, max_length=15, description="The system_id.")
    port: int = Field(2775, ge=1, le=65535, description="Its port.")
    system_type: str = Field(
        "", pattern=PRINTABLE, max_length=12, description="The system_type, if the centre wants one."
    )


class CmppSettings(GatewaySettings):
    """The line to a CMPP 2.0 gateway; its shared secret is the secret `cmpp_password`."""

    account: str = Field("", pattern=PRINTABLE, max_length=6, description="The six-digit enterprise code (SP_Id).")
    port: int = Field(7890, ge=1, le=65535, description="Its port.")
    service: str = Field("", pattern=PRINTABLE, max_length=10, description="The Service_Id that the carrier gave us.")
    fee_user_type: int = Field(2, ge=0, le=3, description="Who pays (Fee_UserType): 2, the sender.")
    fee_type: str = Field("01", pattern=r"^\d{2}$", description="FeeType: 01, free for the citizen.")
    fee_code: str = Field("000000", pattern=r"^\d{6}$", description="FeeCode, in fen.")


class SmsSettings(Section):
    """Sending and receiving SMS."""

    providers: tuple[ProviderName, ...] = Field(
        (ProviderName.CONSOLE,),
        min_length=1,
        description="In their order, the next when one is down: console (nothing leaves the house), twilio, tencent, "
        "aliyun, smpp, cmpp.",
    )
    signature: str = Field("【长春12345】", description="The registered signature, 2 to 16 characters inside 【】.")
    rating_address: str = Field("12345.example/r", description="The one registered address, of the rating page.")
    material_address: str = Field("12345.example/m", description="The one registered address, of the photo page.")
    quiet_from: time = Field(time(21, 0), description="From this time (Asia/Shanghai) nothing is sent.")
    quiet_until: time = Field(time(8, 0), description="Until this time (Asia/Shanghai) nothing is sent.")
    per_day: int = Field(2, ge=1, le=50, description="Messages to one citizen within a day (Asia/Shanghai).")
    open_hours: int = Field(
        72, ge=24, le=720, description="Hours after which an unanswered request makes room for the next of that phone."
    )
    ask_after_s: int = Field(60, ge=1, description="Seconds after which an unknown outcome is asked about.")
    ask_times: int = Field(5, ge=1, le=50, description="How often an unknown outcome is asked about.")
    rest_after: int = Field(
        3, ge=1, le=100, description="So many failures in a row (not reached, turned away, no answer) rest a provider."
    )
    rest_s: int = Field(300, ge=1, le=86_400, description="Seconds for which a failing provider is not tried.")
    console: ConsoleSettings = Field(ConsoleSettings(), description="The twin that sends nothing.")
    twilio: TwilioSettings = Field(TwilioSettings(), description="The account at Twilio.")
    tencent: TencentSettings = Field(TencentSettings(), description="The account at Tencent Cloud.")
    aliyun: AliyunSettings = Field(AliyunSettings(), description="The account at Aliyun.")
    smpp: SmppSettings = Field(SmppSettings(), description="The line to an SMPP 3.4 centre.")
    cmpp: CmppSettings = Field(CmppSettings(), description="The line to a CMPP 2.0 gateway.")

    @model_validator(mode="before")
    @classmethod
    def _one_became_many(cls, given: Any) -> Any:
        if isinstance(given, dict) and "provider" in given:
            raise ValueError('sms.provider became sms.providers, a list in their order: providers = ["console"]')
        return given

    @model_validator(mode="after")
    def _are_complete(self) -> "SmsSettings":
        if len(set(self.providers)) < len(self.providers):
            raise ValueError("sms.providers names a provider twice")
        for name in self.providers:
            if missing := self.of(name).missing:
                raise ValueError(f"sms.{name} needs {' and '.join(missing)} when it stands in sms.providers")
        return self

    def of(self, name: ProviderName) -> ProviderSettings:
        """The section of this provider; it has the provider's name."""
        section: ProviderSettings = getattr(self, name.value)
        return section
