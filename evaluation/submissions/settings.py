"""Whether and where records go up: section [submissions] of config.toml."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from core.settings import Section
from evaluation.submissions.exchange import Exchange


class ExchangeName(StrEnum):
    """Who carries records."""

    OFF = "off"
    FILE = "file"
    HTTP = "http"


class SubmissionSettings(Section):
    """Tickets and ratings to the provincial exchange (数据上报)."""

    exchange: ExchangeName = Field(
        ExchangeName.OFF, description="Off, http, or file (a rehearsal: what the file took counts as taken)."
    )
    url: str = Field("", max_length=300, description="The exchange's address that records are posted to.")
    key_id: str = Field("", max_length=60, description="Name of our key there; the key is a secret (SUBMISSIONS).")
    city_code: str = Field(
        "",
        pattern=r"^([0-9A-Za-z]{2,12})?$",
        description="Administrative code of the city, e.g. 220300; every record's number begins with it.",
    )
    hotline_code: str = Field(
        "12345", min_length=1, max_length=40, description="The hotline's own code as a department over there."
    )
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest wait for the exchange's answer, in seconds.")
    timely_minutes: int = Field(
        60, ge=1, le=10_080, description="Minutes within which a record is to be taken to count as timely."
    )

    @property
    def missing(self) -> list[str]:
        """What a connection needs and nobody has given; the key is asked for elsewhere."""
        if self.exchange is ExchangeName.OFF:
            return []
        needed = ["city_code"] if self.exchange is ExchangeName.FILE else ["url", "key_id", "city_code"]
        return [name for name in needed if not getattr(self, name)]


@dataclass(frozen=True)
class SubmissionOffice:
    """Who carries records (None: nothing goes up), and how this city is called over there."""

    exchange: Exchange | None
    city_code: str = ""
    hotline_code: str = "12345"
    timely: timedelta = timedelta(hours=1)
