"""News about bulletins, for live pages."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class BulletinChanged(Event):
    """It was published or withdrawn."""

    bulletin_id: int


@dataclass(frozen=True)
class BulletinReceived(Event):
    """A unit has signed for it."""

    bulletin_id: int
    unit_id: int
