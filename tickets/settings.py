"""How this city's tickets are handled: section [tickets] of config.toml."""

from dataclasses import dataclass

from pydantic import Field

from core.settings import Section


class TicketSettings(Section):
    """The profile and the conduct of automatic dispatch."""

    profile: str = Field("demo-jilin", description="Rows of limits and office hours to go by.")
    auto_dispatch: bool = Field(
        True, description="Whether tickets of topics with a good record are sent without a person."
    )
    check_percent: int = Field(
        5, ge=0, le=100, description="Share of automatic dispatches that a person checks, in per cent."
    )


@dataclass(frozen=True)
class TicketOffice:
    """What actions need to know of the city besides the database: profile, switches, the key that hides phones."""

    phone_key: bytes
    profile: str = "demo-jilin"
    auto_dispatch: bool = True
    check_percent: int = 5

    @classmethod
    def of(cls, settings: TicketSettings, phone_key: bytes) -> "TicketOffice":
        return cls(phone_key, settings.profile, settings.auto_dispatch, settings.check_percent)
