"""Telling a unit of a bad rating and of its limits; of one that is over the hotline's own roster hears as well."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.jobs import enqueue
from evaluation.repairs.model import Repair
from evaluation.repairs.queries import repair_by_id
from evaluation.repairs.rules import OPEN_STATES, RepairState
from sms.rules import may_be_sent_at
from tickets.kinds import Named, Step, Urgency
from tickets.model import Holding, Ticket
from tickets.notices.actions import plan_notices
from tickets.notices.held import Held
from tickets.notices.model import UnitNotice
from tickets.notices.rules import NoticeKind, warned_at
from tickets.notices.settings import NoticeOffice
from tickets.notices.watching import hotline_on_duty, warned_ahead
from tickets.profiles import load_profile

LOOK = "evaluation.look_at_repair"
_KINDS = (NoticeKind.REPAIR_SOON_DUE, NoticeKind.REPAIR_OVERDUE)


class RepairLimit(Named):
    """The two limits of a repair."""

    CONTACT = "contact", "差评联系时限"
    FIX = "fix", "差评整改时限"


def due_of(repair: Repair, limit: RepairLimit) -> datetime | None:
    """When it must be kept; None once it was, and where there is none."""
    if limit is RepairLimit.CONTACT:
        return repair.contact_due_at if repair.state is RepairState.TO_CONTACT else None
    return repair.fix_due_at if repair.state in OPEN_STATES else None


def tell_of_repair(
    session: Session, repair_id: int, *, version: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """Nobody is told of what has gone on meanwhile."""
    repair = repair_by_id(session, repair_id)
    if repair.state is not RepairState.TO_CONTACT or repair.version != version:
        return []
    due = due_of(repair, RepairLimit.CONTACT) or repair.fix_due_at
    occasion = f"repair {repair.id}.{version}"
    return _tell(session, repair, NoticeKind.REPAIR_OPENED, occasion, due, office=office, now=now)


def watch_repair(session: Session, repair_id: int, *, office: NoticeOffice, now: datetime) -> None:
    """Jobs look at each limit when it should be told of."""
    repair = repair_by_id(session, repair_id)
    profile = load_profile(session, office.profile, Step.WARN)
    ahead = warned_ahead(profile, Urgency.NORMAL)
    for limit in RepairLimit:
        due = due_of(repair, limit)
        if due is None or not office.settings.ways:
            continue
        for kind in _KINDS:
            at = warned_at(repair.opened_at, due, ahead) if kind is NoticeKind.REPAIR_SOON_DUE else due
            at = may_be_sent_at(max(now, at), office.sms.settings.quiet_from, office.sms.settings.quiet_until)
            which: dict[str, Any] = {
                "repair_id": repair.id,
                "limit": limit.value,
                "kind": kind.value,
                "due": due.isoformat(),
            }
            key = f"{LOOK}:{repair.id}:{limit}:{kind}:{due.isoformat()}"
            enqueue(session, LOOK, due_at=at, idempotency_key=key, now=now, **which)


def look_at_repair(
    session: Session,
    repair_id: int,
    limit: RepairLimit,
    kind: NoticeKind,
    *,
    due: datetime,
    office: NoticeOffice,
    now: datetime,
) -> list[UnitNotice]:
    """Tell of the limit, unless it was kept or has moved: then somebody else looks."""
    repair = repair_by_id(session, repair_id)
    if due_of(repair, limit) != due or (kind is NoticeKind.REPAIR_SOON_DUE and now >= due):
        return []
    occasion = f"repair {repair.id} {limit} {due.isoformat()}"
    told = _tell(session, repair, kind, occasion, due, office=office, now=now)
    if kind is NoticeKind.REPAIR_OVERDUE:
        for unit_id in hotline_on_duty(session, office=office, now=now):
            if unit_id != repair.unit_id:
                also = f"{occasion} {unit_id}"
                told += _tell(session, repair, kind, also, due, office=office, now=now, unit_id=unit_id)
    return told


def _tell(
    session: Session,
    repair: Repair,
    kind: NoticeKind,
    occasion: str,
    due: datetime | None,
    *,
    office: NoticeOffice,
    now: datetime,
    unit_id: int | None = None,
) -> list[UnitNotice]:
    """As of the holding that was rated; a unit that never held the ticket has none, and is told nothing."""
    held = _held(session, repair)
    if held is None:
        return []
    return plan_notices(
        session, held, kind, occasion=occasion, office=office, not_before=now, now=now,
        unit_id=unit_id or repair.unit_id, due_at=due,
    )  # fmt: skip


def _held(session: Session, repair: Repair) -> Held | None:
    last = select(Holding).where(Holding.ticket_id == repair.ticket_id, Holding.unit_id == repair.unit_id)
    holding = session.scalar(last.order_by(Holding.id.desc()).limit(1))
    return None if holding is None else Held(session.get_one(Ticket, repair.ticket_id), holding)
