"""News about units."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class UnitAdded(Event):
    """A unit is there that was not there before."""

    unit_id: int


@dataclass(frozen=True)
class UnitMoved(Event):
    """A unit, with everything below it, hangs under another than before."""

    unit_id: int
