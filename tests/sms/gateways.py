"""Both gateways for tests: a twin that runs, and providers that speak with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.clock import SystemClock
from sms.providers.cmpp.dialect import CmppDialect
from sms.providers.gateway.link import Kept
from sms.providers.gateway.provider import GatewayProvider
from sms.providers.provider import Outgoing
from sms.providers.smpp.dialect import SmppDialect
from sms.settings import CmppSettings, SmppSettings
from tests.sms.cmpp_twin import SENDER, SERVICE, CmppWire
from tests.sms.gateway_twin import GatewayTwin, running
from tests.sms.smpp_twin import SmppWire

SHORT = "【长春12345】请评价"
LONG = "【长春12345】" + "您的诉求已经答复请评价" * 10
PHONE = "13800001234"


def gateway(name: str, port: int, *, password: str = "secret", timeout_s: float = 5.0, **more: Any) -> GatewayProvider:
    """A provider for the twin on `port`; `timeout_s` is short only where a test wants no answer."""
    where = {"host": "127.0.0.1", "port": port, "sender": SENDER, "timeout_s": timeout_s, **more}
    if name == "cmpp":
        cmpp = CmppSettings.model_validate({"account": "901234", "service": SERVICE, **where})
        return GatewayProvider(CmppDialect(cmpp, password=password), clock=SystemClock())
    smpp = SmppSettings.model_validate({"account": "hotline", **where})
    return GatewayProvider(SmppDialect(smpp, password=password), clock=SystemClock())


@contextmanager
def twin_of(name: str) -> Iterator[GatewayTwin]:
    with running(GatewayTwin(CmppWire() if name == "cmpp" else SmppWire())) as twin:
        yield twin


@dataclass
class City:
    """A twin, and providers that are closed in the end; `heard` has what was kept, unless `is_full`."""

    name: str
    twin: GatewayTwin
    heard: list[Kept] = field(default_factory=list)
    is_full: bool = False
    refused: int = 0
    providers: list[GatewayProvider] = field(default_factory=list)

    def provider(self, **settings: Any) -> GatewayProvider:
        provider = gateway(self.name, self.twin.port, **settings)
        provider.listen(self.keep)
        self.providers.append(provider)
        return provider

    def keep(self, kept: Kept) -> None:
        with self.twin.changed:
            self.refused += self.is_full
            if not self.is_full:
                self.heard.append(kept)
            self.twin.changed.notify_all()
        if self.is_full:
            raise OSError("the database is away")

    def wait_for_refused(self) -> None:
        """Something was pushed and could not be kept."""
        self.twin.wait_for(lambda: self.refused > 0)

    def wait_for_heard(self, n: int = 1) -> list[Kept]:
        self.twin.wait_for(lambda: len(self.heard) >= n)
        return self.heard


@contextmanager
def city_of(name: str) -> Iterator[City]:
    with twin_of(name) as twin:
        city = City(name, twin)
        yield city
        for provider in city.providers:
            provider.close()


def outgoing(message_id: int = 7, text: str = SHORT, phone: str = PHONE) -> Outgoing:
    return Outgoing(message_id, phone, text, datetime.now(UTC))
