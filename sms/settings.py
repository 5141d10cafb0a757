"""What a site decides about its SMS: provider, signature, quiet hours, limits."""

from datetime import time
from enum import StrEnum

from pydantic import Field, model_validator

from core.settings import Section


class ProviderName(StrEnum):
    CONSOLE = "console"
    TWILIO = "twilio"


class TwilioSettings(Section):
    """The account at Twilio; its auth token is the secret `twilio_auth_token`, never a setting."""

    account_sid: str = Field("", description="Account SID (AC…).")
    sender: str = Field("", description="The number (E.164) or messaging service (MG…) that sends.")
    base_url: str = Field("https://api.twilio.com", description="Where Twilio's API is; other for tests and proxies.")
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest wait for one request to Twilio, in seconds.")


class SmsSettings(Section):
    """Sending and receiving SMS."""

    provider: ProviderName = Field(ProviderName.CONSOLE, description="console (nothing leaves the house) or twilio.")
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
    twilio: TwilioSettings = Field(TwilioSettings(), description="The account at Twilio.")

    @model_validator(mode="after")
    def _twilio_is_complete(self) -> "SmsSettings":
        if self.provider is ProviderName.TWILIO and not (self.twilio.account_sid and self.twilio.sender):
            raise ValueError("sms.twilio needs account_sid and sender when sms.provider is twilio")
        return self
