"""The console provider: nothing leaves the house.  It keeps what it accepted in a file and misbehaves on demand."""

import json
import os
import threading
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sms.providers.provider import Accepted, OutcomeUnknown, Outgoing, ProviderNotReached, Rejected, Report
from sms.rules import Delivery
from sms.settings import ProviderName


class Fault(StrEnum):
    """How the next message goes wrong, as it does with the real ones."""

    NOT_REACHED = "not_reached"
    """The line is down: it certainly did not leave."""
    REJECTED = "rejected"
    """Refused at once, with a code."""
    TIMEOUT_AFTER_ACCEPTANCE = "timeout_after_acceptance"
    """Taken, but the answer never reaches us."""
    LOST = "lost"
    """The answer never reaches us, and it was not taken either."""
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
    """`path` keeps accepted messages over a restart (None: memory only), one JSON object a line."""

    def __init__(self, path: Path | None = None) -> None:
        self.name = ProviderName.CONSOLE
        self.asked_after = timedelta(seconds=2)
        self._path = path
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._kept = list(_read(path)) if path else []

    def misbehave(self, *faults: Fault) -> None:
        """The next messages go wrong in these ways, one each."""
        self._faults.extend(faults)

    @property
    def accepted(self) -> list[tuple[int, str, str]]:
        """(our id, phone, text) of everything that would have left the house, in order."""
        with self._lock:
            return [(kept.message_id, kept.phone, kept.text) for kept in self._kept]

    def send(self, outgoing: Outgoing) -> Accepted | Rejected:
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            if fault is Fault.NOT_REACHED:
                raise ProviderNotReached(provider=self.name)
            if fault is Fault.REJECTED:
                return Rejected("console_rejected")
            if fault is Fault.LOST:
                raise OutcomeUnknown(message_id=outgoing.message_id, provider=self.name)
            kept = self._keep(outgoing, fault)
        if fault is Fault.TIMEOUT_AFTER_ACCEPTANCE:
            raise OutcomeUnknown(message_id=outgoing.message_id, provider=self.name)
        return Accepted(kept.provider_id)

    def find(self, outgoing: Outgoing) -> Accepted | None:
        with self._lock:
            found = [kept for kept in self._kept if kept.message_id == outgoing.message_id]
        return Accepted(found[0].provider_id) if found else None

    def reports(self, provider_id: str) -> list[Report]:
        with self._lock:
            found = [kept for kept in self._kept if kept.provider_id == provider_id]
        if not found or found[0].fault is Fault.NO_REPORT:
            return []
        fault = found[0].fault
        final = Delivery.FAILED if fault is Fault.UNDELIVERABLE else Delivery.DELIVERED
        code = "console_undeliverable" if final is Delivery.FAILED else None
        said = [
            Report(self.name, provider_id, Delivery.SENT, None, found[0].message_id),
            Report(self.name, provider_id, final, code, found[0].message_id),
        ]
        if fault is Fault.OUT_OF_ORDER:
            said.reverse()
        return said * 2 if fault is Fault.REPORTED_TWICE else said

    def _keep(self, outgoing: Outgoing, fault: Fault | None) -> _Kept:
        number = len(self._kept) + 1
        kept = _Kept(f"console-{number:06d}", outgoing.message_id, outgoing.phone, outgoing.text, fault)
        if self._path:
            _append(self._path, kept)
        self._kept.append(kept)
        return kept


def _read(path: Path) -> list[_Kept]:
    """A last line cut off by a kill is left out: that message was not accepted."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    rows = [json.loads(line) for line in lines]
    return [_Kept(**{**row, "fault": Fault(row["fault"]) if row["fault"] else None}) for row in rows]


def _append(path: Path, kept: _Kept) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(kept.__dict__, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)
