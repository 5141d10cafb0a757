"""Whether a unit has spoken with the citizen as its answer says: a claim rests on a call or a visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

#: a shorter one is a wrong number or a voice box, not a conversation
TALK_LEAST_S = 10


def minute_of(moment: datetime) -> datetime:
    """People write down minutes: a visit in the minute in which a ticket came is none before it."""
    return moment.replace(second=0, microsecond=0)


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
class Seen:
    """A visit to the place; nobody was there when `met` is empty."""

    id: int
    unit_path: str
    by: str
    visitors: str
    visited_at: datetime
    place: str
    met: str
    #: ids of its photos
    photos: Sequence[int]


@dataclass(frozen=True)
class Evidence:
    """What bears out that a unit spoke with the citizen: the call, or the visit on which somebody was met.

    And every call or visit that was looked at, the newest first.
    """

    proof: Contact | None = None
    looked_at: Sequence[Contact] = ()
    visit: Seen | None = None
    visits: Sequence[Seen] = ()

    @property
    def spoken_at(self) -> datetime | None:
        """When, by the call or the visit that bears it out."""
        if self.proof is not None:
            return self.proof.talked_at
        return self.visit.visited_at if self.visit is not None else None


def evidence_for(contacts: Sequence[Contact], *, unit_path: str, since: datetime, until: datetime) -> Evidence:
    """Calls by the unit or one below it, from when it got the ticket to when it answered; the longest proves it."""
    looked_at = [one for one in contacts if one.unit_path.startswith(unit_path) and since <= one.asked_at <= until]
    talks = [one for one in looked_at if one.talked_at is not None and (one.talk_s or 0) >= TALK_LEAST_S]
    proof = max(talks, key=lambda one: one.talk_s or 0, default=None)
    return Evidence(proof, sorted(looked_at, key=lambda one: one.asked_at, reverse=True))


def evidence_of_visits(visits: Sequence[Seen], *, unit_path: str, since: datetime, until: datetime) -> Evidence:
    """Likewise of visits: the last one on which somebody was met; an empty house proves that nobody was spoken with."""
    since = minute_of(since)
    looked_at = [one for one in visits if one.unit_path.startswith(unit_path) and since <= one.visited_at <= until]
    looked_at.sort(key=lambda one: one.visited_at, reverse=True)
    met = next((one for one in looked_at if one.met), None)
    return Evidence(visit=met, visits=looked_at)
