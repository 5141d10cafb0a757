"""What the escalation officer looks through: tickets that a rule says should be supervised, and the papers issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from staff.rules import Actor
from tickets.kinds import OversightKind, OversightTrigger, Urgency
from tickets.model import Oversight, Ticket
from tickets.queries.access import not_kept_from
from tickets.queries.paging import Listed, Order, page_of
from tickets.rules import State

#: a unit owes something in these
OWING = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW)
#: so often urged it is a repeated complaint, with so many people its effect is bad: assumptions, no statute counts
URGED_OFTEN = 3
MANY_PEOPLE = 10
#: after one of these nobody has to be told that it should be supervised
_STEPS_TAKEN = tuple(kind for kind in OversightKind if kind is not OversightKind.URGE_NOTICE)


def trigger_condition(trigger: OversightTrigger, now: datetime) -> ColumnElement[bool]:
    """Jinan 2018 and Weifang 2021: when a matter is to be supervised."""
    match trigger:
        case OversightTrigger.NOT_TAKEN:
            return and_(Ticket.state == State.DISPATCHED, Ticket.step_due_at <= now)
        case OversightTrigger.OVERDUE:
            return Ticket.unit_due_at <= now
        case OversightTrigger.UNSOLVED:
            return Ticket.rework_no > 0
        case OversightTrigger.BAD_EFFECT:
            people = or_(Ticket.people_count >= MANY_PEOPLE, Ticket.child_count >= MANY_PEOPLE)
            return or_(people, Ticket.urgency == Urgency.CRITICAL)
        case OversightTrigger.REPEATED:
            return or_(Ticket.urged_count >= URGED_OFTEN, Ticket.repeat_of_id.is_not(None))


def triggers_of(ticket: Ticket, now: datetime) -> list[OversightTrigger]:
    """The same, asked of one ticket that has been read."""
    is_late = ticket.unit_due_at is not None and ticket.unit_due_at <= now
    waits = ticket.state is State.DISPATCHED and ticket.step_due_at is not None and ticket.step_due_at <= now
    many = max(ticket.people_count, ticket.child_count) >= MANY_PEOPLE or ticket.urgency is Urgency.CRITICAL
    often = ticket.urged_count >= URGED_OFTEN or ticket.repeat_of_id is not None
    holds = {
        OversightTrigger.NOT_TAKEN: waits,
        OversightTrigger.OVERDUE: is_late,
        OversightTrigger.UNSOLVED: ticket.rework_no > 0,
        OversightTrigger.BAD_EFFECT: many,
        OversightTrigger.REPEATED: often,
    }
    return [trigger for trigger, is_so in holds.items() if is_so]


def _clues(by: Actor, now: datetime, trigger: OversightTrigger | None) -> list[ColumnElement[bool]]:
    """Held by a unit, with a reason to be supervised, and not supervised yet."""
    wanted = [trigger] if trigger is not None else list(OversightTrigger)
    return [
        Ticket.state.in_(OWING),
        or_(Ticket.oversight.is_(None), Ticket.oversight.not_in(_STEPS_TAKEN)),
        or_(*(trigger_condition(one, now) for one in wanted)),
        not_kept_from(by),
    ]


def clues(
    session: Session,
    *,
    by: Actor,
    now: datetime,
    trigger: OversightTrigger | None = None,
    after: str | None = None,
    limit: int = 25,
) -> Listed:
    """督办线索: what the unit owes first comes first.  Raises BadCursor."""
    return page_of(session, _clues(by, now, trigger), order=Order(Ticket.unit_due_at), after=after, limit=limit)


@dataclass(frozen=True)
class OversightHead:
    """How many clues each trigger has, and papers without a receipt; of these, past the day they ask an answer for."""

    clues: dict[OversightTrigger, int]
    without_receipt: int
    late: int


def oversight_head(session: Session, *, by: Actor, now: datetime) -> OversightHead:
    """Two statements."""
    counted = [func.coalesce(func.sum(case((trigger_condition(one, now), 1), else_=0)), 0) for one in OversightTrigger]
    counts = session.execute(select(*counted).where(*_clues(by, now, None))).one()
    late = func.coalesce(func.sum(case((Oversight.answer_by <= now, 1), else_=0)), 0)
    waiting = select(func.count(), late).select_from(Oversight).join(Ticket, Ticket.id == Oversight.ticket_id)
    n, n_late = session.execute(waiting.where(*_unreceived(), not_kept_from(by))).one()
    return OversightHead(dict(zip(OversightTrigger, counts, strict=True)), n, n_late)


def _unreceived() -> tuple[ColumnElement[bool], ...]:
    """Of the present holding: who has lost the ticket signs for nothing any more."""
    return (Oversight.received_at.is_(None), Oversight.holding_id == Ticket.holding_id)


def is_late(paper: Oversight, now: datetime) -> bool:
    """A unit has not signed for it, and the moment until which it asks an answer is past."""
    is_owed = paper.unit_id is not None and paper.received_at is None
    return is_owed and paper.answer_by is not None and paper.answer_by <= now


def papers(
    session: Session,
    *,
    by: Actor,
    kind: OversightKind | None = None,
    unit_id: int | None = None,
    digits: str = "",
    is_waiting: bool = False,
    before: int | None = None,
    limit: int = 25,
) -> Sequence[Oversight]:
    """督办件, the newest first, with ticket and unit; `is_waiting`: without a receipt."""
    found = select(Oversight).join(Ticket, Ticket.id == Oversight.ticket_id).where(not_kept_from(by))
    if kind is not None:
        found = found.where(Oversight.kind == kind)
    if unit_id is not None:
        found = found.where(Oversight.unit_id == unit_id)
    if digits:
        found = found.where(Ticket.number.contains(digits))
    if is_waiting:
        found = found.where(*_unreceived())
    if before is not None:
        found = found.where(Oversight.id < before)
    loaded = (joinedload(Oversight.unit), contains_eager(Oversight.ticket))
    return session.scalars(found.options(*loaded).order_by(Oversight.id.desc()).limit(limit)).all()
