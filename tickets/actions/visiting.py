"""现场走访: a unit's people were at the place of the matter; evidence of the reply, as a call is."""

from datetime import datetime

from sqlalchemy.orm import Session

from staff.rules import Actor, Role, is_within
from tickets.actions.first_acting import note_first_action
from tickets.actions.handling import present_holding
from tickets.actions.writing import TicketKey, locked_ticket, write_history
from tickets.errors import MoveRefused, RoleRefused
from tickets.forms import VisitForm, refuse_faults, visit_faults
from tickets.guard_errors import NotOwnUnit
from tickets.model import Holding, Ticket, Visit
from tickets.queries.situations import situation_of
from tickets.rules import State

VISIT = "visit"
_ACT_ZH = "记现场走访"
#: while the unit has it; before it signs it may have been there already
_HELD = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW, State.PARKED)


def record_visit(session: Session, key: TicketKey, form: VisitForm, *, by: Actor, now: datetime) -> Visit:
    """By the unit that leads, one below it, or one that helps.

    Raises Invalid, TicketNotFound, MoveRefused, RoleRefused, NotOwnUnit.
    """
    ticket = locked_ticket(session, key, by)
    holding, is_helper = _held(session, ticket, by, now)
    refuse_faults(visit_faults(form, since=holding.dispatched_at, now=now))
    visit = Visit(
        ticket_id=ticket.id,
        unit_id=by.unit_id or 0,
        recorded_at=now,
        recorded_by=by.label,
        **form.model_dump(exclude={"is_nobody_there"}),
    )
    session.add(visit)
    session.flush()
    if not is_helper:
        note_first_action(session, ticket, at=visit.visited_at)
    ticket.version += 1
    ticket.changed_at = now
    told = {"visitors": visit.visitors, "visited_at": visit.visited_at.isoformat(), "place": visit.place}
    told["met"] = visit.met
    write_history(
        session,
        ticket,
        VISIT,
        before=ticket.state,
        by=by,
        now=now,
        reason=visit.note,
        particulars=told,
        is_internal=True,
    )
    return visit


def _held(session: Session, ticket: Ticket, by: Actor, now: datetime) -> tuple[Holding, bool]:
    """The holding in which this person's unit has a part, and whether it only helps."""
    if not by.may_act_as((Role.UNIT_OFFICER,)):
        raise RoleRefused(action=_ACT_ZH)
    if ticket.state not in _HELD:
        raise MoveRefused(state=ticket.state.name_zh, action=_ACT_ZH)
    holding = present_holding(session, ticket)
    situation = situation_of(session, ticket, by, now=now, holding=holding)
    own = situation.actor_unit_path
    leads = bool(own) and is_within(own, situation.holder_path)
    if not leads and own not in situation.open_parts:
        raise NotOwnUnit(reason="工单不在您的单位")
    return holding, not leads
