"""剔除误评后: the answers without those whose appeal another body upheld; beside the headline, never instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from evaluation.model import Rating
from evaluation.repairs.model import Repair, RepairAppeal
from evaluation.repairs.rules import Ground
from evaluation.rules import Channel, Subject
from evaluation.verdict import Answers
from indicators.satisfaction import Slice, rated_tickets
from staff.model import Unit
from tickets.model import Ticket
from tickets.rules import SATISFIED_FROM


@dataclass(frozen=True)
class UpheldRow:
    """An answer that is left out here and counts everywhere else; one that was corrected since counts here too."""

    id: int
    ticket_number: str
    ticket_title: str
    unit_name: str | None
    repair_number: str
    ground: Ground
    reason: str
    decided_by: str
    decided_at: datetime
    level: int
    channel: Channel
    rated_at: datetime


def without_upheld(session: Session, wanted: Slice, headline: Answers) -> Answers:
    """What is left of `headline`, the slice's answers: those left out are neither satisfied nor not."""
    if wanted.subject is not Subject.HANDLING:
        return headline
    query, rating = _upheld(wanted)
    levels = session.scalars(query.with_only_columns(func.max(rating.level)).group_by(Ticket.id)).all()
    satisfied = sum(level >= SATISFIED_FROM for level in levels)
    gone = len(levels)
    return Answers(headline.closed - gone, headline.answered - gone, headline.satisfied - satisfied)


def upheld_rows(session: Session, wanted: Slice, *, after: int | None = None, limit: int = 50) -> Sequence[UpheldRow]:
    """What is left out, newest first, below the one with id `after`."""
    if wanted.subject is not Subject.HANDLING:
        return []
    query, rating = _upheld(wanted)
    found = query.outerjoin(Unit, Unit.id == RepairAppeal.unit_id).with_only_columns(
        Ticket.id,
        Ticket.number.label("ticket_number"),
        Ticket.title.label("ticket_title"),
        Unit.name.label("unit_name"),
        Repair.number.label("repair_number"),
        RepairAppeal.ground,
        RepairAppeal.reason,
        RepairAppeal.decided_by,
        RepairAppeal.decided_at,
        rating.level,
        rating.channel,
        rating.recorded_at.label("rated_at"),
    )
    if after is not None:
        found = found.where(Ticket.id < after)
    rows = session.execute(found.order_by(Ticket.id.desc()).limit(limit))
    return [UpheldRow(**row) for row in rows.mappings()]


def _upheld(wanted: Slice) -> tuple[Select[Any], Any]:
    """The slice's tickets whose counting answer was appealed with success, and that answer; appeals are few."""
    appealed = (
        select(Rating.ticket_id)
        .join(RepairAppeal, RepairAppeal.rating_id == Rating.id)
        .where(RepairAppeal.is_upheld.is_(True), Rating.ticket_id.is_not(None))
    )
    base, rating = rated_tickets(wanted, among=appealed)
    query = base.join(RepairAppeal, (RepairAppeal.rating_id == rating.id) & RepairAppeal.is_upheld.is_(True))
    return query.join(Repair, Repair.id == RepairAppeal.repair_id), rating
