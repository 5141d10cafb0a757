"""What another platform sends and what it is told; values only."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

#: a platform that is away for a long weekend is told when it comes back
OUTAGE_TRIES = 400


@dataclass(frozen=True)
class PlatformKey:
    """`id` stands in each signature, `secret` is shared with the platform alone."""

    id: str
    secret: bytes


def platform_key(master: bytes, code: str, key_no: int) -> PlatformKey:
    """The key number `key_no` of a platform: made from the site's secret, so that none is stored."""
    name = f"{code}.{key_no}"
    return PlatformKey(name, hmac.new(master, f"platform {name}".encode(), hashlib.sha256).digest())


class Told(BaseModel):
    """How a matter stands, in the words of the citizen's page: all of it, so that the newest version is enough."""

    outside_number: str
    number: str
    version: int
    state: str
    state_name: str
    sentence: str
    due_at: str | None
    is_final: bool
    steps: list[dict[str, Any]]
    replies: list[str]
