"""Addresses to which providers that sign nothing push: each holds a secret that only this provider was told."""

import hmac
from collections.abc import Container, Mapping
from dataclasses import dataclass

import structlog

from sms.errors import WebhookForged
from sms.settings import ProviderName

log = structlog.get_logger(__name__)
#: of hexadecimal digits: 160 bits
TOKEN_LENGTH = 40
#: what stands behind the secret in the address, by provider
ENDINGS = {ProviderName.TENCENT: ("status", "reply"), ProviderName.ALIYUN: ("report", "up")}


@dataclass(frozen=True)
class PushDoor:
    """`tokens` has the secret of each provider that may push."""

    tokens: Mapping[ProviderName, str]

    @classmethod
    def of(cls, master: bytes, providers: Container[ProviderName]) -> "PushDoor":
        """For those of `providers` that push."""
        pushing = [name for name in ENDINGS if name in providers]
        return cls({name: hmac.digest(master, name.encode(), "sha256").hex()[:TOKEN_LENGTH] for name in pushing})

    def prove(self, name: ProviderName, token: str) -> None:
        """Raises WebhookForged."""
        known = self.tokens.get(name, "")
        if not known or not hmac.compare_digest(known.encode(), token.encode()):
            log.warning("sms push forged", provider=name)
            raise WebhookForged

    def addresses(self, base_url: str) -> dict[str, str]:
        """What to enter at each provider, e.g. "tencent status"."""
        return {
            f"{name} {ending}": f"{base_url}/webhooks/{name}/{self.tokens[name]}/{ending}"
            for name in self.tokens
            for ending in ENDINGS[name]
        }
