"""The console provider: nothing leaves the house.  It keeps what it accepted in a file and misbehaves on demand."""

import json
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from secrets import token_hex

from sms.providers.provider import (
    Accepted,
    NotTaken,
    OutcomeUnknown,
    Outgoing,
    ProviderNotReached,
    Rejected,
    Report,
    TurnedAway,
)
from sms.rules import Delivery
from sms.settings import ProviderName


class Fault(StrEnum):
    """How the next message goes wrong, as it does with the real ones."""

    NOT_REACHED = "not_reached"
    """The line is down: it certainly did not leave."""
    REJECTED = "rejected"
    """Refused at once, with a code."""
    TURNED_AWAY = "turned_away"
    """Refused for the sake of the provider: its balance is used up."""
    TIMEOUT_AFTER_ACCEPTANCE = "timeout_after_acceptance"
    """Taken, but the answer never reaches us."""
    LOST = "lost"
    """The answer never reaches us, and it was not taken either."""
    LOST_FOR_CERTAIN = "lost_for_certain"
    """The answer never reaches us; asked, it can prove that it did not take it."""
    UNDELIVERABLE = "undeliverable"
    """Accepted, then reported as failed."""
    NO_REPORT = "no_report"
    """Accepted, and nothing is heard of it again."""
    REPORTED_TWICE = "reported_twice"
    """Its reports come twice."""
    OUT_OF_ORDER = "out_of_order"
    """Delivered is reported before sent."""


@dataclass(frozen=True)
class _Kept:
    provider_id: str
    message_id: int
    phone: str
    text: str
    fault: Fault | None


class ConsoleProvider:
    """`path` keeps accepted messages over a restart and for other processes (None: memory only), a line each."""

    def __init__(self, path: Path | None = None, draw_id: Callable[[], str] = token_hex) -> None:
        self.name = ProviderName.CONSOLE
        self.asked_after = timedelta(seconds=2)
        self._path = path
        self._faults: deque[Fault] = deque()
        self._not_taken: set[str] = set()
        self._lock = threading.Lock()
        self._draw_id = draw_id
        self._kept: list[_Kept] = []
        self._read_bytes = 0

    def misbehave(self, *faults: Fault) -> None:
        """The next messages go wrong in these ways, one each."""
        self._faults.extend(faults)

    @property
    def accepted(self) -> list[tuple[int, str, str]]:
        """(our id, phone, text) of everything that would have left the house, in order."""
        with self._lock:
            self._read_on()
            return [(kept.message_id, kept.phone, kept.text) for kept in self._kept]

    def send(self, outgoing: Outgoing) -> Accepted | Rejected | TurnedAway:
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            if fault is Fault.NOT_REACHED:
                raise ProviderNotReached(provider=self.name)
            if fault is Fault.REJECTED:
                return Rejected("console_rejected")
            if fault is Fault.TURNED_AWAY:
                return TurnedAway("console_balance")
            if fault is Fault.LOST_FOR_CERTAIN:
                self._not_taken.add(outgoing.key)
            if fault in {Fault.LOST, Fault.LOST_FOR_CERTAIN}:
                raise OutcomeUnknown(message_id=outgoing.message_id, provider=self.name)
            kept = self._keep(outgoing, fault)
        if fault is Fault.TIMEOUT_AFTER_ACCEPTANCE:
            raise OutcomeUnknown(message_id=outgoing.message_id, provider=self.name)
        return Accepted(kept.provider_id)

    def find(self, outgoing: Outgoing) -> Accepted | NotTaken | None:
        with self._lock:
            if outgoing.key in self._not_taken:
                return NotTaken()
            self._read_on()
            wanted = (outgoing.message_id, outgoing.phone, outgoing.text)
            found = [kept for kept in self._kept if (kept.message_id, kept.phone, kept.text) == wanted]
        return Accepted(found[0].provider_id) if found else None

    def reports(self, outgoing: Outgoing, provider_id: str | None) -> list[Report]:
        with self._lock:
            self._read_on()
            found = [kept for kept in self._kept if kept.provider_id == provider_id]
        if not found or found[0].fault is Fault.NO_REPORT:
            return []
        fault = found[0].fault
        final = Delivery.FAILED if fault is Fault.UNDELIVERABLE else Delivery.DELIVERED
        code = "console_undeliverable" if final is Delivery.FAILED else None
        said = [
            Report(self.name, found[0].provider_id, Delivery.SENT, None, outgoing.message_id),
            Report(self.name, found[0].provider_id, final, code, outgoing.message_id),
        ]
        if fault is Fault.OUT_OF_ORDER:
            said.reverse()
        return said * 2 if fault is Fault.REPORTED_TWICE else said

    def _keep(self, outgoing: Outgoing, fault: Fault | None) -> _Kept:
        kept = _Kept(f"console-{self._draw_id()[:16]}", outgoing.message_id, outgoing.phone, outgoing.text, fault)
        if self._path:
            _append(self._path, kept)
        else:
            self._kept.append(kept)
        return kept

    def _read_on(self) -> None:
        """What was appended since, by whatever process; a line cut off by a kill was not accepted."""
        if self._path is None or not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read_bytes)
            whole = file.read().rpartition(b"\n")[0]
        for line in filter(None, whole.split(b"\n")):
            row = _parsed(line)
            if row is not None:
                self._kept.append(row)
        self._read_bytes += len(whole) + 1 if whole else 0


def _parsed(line: bytes) -> _Kept | None:
    """None for a line that a kill cut off and the next one was written behind."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return _Kept(**{**row, "fault": Fault(row["fault"]) if row["fault"] else None})


def _append(path: Path, kept: _Kept) -> None:
    """A new line begins each row, so that a torn one spoils nothing behind it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = "\n" + json.dumps(kept.__dict__, ensure_ascii=False) + "\n"
    with path.open("ab") as file:
        path.chmod(0o600)
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())
