"""Acts that leave the state alone: haste, additions, corrections, notes, a look at hidden personal data."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.audit import record_view
from core.events import announce
from staff.rules import Actor
from tickets.actions.accusing import leave_accused
from tickets.actions.dispatching import set_topic
from tickets.actions.due_times import compute_clocks, end_extensions, result_measure
from tickets.actions.writing import TicketKey, check_version, locked_ticket, make_move, tell_reworded, write_history
from tickets.errors import CallerSealed, PlaceNotFound
from tickets.events import TicketMadeUrgent, TicketUrged
from tickets.forms import TITLE_MOST, needed
from tickets.kinds import Secrecy, TicketType, Urgency
from tickets.model import Place, Ticket
from tickets.profiles import load_clocks
from tickets.queries.access import sees_own_unit_only
from tickets.rules import Action
from tickets.settings import TicketOffice


def urge_ticket(session: Session, key: TicketKey, *, by: Actor, now: datetime, reason: str) -> Ticket:
    """催办: the citizen asks for haste.  Announces TicketUrged."""
    ticket = locked_ticket(session, key, by)
    ticket.urged_count += 1
    make_move(session, ticket, Action.URGE, by=by, now=now, reason=reason, particulars={"no": ticket.urged_count})
    announce(session, TicketUrged(ticket.id, ticket.unit_id))
    return ticket


def supplement_ticket(session: Session, key: TicketKey, *, text: str, by: Actor, now: datetime) -> Ticket:
    """补充: what the citizen adds; the words of the ticket itself stay as they were said."""
    ticket = locked_ticket(session, key, by)
    make_move(session, ticket, Action.SUPPLEMENT, by=by, now=now, reason=_written(text))
    tell_reworded(session, ticket)
    return ticket


def report_interim(session: Session, key: TicketKey, *, text: str, by: Actor, now: datetime) -> Ticket:
    """中途汇报: how far the unit is; the hotline reads it, and its clock runs on."""
    ticket = locked_ticket(session, key, by)
    make_move(session, ticket, Action.INTERIM, by=by, now=now, reason=_written(text), is_internal=True)
    return ticket


def add_note(session: Session, key: TicketKey, *, text: str, by: Actor, now: datetime) -> Ticket:
    """内部备注: never seen by the citizen."""
    ticket = locked_ticket(session, key, by)
    make_move(session, ticket, Action.NOTE, by=by, now=now, reason=_written(text), is_internal=True)
    return ticket


def _written(text: str) -> str:
    return needed(text, "text", "请填写内容")


def correct_ticket(
    session: Session,
    key: TicketKey,
    changes: dict[str, Any],
    *,
    version: int,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    reason: str = "",
) -> Ticket:
    """Correct what was written down; both clocks are computed again from where they began.

    An extension in days ends when hours are counted from now on, and the reverse.
    Only the names in CORRECTABLE; old and new values stand in the history.  A unit that turns out to be accused by a
    secret ticket loses it.
    Raises TicketNotFound, MoveRefused, RoleRefused, VersionConflict, TopicNotFound, PlaceNotFound.
    Announces TicketMadeUrgent.
    """
    ticket = locked_ticket(session, key, by)
    before = {name: _plain(getattr(ticket, name)) for name in changes}
    check_version(ticket, version, current=before, yours={name: _plain(value) for name, value in changes.items()})
    clocks = load_clocks(session, office.profile)
    measure, was = result_measure(ticket, clocks), ticket.urgency
    for name, value in changes.items():
        _correct(session, ticket, name, value)
    if result_measure(ticket, clocks) is not measure:
        end_extensions(session, ticket)
    compute_clocks(session, ticket, clocks)
    after = {name: _plain(getattr(ticket, name)) for name in changes}
    make_move(
        session, ticket, Action.CORRECT, by=by, now=now, reason=reason, particulars={"before": before, "after": after}
    )
    tell_reworded(session, ticket)
    if ticket.urgency.degree > was.degree:
        announce(session, TicketMadeUrgent(ticket.id, ticket.urgency.value))
    if not changes.keys().isdisjoint({"secrecy", "accused_unit_id"}):
        leave_accused(session, ticket, office=office, now=now)
    return ticket


CORRECTABLE: dict[str, type] = {
    "title": str,
    "type": TicketType,
    "topic_id": int,
    "urgency": Urgency,
    "secrecy": Secrecy,
    "accused": str,
    "accused_unit_id": int,
    "place_id": int,
    "place_text": str,
}


def _correct(session: Session, ticket: Ticket, name: str, value: Any) -> None:
    if name not in CORRECTABLE:
        raise ValueError(f"{name} cannot be corrected")
    if name == "topic_id":
        set_topic(session, ticket, value)
    elif name == "place_id":
        place = session.get(Place, value)
        if place is None:
            raise PlaceNotFound(place_id=value)
        ticket.place, ticket.place_id = place, place.id
    else:
        setattr(ticket, name, value[:TITLE_MOST] if name == "title" else value)


def _plain(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value


def log_sealed_view(session: Session, number: str, *, by: Actor, now: datetime) -> None:
    """Every look at a sealed ticket has a line in the audit log, also one that reveals nothing."""
    record_view(
        session,
        actor_label=by.label,
        person_id=by.person_id,
        action="view_sealed",
        object_kind="ticket",
        object_id=number,
        purpose="查看密件",
        now=now,
    )


def reveal_caller(session: Session, key: TicketKey, *, purpose: str, by: Actor, now: datetime) -> Ticket:
    """Show who called, to somebody who says why: one line in the audit log, one in the history.

    A unit never sees a caller who asked for secrecy.  Raises Invalid without a purpose, TicketNotFound, CallerSealed.
    """
    needed(purpose, "purpose", "请选择或写明查看目的")
    ticket = locked_ticket(session, key, by)
    if ticket.secrecy is not Secrecy.NONE and sees_own_unit_only(by):
        raise CallerSealed
    record_view(
        session,
        actor_label=by.label,
        person_id=by.person_id,
        action="reveal_caller",
        object_kind="ticket",
        object_id=ticket.number,
        purpose=purpose,
        now=now,
    )
    write_history(session, ticket, "reveal", before=ticket.state, by=by, now=now, reason=purpose, is_internal=True)
    return ticket
