"""What is announced about scores."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class ObjectionChanged(Event):
    """A unit objected to a row of its scores, or was answered."""

    objection_id: int
    unit_id: int
