"""Dispatches that the system makes by itself: named as such, some drawn by lot, and a person's word on those."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import SYSTEM, Actor, Role
from tickets.actions.dispatching import hand_over_under
from tickets.actions.writing import TicketKey, allowed_move, locked_ticket, take, write_history
from tickets.errors import CheckedByOther, NotDrawn, RoleRefused
from tickets.events import TicketDispatched
from tickets.model import AutomaticDispatch, CatalogueLine, Ticket
from tickets.profiles import load_clocks
from tickets.rules import Action
from tickets.settings import TicketOffice


def dispatch_automatically(
    session: Session,
    ticket: Ticket,
    *,
    line: CatalogueLine,
    reason: str,
    model_name: str,
    office: TicketOffice,
    now: datetime,
) -> None:
    """The system sends, says why in the history, and draws some for a person to check.

    Raises MoveRefused, UnitCannotHold.  Announces TicketDispatched.
    """
    move = allowed_move(session, ticket, Action.DISPATCH, SYSTEM, now=now)
    unit_id, clocks = line.unit_id, load_clocks(session, office.profile)
    holding = hand_over_under(session, ticket, unit_id, line, by=SYSTEM, clocks=clocks, now=now)
    drawn = is_drawn(ticket.number, office.check_percent)
    ticket.is_auto_dispatched, ticket.is_drawn_for_check = True, drawn
    session.add(
        AutomaticDispatch(
            ticket_id=ticket.id,
            holding_id=holding.id,
            unit_id=unit_id,
            topic_id=ticket.topic_id,
            model_name=model_name,
            sent_at=now,
            reason=reason[:200],
            is_drawn=drawn,
        )
    )
    particulars: dict[str, Any] = {"unit_id": unit_id, "is_automatic": True, "is_drawn": drawn}
    take(session, ticket, move, by=SYSTEM, now=now, reason=reason, particulars=particulars)
    announce(session, TicketDispatched(ticket.id, unit_id))


def is_drawn(number: str, percent: int) -> bool:
    """Whether this number is among the few that a person checks; the same answer every time."""
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:4]) % 100 < percent


def check_dispatch(session: Session, key: TicketKey, *, is_right: bool, by: Actor, now: datetime) -> Ticket:
    """A person's word on a drawn dispatch, kept as a label with author and time; both stand in the history.

    Also after the ticket has gone on.  Who said it may say otherwise later: the latest counts.
    Raises TicketNotFound, RoleRefused, NotDrawn, CheckedByOther.
    """
    if not by.may_act_as((Role.DISPATCHER, Role.SUPERVISOR)):
        raise RoleRefused(action="抽检派单")
    ticket = locked_ticket(session, key, by)
    sent = _newest_drawn(session, ticket.id)
    if sent is None:
        raise NotDrawn
    if sent.checked_by_id not in (None, by.person_id):
        raise CheckedByOther(name=sent.checked_by)
    sent.is_right, sent.checked_at, sent.checked_by, sent.checked_by_id = is_right, now, by.label, by.person_id
    ticket.is_drawn_for_check = False
    ticket.version += 1
    ticket.changed_at = now
    reason = "抽检：派单正确" if is_right else "抽检：派单错误"
    particulars = {"is_right": is_right, "unit_id": sent.unit_id, "topic_id": sent.topic_id}
    write_history(
        session, ticket, "checked", before=ticket.state, by=by, now=now, reason=reason, particulars=particulars
    )
    return ticket


def _newest_drawn(session: Session, ticket_id: int) -> AutomaticDispatch | None:
    drawn = select(AutomaticDispatch).where(AutomaticDispatch.ticket_id == ticket_id, AutomaticDispatch.is_drawn)
    return session.scalar(drawn.order_by(AutomaticDispatch.id.desc()).limit(1))
