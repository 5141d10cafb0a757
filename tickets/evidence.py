"""Whether a unit has spoken with the citizen as its answer says: a claim rests on a call (DOMAIN 8, check 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

#: a shorter one is a wrong number or a voice box, not a conversation
TALK_LEAST_S = 10


@dataclass(frozen=True)
class Contact:
    """A call of the staff to the citizen; `talked_at` and `talk_s` are None when nobody answered."""

    id: int
    unit_path: str
    by: str
    asked_at: datetime
    result: str
    talked_at: datetime | None
    talk_s: int | None


@dataclass(frozen=True)
class Evidence:
    """What bears out that a unit called: the call itself, and every call that was looked at, the newest first."""

    proof: Contact | None
    looked_at: Sequence[Contact]


def evidence_for(contacts: Sequence[Contact], *, unit_path: str, since: datetime, until: datetime) -> Evidence:
    """Calls by the unit or one below it, from when it got the ticket to when it answered; the longest proves it."""
    looked_at = [one for one in contacts if one.unit_path.startswith(unit_path) and since <= one.asked_at <= until]
    talks = [one for one in looked_at if one.talked_at is not None and (one.talk_s or 0) >= TALK_LEAST_S]
    proof = max(talks, key=lambda one: one.talk_s or 0, default=None)
    return Evidence(proof, sorted(looked_at, key=lambda one: one.asked_at, reverse=True))
