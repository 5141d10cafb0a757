"""A secret ticket leaves whom it accuses, the moment that becomes known."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from staff.rules import SYSTEM
from tickets.actions.dispatching import await_dispatch, end_holding
from tickets.actions.due_times import compute_clocks
from tickets.actions.leaving import end_pause, pull_all_back
from tickets.actions.merging import may_lie_under, split_ticket
from tickets.actions.writing import locked_ticket, take, write_history
from tickets.kinds import PartState
from tickets.model import HelperPart, Ticket
from tickets.profiles import load_clocks
from tickets.queries.access import is_accused
from tickets.queries.situations import chain_below
from tickets.rules import TABLE, Action, State
from tickets.settings import TicketOffice

WHY = "对被反映单位保密"


def leave_accused(session: Session, ticket: Ticket, *, office: TicketOffice, now: datetime) -> None:
    """Out of the accused unit's hands, and from under a ticket that it holds; helpers and units below likewise.

    What the unit has answered and the hotline has passed stays where it is: the unit finds it no longer, and what it
    promised with that is not asked of it.
    """
    if ticket.state is State.MERGED:
        if not may_lie_under(session, ticket, locked_ticket(session, ticket.parent_id or 0, SYSTEM)):
            split_ticket(session, ticket.id, by=SYSTEM, office=office, now=now, reason=WHY)
        return
    move = TABLE.get((ticket.state, Action.STEP_ASIDE))
    if move is not None and ticket.unit is not None and is_accused(session, ticket, ticket.unit):
        _take_away(session, ticket, office, now)
        return
    _pull_from_below(session, ticket, now)
    _excuse_accused(session, ticket, now)
    if ticket.promise_due_at is not None and ticket.unit is not None and is_accused(session, ticket, ticket.unit):
        ticket.promise_due_at = None


def _take_away(session: Session, ticket: Ticket, office: TicketOffice, now: datetime) -> None:
    move, unit_id = TABLE[ticket.state, Action.STEP_ASIDE], ticket.unit_id
    clocks = load_clocks(session, office.profile)
    end_pause(session, ticket, now=now)
    end_holding(session, ticket, Action.STEP_ASIDE, by=SYSTEM, now=now)
    await_dispatch(session, ticket, clocks, now=now)
    ticket.is_ruled = False
    take(session, ticket, move, by=SYSTEM, now=now, reason=WHY, particulars={"unit_id": unit_id})
    compute_clocks(session, ticket, clocks)


def _pull_from_below(session: Session, ticket: Ticket, now: datetime) -> None:
    """Back to the unit that leads, when one of the chain below it is accused."""
    if any(is_accused(session, ticket, inner.unit) for inner in chain_below(session, ticket)):
        pull_all_back(session, ticket, Action.PULL_BACK, now=now)
        _note(session, ticket, Action.PULL_BACK, now)


def _excuse_accused(session: Session, ticket: Ticket, now: datetime) -> None:
    waiting = select(HelperPart).where(HelperPart.ticket_id == ticket.id, HelperPart.state == PartState.OPEN)
    for part in session.scalars(waiting.options(joinedload(HelperPart.unit))):
        if is_accused(session, ticket, part.unit):
            part.state, part.ended_at, part.ended_by, part.result = PartState.EXCUSED, now, SYSTEM.label, WHY
            ticket.open_parts -= 1
            _note(session, ticket, Action.EXCUSE_PART, now)


def _note(session: Session, ticket: Ticket, action: Action, now: datetime) -> None:
    ticket.version += 1
    ticket.changed_at = now
    write_history(session, ticket, action, before=ticket.state, by=SYSTEM, now=now, reason=WHY, is_internal=True)
