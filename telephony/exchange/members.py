"""The seats in the built-in exchange's queue, asked round as Asterisk's rrmemory does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum


class DeviceState(IntEnum):
    """How Asterisk numbers what a telephone does."""

    IDLE = 1
    IN_USE = 2
    RINGING = 6


@dataclass
class Member:
    """A seat in the queue."""

    interface: str
    joined_at: datetime
    is_paused: bool = False
    reason: str = ""
    paused_at: datetime | None = None
    calls_taken: int = 0
    last_call_at: datetime | None = None
    state: DeviceState = DeviceState.IDLE

    @property
    def number(self) -> str:
        """The telephone behind the interface: 8001 of PJSIP/8001."""
        return self.interface.rpartition("/")[2]

    @property
    def is_free(self) -> bool:
        """Whether it may be rung."""
        return not self.is_paused and self.state is DeviceState.IDLE

    def fields(self) -> dict[str, str]:
        """What Asterisk says of a member, under the names of events and of lists."""
        return {
            "MemberName": self.interface,
            "Name": self.interface,
            "Interface": self.interface,
            "Location": self.interface,
            "StateInterface": self.interface,
            "CallsTaken": str(self.calls_taken),
            "LastCall": _seconds(self.last_call_at),
            "LastPause": _seconds(self.paused_at),
            "LoginTime": _seconds(self.joined_at),
            "InCall": str(int(self.state is DeviceState.IN_USE)),
            "Status": str(self.state.value),
            "Paused": str(int(self.is_paused)),
            "PausedReason": self.reason,
        }


@dataclass
class Members:
    """All seats of the queue, in the order they joined."""

    _all: list[Member] = field(default_factory=list)
    _next: int = 0

    def __iter__(self) -> Iterator[Member]:
        return iter(self._all)

    def of(self, interface: str) -> Member | None:
        """The member of this interface."""
        return next((one for one in self._all if one.interface == interface), None)

    def add(self, member: Member) -> None:
        """Let a seat join, last in the round."""
        self._all.append(member)

    def remove(self, member: Member) -> None:
        """Let a seat go; a call it has stays with it."""
        self._all.remove(member)

    def next_free(self) -> Member | None:
        """The next free seat after the one asked last."""
        count = len(self._all)
        for step in range(count):
            position = (self._next + step) % count
            if self._all[position].is_free:
                self._next = position + 1
                return self._all[position]
        return None


def _seconds(moment: datetime | None) -> str:
    return "0" if moment is None else str(int(moment.timestamp()))
