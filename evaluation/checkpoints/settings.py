"""Who signs checkpoints and who keeps them outside: section [checkpoints] of config.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from core.chain import ALGORITHM, Chain
from core.checkpoints.notes import Signer
from core.settings import Section
from evaluation.checkpoints.rules import EVERY_HOURS
from evaluation.checkpoints.witnesses import Witness


class HashName(StrEnum):
    """What new rows and checkpoints are hashed with (core.hashes)."""

    SHA256 = "sha256"
    SM3 = "sm3"


class LedgerSettings(Section):
    """How the ledger and the audit log are chained."""

    algorithm: HashName = Field(
        HashName.SHA256,
        description="Hash of new rows and checkpoints, sha256 or sm3; rows that are there keep the one they name.",
    )


class CheckpointSettings(Section):
    """Signed roots of the ledger and the audit log."""

    name: str = Field(
        "12345.example",
        pattern=r"^[a-z0-9][a-z0-9.-]*$",
        description="Name of this hotline in its checkpoints, a domain of its own; never change it.",
    )
    witnesses: tuple[str, ...] = Field(
        (),
        description="Who keeps every checkpoint outside, at least two: file:///folder, mailto:address, https://address.",
    )
    every_hours: int = Field(
        24, description="Hours between two checkpoints, the first at 00:10: 24, 12, 8, 6, 4, 3, 2 or 1."
    )
    is_sending: bool = Field(True, description="Whether mails and posts to witnesses leave the house.")

    @field_validator("every_hours")
    @classmethod
    def _divides_a_day(cls, hours: int) -> int:
        if hours not in EVERY_HOURS:
            raise ValueError(f"{hours}: none of {', '.join(map(str, EVERY_HOURS))}")
        return hours

    @field_validator("witnesses")
    @classmethod
    def _are_addresses(cls, witnesses: tuple[str, ...]) -> tuple[str, ...]:
        for address in witnesses:
            if not _leads_somewhere(address):
                raise ValueError(f"{address}: none of file:///folder, mailto:address, https://address")
        if len(set(witnesses)) < len(witnesses):
            raise ValueError("the same witness twice is one witness")
        return witnesses


def _leads_somewhere(address: str) -> bool:
    parts = urlsplit(address)
    match parts.scheme:
        case "file":
            return not parts.netloc and len(parts.path) > 1
        case "mailto":
            return "@" in parts.path
        case "https" | "http":
            return bool(parts.hostname)
    return False


@dataclass(frozen=True)
class CheckpointOffice:
    """What checkpoints are signed with, by chain, who keeps them, by address, and what their trees are hashed with."""

    signers: Mapping[str, Signer]
    witnesses: Mapping[str, Witness]
    algorithm: str = ALGORITHM
    every_h: int = 24

    def signer(self, chain: Chain) -> Signer:
        return self.signers[chain.name]
