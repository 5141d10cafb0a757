"""News about SMS."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class SmsReplied(Event):
    """An answer to `message_id`; also a later one, within the correction window."""

    message_id: int
    reply_id: int


@dataclass(frozen=True)
class SmsDelivered(Event):
    message_id: int
    template: str


@dataclass(frozen=True)
class SmsFailed(Event):
    """It will not arrive: refused by the provider, not delivered, or never sent (`reason` says which)."""

    message_id: int
    template: str
    reason: str


@dataclass(frozen=True)
class SmsUnsure(Event):
    """Nobody knows whether it left, and the provider has been asked often enough: a person must know."""

    message_id: int
    template: str


@dataclass(frozen=True)
class SmsChanged(Event):
    """Anything about a message changed; for live pages."""

    message_id: int
