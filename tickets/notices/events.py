"""What notices announce."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class NoticeChanged(Event):
    """For live pages."""

    notice_id: int
