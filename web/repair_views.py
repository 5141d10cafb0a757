"""How repairs look over the wire: a row, the whole order with its history, and what is written about the citizen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy.orm import Session

from core.masking import mask_text
from evaluation.queries import counting_answer, reasons_of, words_of
from evaluation.repairs.limits import is_late
from evaluation.repairs.model import Repair, RepairAppeal, RepairLine
from evaluation.repairs.queries import appeals_of, contact_evidence, lines_of, repair_offers
from evaluation.repairs.rules import Act, Ground, Lane, Offer, Outcome, RepairState
from evaluation.rules import BadReason, Level
from staff.queries import all_units
from staff.rules import Actor
from tickets.kinds import ContactMade
from web.api import Day, Moment, View
from web.evidence_views import EvidenceView
from web.masked_views import title_of


class RepairRow(View):
    """One 整改单 with both of its ratings; `second_level` is null until the citizen was asked again and answered.

    `contact_due_at` is null where no contact is owed, both limits where the calendar is not loaded.
    `is_contact_proven` false: no record of the hotline bears the contact out, and the repair is in no 按期整改.
    """

    id: int
    number: str
    ticket_number: str
    title: str
    unit_id: int
    unit_name: str
    level: int
    level_name: str
    is_real_name: bool
    state: RepairState
    outcome: Outcome | None
    opened_at: Moment
    contact_due_at: Moment | None
    fix_due_at: Moment | None
    booked_on: Day | None
    is_late: bool
    waits_for_calendar: int | None
    tries: int
    contacted_at: Moment | None
    contact_way: ContactMade | None
    is_contact_proven: bool | None
    done_at: Moment | None
    second_level: int | None
    second_level_name: str
    is_still_bad: bool
    closed_at: Moment | None
    version: int

    @classmethod
    def of(cls, repair: Repair, now: datetime) -> Self:
        """Needs `Repair.ticket`, `Repair.unit`."""
        again = None if repair.second_level is None else Level(repair.second_level)
        same = {name: getattr(repair, name) for name in cls.model_fields if name not in _OWN}
        return cls(
            **same,
            ticket_number=repair.ticket.number,
            title=title_of(repair.ticket),
            unit_name=repair.unit.short_name,
            level_name=Level(repair.level).name_zh,
            is_late=is_late(repair, now),
            second_level_name=again.name_zh if again is not None else "",
            is_still_bad=again is not None and not again.is_satisfied,
        )


_OWN = frozenset({"ticket_number", "title", "unit_name", "level_name", "is_late", "second_level_name", "is_still_bad"})


class RepairPage(View):
    rows: list[RepairRow]
    next: int | None


class RepairHeadView(View):
    """How many stand in each lane, whichever of them is looked at."""

    lanes: dict[Lane, int]


class RepairLineView(View):
    """One act; `is_proven` says of a contact whether the hotline's own records bore it out then."""

    id: int
    at: Moment
    act: Act
    act_name: str
    actor: str
    unit: str
    words: str
    is_proven: bool | None

    @classmethod
    def of(cls, line: RepairLine, units: dict[int, str]) -> Self:
        return cls(
            id=line.id,
            at=line.at,
            act=line.act,
            act_name=line.act.name_zh,
            actor=line.actor_label,
            unit=units.get(line.actor_unit_id or 0, ""),
            words=mask_text(line.words),
            is_proven=line.particulars.get("is_proven"),
        )


class RepairAppealView(View):
    """What the unit holds against the rating, and what another body made of it (null: not decided)."""

    ground: Ground
    evidence: str
    asked_at: Moment
    asked_by: str
    is_upheld: bool | None
    reason: str
    decided_at: Moment | None
    decided_by: str
    decided_unit: str

    @classmethod
    def of(cls, appeal: RepairAppeal, units: dict[int, str]) -> Self:
        return cls(
            ground=appeal.ground,
            evidence=mask_text(appeal.evidence),
            asked_at=appeal.asked_at,
            asked_by=appeal.asked_by,
            is_upheld=appeal.is_upheld,
            reason=mask_text(appeal.reason),
            decided_at=appeal.decided_at,
            decided_by=appeal.decided_by,
            decided_unit=units.get(appeal.decided_unit_id or 0, ""),
        )


class RepairOfferView(View):
    """A button: grey with its reason when a guard blocks it, absent when the role never has it."""

    act: Act
    act_name: str
    is_enabled: bool
    reason: str | None

    @classmethod
    def of(cls, offer: Offer) -> Self:
        return cls(act=offer.act, act_name=offer.act.name_zh, is_enabled=offer.is_enabled, reason=offer.reason)


class RepairView(RepairRow):
    """The whole order: what the citizen said (no name), why each limit is on that day, evidence, acts and appeals."""

    words: str | None
    reasons: list[BadReason]
    second_words: str | None
    contact_why: str
    fix_why: str
    evidence: EvidenceView | None
    lines: list[RepairLineView]
    appeals: list[RepairAppealView]
    offers: list[RepairOfferView]


@dataclass(frozen=True)
class Reader:
    """Who looks, and when."""

    by: Actor
    now: datetime


def repair_rows(found: Sequence[Repair], now: datetime, limit: int) -> RepairPage:
    rows = [RepairRow.of(repair, now) for repair in found]
    return RepairPage(rows=rows, next=rows[-1].id if len(rows) == limit else None)


def shown_repair(session: Session, repair: Repair, reader: Reader) -> RepairView:
    """Needs `Repair.ticket`, `Repair.unit`."""
    units = {unit.id: unit.short_name for unit in all_units(session)}
    whole: dict[str, Any] = RepairRow.of(repair, reader.now).model_dump()
    return RepairView(
        **whole,
        words=_without_name(words_of(session, repair.rating_id), repair),
        reasons=reasons_of(session, [repair.rating_id]).get(repair.rating_id, []),
        second_words=_second_words(session, repair),
        contact_why=repair.contact_why,
        fix_why=repair.fix_why,
        evidence=EvidenceView.of(contact_evidence(session, repair, reader.by, now=reader.now)),
        lines=[RepairLineView.of(line, units) for line in lines_of(session, repair.id)],
        appeals=[RepairAppealView.of(appeal, units) for appeal in appeals_of(session, repair.id)],
        offers=[RepairOfferView.of(offer) for offer in repair_offers(session, repair, reader.by)],
    )


def _second_words(session: Session, repair: Repair) -> str | None:
    if repair.second_invitation_id is None:
        return None
    answer = counting_answer(session, repair.second_invitation_id)
    return None if answer is None else _without_name(words_of(session, answer.id), repair)


def _without_name(words: str | None, repair: Repair) -> str | None:
    """Who rated is protected from whom was rated: neither numbers nor the name that stands on the ticket."""
    if words is None:
        return None
    name = repair.ticket.caller_name
    return mask_text(words.replace(name, "群众") if len(name) > 1 else words)
