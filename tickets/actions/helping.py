"""协办: helping units with their own parts; one unit leads and answers for the whole."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from staff.queries import unit_by_id
from staff.rules import Actor, UnitKind
from tickets.actions.leaving import tell_taken_back
from tickets.actions.writing import TicketKey, allowed_move, locked_ticket, take
from tickets.errors import AlreadyAHelper, UnitAccused, UnitCannotHold
from tickets.events import HelpAsked, PartReported
from tickets.guard_errors import NoOpenParts
from tickets.kinds import PartState
from tickets.model import HelperPart, Ticket
from tickets.queries.access import is_accused
from tickets.rules import Action

RESULT_LEAST = 10


def ask_help(session: Session, key: TicketKey, *, unit_id: int, task: str, by: Actor, now: datetime) -> Ticket:
    """Give another unit a part of its own, due with the whole; the lead stays who it is.

    Raises TicketNotFound, MoveRefused, RoleRefused, UnitNotFound, UnitCannotHold, UnitAccused,
    AlreadyAHelper.  Announces HelpAsked.
    """
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.ASK_HELP, by, now=now)
    unit = unit_by_id(session, unit_id)
    if not unit.is_active or unit.kind is UnitKind.HOTLINE or unit.id == ticket.unit_id:
        raise UnitCannotHold(unit=unit.short_name)
    if is_accused(session, ticket, unit):
        raise UnitAccused(unit=unit.short_name)
    if _open_part(session, ticket, unit_id) is not None:
        raise AlreadyAHelper(unit=unit.short_name)
    session.add(
        HelperPart(
            ticket_id=ticket.id,
            unit_id=unit.id,
            task=task,
            state=PartState.OPEN,
            asked_at=now,
            asked_by=by.label,
            due_at=ticket.unit_due_at,
        )
    )
    ticket.open_parts += 1
    take(session, ticket, move, by=by, now=now, reason=task, particulars={"unit_id": unit.id})
    announce(session, HelpAsked(ticket.id, unit.id))
    return ticket


def _open_part(session: Session, ticket: Ticket, unit_id: int | None) -> HelperPart | None:
    return session.scalar(
        select(HelperPart).where(
            HelperPart.ticket_id == ticket.id, HelperPart.unit_id == unit_id, HelperPart.state == PartState.OPEN
        )
    )


def report_part(session: Session, key: TicketKey, *, result: str, by: Actor, now: datetime) -> Ticket:
    """What the helping unit did.  Raises Invalid, TicketNotFound, MoveRefused, NotAHelper.  Announces PartReported."""
    if len(result) < RESULT_LEAST:
        sentence = f"请写明协办情况，至少 {RESULT_LEAST} 个字"
        raise Invalid([(("body", "result"), "result_too_short", sentence)])
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.REPORT_PART, by, now=now)
    part = _open_part(session, ticket, by.unit_id)
    if part is None:
        raise AssertionError("the guard has seen an open part")
    _end_part(ticket, part, PartState.DONE, result, by=by, now=now)
    take(session, ticket, move, by=by, now=now, reason=result, is_internal=True)
    announce(session, PartReported(ticket.id, part.unit_id))
    return ticket


def excuse_part(session: Session, key: TicketKey, *, unit_id: int, reason: str, by: Actor, now: datetime) -> Ticket:
    """Wait no longer for a helper, and say why.

    Raises TicketNotFound, MoveRefused, NotTheLead, NoOpenParts, UnitNotFound.  Announces WorkTakenBack.
    """
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.EXCUSE_PART, by, now=now)
    part = _open_part(session, ticket, unit_id)
    if part is None:
        raise NoOpenParts(reason=f"“{unit_by_id(session, unit_id).short_name}”没有等待中的协办")
    _end_part(ticket, part, PartState.EXCUSED, reason, by=by, now=now)
    tell_taken_back(session, ticket, unit_id, Action.EXCUSE_PART)
    take(session, ticket, move, by=by, now=now, reason=reason, particulars={"unit_id": unit_id}, is_internal=True)
    return ticket


def _end_part(ticket: Ticket, part: HelperPart, state: PartState, result: str, *, by: Actor, now: datetime) -> None:
    part.state, part.ended_at, part.ended_by, part.result = state, now, by.label, result
    ticket.open_parts -= 1
