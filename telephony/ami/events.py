"""What Asterisk says, as plain values: events and replies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from telephony.errors import MalformedEvent


@dataclass(frozen=True, slots=True)
class AmiEvent:
    """One event as Asterisk wrote it; `at` is Asterisk's own time, or ours if it gave none."""

    name: str
    at: datetime
    fields: Mapping[str, str | list[str]]

    def __getitem__(self, name: str) -> str:
        """The value of a field that must be there, once.  Raises MalformedEvent."""
        value = self.fields.get(name.lower())
        if not isinstance(value, str):
            raise MalformedEvent(name=self.name, field=name)
        return value

    def get(self, name: str) -> str:
        """The value of a field, or an empty text."""
        value = self.fields.get(name.lower(), "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one action; `output` has the lines that a Command printed."""

    message: str
    fields: Mapping[str, str | list[str]]

    @property
    def output(self) -> list[str]:
        lines = self.fields.get("output", [])
        return [lines] if isinstance(lines, str) else list(lines)


def moment_of(timestamp: str) -> datetime | None:
    """Asterisk's `seconds.microseconds` as an aware UTC moment, exact to the microsecond."""
    seconds, _, fraction = timestamp.partition(".")
    if not (seconds.isdecimal() and fraction.isdecimal() and len(fraction) == 6):
        return None
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction))
