"""What has to do with a ticket and is no act on it: calls of its citizen, and looks at hidden data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from staff.model import Person, Unit
from staff.rules import Actor
from telephony.model import Call
from tickets.model import CallSummary, Ticket
from tickets.queries.access import ticket_by_number

#: so many of each kind, the newest
TRACES_MOST = 100
#: these looks have a line in the history already
_IN_HISTORY = ("reveal_caller", "open_photos", "print")


@dataclass(frozen=True)
class Trace:
    """One line of 经过 that the history does not hold; `action` is call, look or sms."""

    key: str
    at: datetime
    action: str
    actor: str
    unit: str
    words: str
    particulars: Mapping[str, Any] = field(default_factory=dict)


def traces_of(session: Session, number: str, *, by: Actor) -> list[Trace]:
    """Calls and looks, in no order.  Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    calls = _calls(session, ticket)
    return [*calls, *_looks(session, ticket, [trace.particulars["call_id"] for trace in calls])]


def unit_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Short names by id."""
    wanted = {unit_id for unit_id in ids if unit_id is not None}
    if not wanted:
        return {}
    rows = session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(wanted)))
    return {row.id: row.short_name for row in rows}


def _calls(session: Session, ticket: Ticket) -> list[Trace]:
    """The call that it came by, and those in which somebody asked, urged or added."""
    about = select(CallSummary.call_id).where(CallSummary.ticket_id == ticket.id)
    ids = {ticket.call_id, *session.scalars(about.order_by(CallSummary.id.desc()).limit(TRACES_MOST))}
    rows = session.execute(
        select(Call, CallSummary.outcome, Person.name, Unit.short_name)
        .outerjoin(CallSummary, CallSummary.call_id == Call.id)
        .outerjoin(Person, Person.id == Call.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Call.id.in_(ids - {None}))
    )
    return [
        Trace(
            key=f"call {call.id}",
            at=call.began_at,
            action="call",
            actor=name or "",
            unit=unit or "",
            words=getattr(outcome, "name_zh", ""),
            particulars={"call_id": call.id, "talk_s": call.talk_s},
        )
        for call, outcome, name, unit in rows
    ]


def _looks(session: Session, ticket: Ticket, call_ids: Sequence[int]) -> list[Trace]:
    """Also who listened to one of its calls."""
    at_ticket = and_(
        AuditRow.object_kind == "ticket", AuditRow.object_id == ticket.number, AuditRow.action.not_in(_IN_HISTORY)
    )
    at_calls = and_(AuditRow.object_kind == "call", AuditRow.object_id.in_([str(call_id) for call_id in call_ids]))
    rows = session.execute(
        select(AuditRow, Unit.short_name)
        .outerjoin(Person, Person.id == AuditRow.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(or_(at_ticket, at_calls) if call_ids else at_ticket)
        .order_by(AuditRow.id.desc())
        .limit(TRACES_MOST)
    )
    return [
        Trace(f"look {row.id}", row.at, "look", row.actor, unit or "", row.purpose, {"what": row.action})
        for row, unit in rows
    ]
