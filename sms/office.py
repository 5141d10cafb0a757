"""What jobs and pages need to send for this city: its rules, its signature, its providers."""

from collections.abc import Mapping
from dataclasses import dataclass

from sms.providers.provider import Provider
from sms.settings import ProviderName, SmsSettings
from sms.templates import Sender


@dataclass(frozen=True)
class SmsOffice:
    """One per process; `phone_key` keys the hashes under which phones are looked up."""

    settings: SmsSettings
    phone_key: bytes
    providers: Mapping[ProviderName, Provider]

    @property
    def sender(self) -> Sender:
        return Sender(self.settings.signature, self.settings.rating_address)

    @property
    def provider(self) -> Provider:
        """The one that sends; others are only asked about what they were given before."""
        return self.providers[self.settings.provider]
