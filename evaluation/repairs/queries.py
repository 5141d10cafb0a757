"""Everything that is read about repairs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from evaluation.repairs.errors import RepairNotFound
from evaluation.repairs.guards import Situation
from evaluation.repairs.model import Repair, RepairAppeal, RepairLine
from evaluation.repairs.rules import OPEN_STATES, Ground, Lane, Offer, RepairState, offers
from evaluation.rules import Level
from staff.model import Unit
from staff.rules import Actor, UnitKind
from tickets.evidence import Evidence
from tickets.kinds import ContactMade
from tickets.model import Ticket
from tickets.queries.access import not_kept_from, one_visible_to
from tickets.queries.evidence import evidence_since
from tickets.rules import SATISFIED_FROM

_PRESENTED = (joinedload(Repair.ticket), joinedload(Repair.unit))
_ENDED = (RepairState.CLOSED, RepairState.WITHDRAWN)


def repair_by_id(session: Session, repair_id: int) -> Repair:
    """Raises RepairNotFound."""
    found = session.get(Repair, repair_id, populate_existing=True)
    if found is None:
        raise RepairNotFound(repair=repair_id)
    return found


def repair_by_number(session: Session, number: str, by: Actor) -> Repair:
    """With ticket and unit.  Raises RepairNotFound, also where `by` may not see the ticket."""
    found = select(Repair).join(Ticket).where(Repair.number == number, one_visible_to(by)).options(*_PRESENTED)
    repair = session.scalar(found)
    if repair is None:
        raise RepairNotFound(repair=number)
    return repair


def repairs_of(session: Session, ticket_id: int) -> Sequence[Repair]:
    """A ticket's repairs with ticket and unit, oldest first."""
    return session.scalars(select(Repair).filter_by(ticket_id=ticket_id).options(*_PRESENTED).order_by(Repair.id)).all()


def lines_of(session: Session, repair_id: int) -> Sequence[RepairLine]:
    """Oldest first."""
    return session.scalars(select(RepairLine).filter_by(repair_id=repair_id).order_by(RepairLine.id)).all()


def appeals_of(session: Session, repair_id: int) -> Sequence[RepairAppeal]:
    """Oldest first."""
    return session.scalars(select(RepairAppeal).filter_by(repair_id=repair_id).order_by(RepairAppeal.id)).all()


def situation_of(session: Session, repair: Repair, by: Actor) -> Situation:
    """Needs `Repair.unit`."""
    own = session.get(Unit, by.unit_id) if by.unit_id is not None else None
    appealed = select(RepairAppeal.id).filter_by(repair_id=repair.id, unit_id=repair.unit_id).limit(1)
    return Situation(
        unit_path=repair.unit.path,
        actor_unit_path=own.path if own is not None else "",
        owes_contact=repair.is_real_name and repair.contacted_at is None,
        tries=repair.tries,
        has_appealed=session.scalar(appealed) is not None,
        is_bad=not Level(repair.level).is_satisfied,
        is_hotlines=repair.unit.kind is UnitKind.HOTLINE,
    )


def repair_offers(session: Session, repair: Repair, by: Actor) -> list[Offer]:
    """Needs `Repair.unit`."""
    return offers(repair.state, by.roles, situation_of(session, repair, by))


def contact_evidence(session: Session, repair: Repair, by: Actor, *, now: datetime) -> Evidence:
    """What bears out the contact that the unit claims; before that, every call it has made since.

    Needs `Repair.unit`, `Repair.ticket`.
    """
    way = ContactMade.VISIT if repair.contact_way is ContactMade.VISIT else ContactMade.CALL
    until = repair.contacted_at or now
    return evidence_since(session, repair.ticket, way, repair.unit.path, since=repair.opened_at, until=until, by=by)


@dataclass(frozen=True)
class Narrowed:
    """What of the repairs is looked at; nothing said: all of them."""

    lane: Lane | None = None
    unit_ids: tuple[int, ...] | None = None
    level: int | None = None
    ground: Ground | None = None
    words: str = ""


ALL = Narrowed()


@dataclass(frozen=True)
class RepairHead:
    """How many stand in each lane."""

    lanes: dict[Lane, int] = field(default_factory=dict)


def _late(now: datetime) -> ColumnElement[bool]:
    """A limit that runs is over."""
    no_contact = and_(Repair.state == RepairState.TO_CONTACT, Repair.contact_due_at <= now)
    return or_(no_contact, and_(Repair.state.in_(OPEN_STATES), Repair.fix_due_at <= now))


def _in_lane(lane: Lane, now: datetime) -> ColumnElement[bool]:
    match lane:
        case Lane.TO_CONTACT:
            return Repair.state == RepairState.TO_CONTACT
        case Lane.OVERDUE:
            return _late(now)
        case Lane.FIXING:
            return Repair.state.in_((RepairState.CONTACTED, RepairState.FIXING))
        case Lane.APPEALED:
            return Repair.state == RepairState.APPEALED
        case Lane.RERATING:
            return Repair.state == RepairState.RERATING
        case Lane.STILL_BAD:
            return and_(Repair.second_level.is_not(None), Repair.second_level < SATISFIED_FROM)
        case Lane.ENDED:
            return Repair.state.in_(_ENDED)


def _narrowed(query: Any, wanted: Narrowed, by: Actor, now: datetime) -> Any:
    """Joined with its ticket; without what is kept from `by`."""
    query = query.join(Ticket, Ticket.id == Repair.ticket_id).where(not_kept_from(by))
    if wanted.lane is not None:
        query = query.where(_in_lane(wanted.lane, now))
    if wanted.unit_ids is not None:
        query = query.where(Repair.unit_id.in_(wanted.unit_ids))
    if wanted.level is not None:
        query = query.where(Repair.level == wanted.level)
    if wanted.ground is not None:
        query = query.where(Repair.id.in_(select(RepairAppeal.repair_id).filter_by(ground=wanted.ground)))
    if wanted.words:
        said, digits = f"%{_escaped(wanted.words)}%", wanted.words.replace(" ", "")
        query = query.where(
            or_(Ticket.title.like(said, escape="\\"), Repair.number.like(f"{_escaped(digits)}%", escape="\\"))
        )
    return query


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def repairs_page(
    session: Session, wanted: Narrowed = ALL, *, by: Actor, now: datetime, after: int = 0, limit: int = 25
) -> Sequence[Repair]:
    """With ticket and unit, oldest first, above the one with id `after`."""
    query = _narrowed(select(Repair), wanted, by, now).where(Repair.id > after)
    found: Sequence[Repair] = session.scalars(query.options(*_PRESENTED).order_by(Repair.id).limit(limit)).all()
    return found


def repair_head(session: Session, wanted: Narrowed = ALL, *, by: Actor, now: datetime) -> RepairHead:
    """Of what the other filters leave; the lane that is looked at changes no count.  One statement."""
    columns = [func.count().filter(_in_lane(lane, now)) for lane in Lane]
    query = _narrowed(select(*columns).select_from(Repair), Narrowed(None, *_others(wanted)), by, now)
    return RepairHead(dict(zip(Lane, session.execute(query).one(), strict=True)))


def _others(wanted: Narrowed) -> tuple[Any, ...]:
    return wanted.unit_ids, wanted.level, wanted.ground, wanted.words


def open_repairs(session: Session, unit_id: int, *, by: Actor) -> int:
    """How many wait for this unit, or for what comes of its appeal."""
    query = select(func.count()).select_from(Repair).join(Ticket, Ticket.id == Repair.ticket_id)
    return session.scalar(query.where(Repair.unit_id == unit_id, Repair.state.in_(OPEN_STATES), not_kept_from(by))) or 0
