"""How other platforms are told: section [platforms] of config.toml."""

from dataclasses import dataclass

from pydantic import Field

from core.settings import Section
from tickets.platforms.messenger import Messenger


class PlatformSettings(Section):
    """Telling other platforms how the matters stand that they handed over."""

    is_write_back_on: bool = Field(False, description="Whether anything is posted to a platform's own address.")
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest wait for a platform's answer, in seconds.")


@dataclass(frozen=True)
class PlatformOffice:
    """The secret that platforms' keys are made of, and who carries words to them."""

    master: bytes
    messenger: Messenger
