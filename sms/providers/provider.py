"""What every SMS provider can do, and the two ways in which it can leave us without an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from core.errors import HotlineError, Unavailable
from sms.rules import Delivery
from sms.settings import ProviderName


@dataclass(frozen=True)
class Outgoing:
    """A message on its way to one provider: `message_id` is ours, `phone` as dialled inside the country.

    `text` is whole; `template` and `variables` say the same for providers that send templates only.
    `n` counts the hand-overs of the message from 1.
    """

    message_id: int
    phone: str
    text: str
    handed_at: datetime
    provider: ProviderName = ProviderName.CONSOLE
    n: int = 1
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same however often the request of this hand-over is made, and of no other, also not of another house."""
        return f"{self.message_id}-{self.n}-{int(self.handed_at.timestamp())}"


def message_of(key: str) -> int | None:
    """Our message's id in a key that came back; None: not one of ours."""
    number = key.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None


@dataclass(frozen=True)
class Accepted:
    """`provider_id` is None where it does not say (yet) under which number it has it.

    `parts` has the provider's ids of all parts, where it counts and reports each by itself.
    """

    provider_id: str | None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """It will not be sent, for the sake of the phone or the words; no other provider would do better."""

    error_code: str


@dataclass(frozen=True)
class TurnedAway:
    """It was certainly not sent, for the sake of this provider (balance, signature, too many): the next may send it."""

    error_code: str


@dataclass(frozen=True)
class NotTaken:
    """The provider can prove that it does not have it and never will: it may go to another."""


@dataclass(frozen=True)
class Report:
    """What became of a message; `message_id` is ours if the provider carried it along, else None.

    Without both ids the `phone` and the `suffix` of our number (see `suffix_of`) tell which message it was.
    """

    provider: ProviderName
    provider_id: str
    delivery: Delivery
    error_code: str | None = None
    message_id: int | None = None
    phone: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Inbound:
    """A message from a citizen; `provider_id` is the same however often it is pushed.

    `suffix`: the digits behind our number that it was sent to, so that it answers the message that came from there.
    """

    provider: ProviderName
    provider_id: str
    phone: str
    text: str
    suffix: str = ""


@dataclass(frozen=True)
class LateAnswer:
    """What became of hand-over `n` of a message after all, when its sender had given up waiting."""

    provider: ProviderName
    message_id: int
    n: int
    outcome: Accepted | Rejected | TurnedAway


class ProviderNotReached(Unavailable):
    """The message certainly did not leave: the next provider may have it."""

    code: ClassVar[str] = "sms_provider_not_reached"
    message: ClassVar[str] = "短信服务商 {provider} 暂时无法连接，稍后重试"


class OutcomeUnknown(HotlineError):
    """The message may have left: it must be asked about, and goes to no provider meanwhile."""

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

    def send(self, outgoing: Outgoing) -> Accepted | Rejected | TurnedAway:
        """Hand it over once.  Raises ProviderNotReached, OutcomeUnknown."""
        ...

    def find(self, outgoing: Outgoing) -> Accepted | NotTaken | None:
        """The message if the provider has it after all; NotTaken only where its absence is proof, else None.

        Raises ProviderNotReached.
        """
        ...

    def reports(self, outgoing: Outgoing, provider_id: str | None) -> list[Report]:
        """What it can say now, for when its own report was lost.  Raises ProviderNotReached."""
        ...
