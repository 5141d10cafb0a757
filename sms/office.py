"""What jobs and pages need to send for this city: its rules, its signature, its providers."""

from collections.abc import Mapping
from dataclasses import dataclass

from sms.providers.provider import Provider
from sms.settings import ProviderName, SmsSettings
from sms.templates import Opens, Sender, Template


@dataclass(frozen=True)
class SmsOffice:
    """One per process; `phone_key` keys the hashes under which phones are looked up.

    `providers` also has those that do not send any more but may be asked about what they were given before.
    """

    settings: SmsSettings
    phone_key: bytes
    providers: Mapping[ProviderName, Provider]

    def sender_of(self, template: Template) -> Sender:
        """The signature, and the address that this template was registered with."""
        addresses = {Opens.RATING: self.settings.rating_address, Opens.MATERIAL: self.settings.material_address}
        return Sender(self.settings.signature, addresses[template.opens])

    @property
    def is_demo(self) -> bool:
        """Nothing leaves the house."""
        return set(self.settings.providers) == {ProviderName.CONSOLE}
