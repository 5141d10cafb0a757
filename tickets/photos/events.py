"""What photos announce."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class DraftPhotosChanged(Event):
    """For the desk: photos came to a form that is being filled."""

    draft_id: int
