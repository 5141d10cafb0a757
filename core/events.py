"""News of the business: announced inside a transaction, told to others after it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from sqlalchemy.orm import Session

_ANNOUNCED = "announced events"


@dataclass(frozen=True)
class Event:
    """Something that has happened.  Subclasses are frozen dataclasses of ids and plain JSON values."""

    known: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        Event.known[cls.__name__] = cls


@dataclass(frozen=True)
class EventsMissed(Event):
    """The line to the other processes was cut for a while: whatever is shown live needs a fresh snapshot."""


@dataclass(frozen=True)
class Reaction:
    """One durable consequence of an event: a job of `kind` is written in the event's own transaction.

    `key` gives the idempotency key (None: no key); `order_key` jobs of one key run one at a time, first in first out.
    Events for which `concerns` is false have no such consequence.
    """

    kind: str
    arguments: Callable[[Any], dict[str, Any]]
    key: Callable[[Any], str | None] = lambda _event: None
    order_key: Callable[[Any], str | None] = lambda _event: None
    concerns: Callable[[Any], bool] = lambda _event: True


Reactions = Mapping[type[Event], Sequence[Reaction]]


def announce(session: Session, event: Event) -> None:
    """Say that something has happened: reactions become job rows before the commit, live listeners hear it after."""
    session.info.setdefault(_ANNOUNCED, []).append(event)


def announced(session: Session) -> list[Event]:
    """What this session has announced so far, in order."""
    events: list[Event] = session.info.get(_ANNOUNCED, [])
    return events


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """A part of a transaction that may be taken back alone: then nobody hears what was announced inside it."""
    events = session.info.setdefault(_ANNOUNCED, [])
    before = len(events)
    try:
        with session.begin_nested():
            yield
    except BaseException:
        del events[before:]
        raise


def as_plain(event: Event) -> dict[str, Any]:
    """An event as JSON values, for the wire between processes."""
    return {"event": type(event).__name__, **asdict(event)}


def from_plain(plain: dict[str, Any]) -> Event | None:
    """The event that was sent, or None when this process does not know its kind (another version's)."""
    kind = Event.known.get(plain.get("event", ""))
    if kind is None:
        return None
    return kind(**{name: value for name, value in plain.items() if name != "event"})
