"""Acts that leave the state alone: haste, additions, notes, a look at hidden personal data."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import record_view
from core.events import announce
from staff.rules import Actor
from tickets.actions.writing import TicketKey, locked_ticket, make_move, tell_reworded, write_history
from tickets.errors import CallerSealed
from tickets.events import TicketUrged
from tickets.forms import needed
from tickets.kinds import Secrecy
from tickets.model import Ticket
from tickets.queries.access import sees_own_unit_only
from tickets.rules import Action


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
