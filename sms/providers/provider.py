"""What every SMS provider can do, and the two ways in which it can leave us without an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from core.errors import HotlineError, Unavailable
from sms.rules import Delivery
from sms.settings import ProviderName


@dataclass(frozen=True)
class Outgoing:
    """A message on its way: `message_id` is ours, `phone` as dialled inside the country."""

    message_id: int
    phone: str
    text: str
    handed_at: datetime


@dataclass(frozen=True)
class Accepted:
    provider_id: str


@dataclass(frozen=True)
class Rejected:
    """The provider will not send it; trying again would not help."""

    error_code: str


@dataclass(frozen=True)
class Report:
    """What became of a message; `message_id` is ours if the provider carried it along, else None."""

    provider: ProviderName
    provider_id: str
    delivery: Delivery
    error_code: str | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class Inbound:
    """A message from a citizen; `provider_id` is the same however often it is pushed."""

    provider: ProviderName
    provider_id: str
    phone: str
    text: str


class ProviderNotReached(Unavailable):
    """The message certainly did not leave: it may be tried again."""

    code: ClassVar[str] = "sms_provider_not_reached"
    message: ClassVar[str] = "短信服务商 {provider} 暂时无法连接，稍后重试"


class OutcomeUnknown(HotlineError):
    """The message may have left: it must be asked about and never sent again."""

    code: ClassVar[str] = "sms_outcome_unknown"
    message: ClassVar[str] = "短信 {message_id} 已交给 {provider}，结果未知，不会重发"


class Provider(Protocol):
    """Calls block for at most the provider's time limit; all but `send` may be repeated freely."""

    @property
    def name(self) -> ProviderName: ...

    @property
    def asked_after(self) -> timedelta:
        """How long after hand-over a message without a report is asked about."""
        ...

    def send(self, outgoing: Outgoing) -> Accepted | Rejected:
        """Hand it over once.  Raises ProviderNotReached, OutcomeUnknown."""
        ...

    def find(self, outgoing: Outgoing) -> Accepted | None:
        """The message if the provider has it after all, None if not (yet).  Raises ProviderNotReached."""
        ...

    def reports(self, provider_id: str) -> list[Report]:
        """What it can say now, for when its own report was lost.  Raises ProviderNotReached."""
        ...
