"""What a protocol must say so that the same connection can speak it: frames out, meanings in; no socket, no thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sms.providers.gateway.long_texts import Part
from sms.providers.provider import Inbound, Outgoing, Rejected, Report, TurnedAway
from sms.settings import GatewaySettings, ProviderName


@dataclass(frozen=True)
class Taken:
    """The gateway has this part, under its own number."""

    provider_id: str


@dataclass(frozen=True)
class Answer:
    """To our submit with this sequence number."""

    sequence: int
    outcome: Taken | Rejected | TurnedAway


@dataclass(frozen=True)
class Pushed:
    """A report, or what a citizen wrote, perhaps only a `part` of it; `answer` is sent when it is kept for good.

    `content` None: nothing of use stood in it, and it may be answered at once.  `note_answered` is called just before.
    """

    content: Report | Inbound | None
    answer: bytes
    part: Part | None = None
    note_answered: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Asked:
    """The gateway wants to know whether we are there, or (`ends`) says goodbye; `answer` is sent at once."""

    answer: bytes
    ends: bool = False


@dataclass(frozen=True)
class Other:
    """A sign of life and nothing else."""


Heard = Answer | Pushed | Asked | Other


@dataclass(frozen=True)
class LogIn:
    """`refusal` reads the first frame that comes back: None when we are in, else why not.  It raises FrameBroken."""

    frame: bytes
    refusal: Callable[[bytes], str | None]


class Dialect(Protocol):
    """One protocol as one account speaks it."""

    name: ProviderName
    shortest_frame: int
    longest_frame: int

    @property
    def settings(self) -> GatewaySettings: ...

    def log_in(self, sequence: int, now: datetime) -> LogIn: ...

    def log_out(self, sequence: int) -> bytes: ...

    def keep_alive(self, sequence: int) -> bytes: ...

    def submit(self, outgoing: Outgoing, draw: Callable[[], int]) -> dict[int, bytes]:
        """A frame for each part by its sequence number, in order; `draw` gives the next number."""
        ...

    def read(self, frame: bytes, link: str) -> Heard:
        """`link` names the connection it came on, where sequence numbers have a meaning.  Raises FrameBroken."""
        ...
