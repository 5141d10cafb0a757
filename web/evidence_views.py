"""How what bears out a unit's word looks over the wire: its calls to the citizen, its visits."""

from typing import Self

from tickets.evidence import Contact, Evidence
from web.api import Moment, View


class CallMadeView(View):
    """A call of the unit to the citizen; `result` is that of a bridged call."""

    by: str
    asked_at: Moment
    result: str
    talked_at: Moment | None
    talk_s: int | None

    @classmethod
    def of(cls, contact: Contact | None) -> Self | None:
        return cls.model_validate(contact) if contact is not None else None


class SeenView(View):
    """A visit of the unit; nobody was there when `met` is empty.  `photos`: their ids."""

    by: str
    visitors: str
    visited_at: Moment
    place: str
    met: str
    photos: list[int]


class EvidenceView(View):
    """What bears out that the unit called, or met somebody on a visit (both null: 未证实).

    And all calls or visits that were looked at, the newest first.
    """

    proof: CallMadeView | None
    looked_at: list[CallMadeView]
    visit: SeenView | None
    visits: list[SeenView]

    @classmethod
    def of(cls, evidence: Evidence | None) -> Self | None:
        return cls.model_validate(evidence) if evidence is not None else None
