"""News about repairs."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class RepairOpened(Event):
    """A unit has a bad rating to answer for: a new one, or one that came back; `version` tells them apart."""

    repair_id: int
    ticket_id: int
    version: int


@dataclass(frozen=True)
class RepairDueMoved(Event):
    """It has limits, or others than before."""

    repair_id: int


@dataclass(frozen=True)
class RepairDone(Event):
    """The unit says that it is done: the citizen is asked once more."""

    repair_id: int
    ticket_id: int


@dataclass(frozen=True)
class RepairSettled(Event):
    """Nothing waits for a person any more on a ticket that had been rated badly, of the answer `rework_no`."""

    ticket_id: int
    rework_no: int
