"""What a unit does with a ticket: sign, answer, ask to give it back; and what the hotline decides on that."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.events import announce
from staff.queries import unit_by_id
from staff.rules import Actor
from tickets.actions.dispatching import await_dispatch, end_holding
from tickets.actions.sending_down import sign_below
from tickets.actions.writing import (
    TicketKey,
    allowed_move,
    begin_step,
    check_version,
    holding_of,
    locked_ticket,
    make_move,
    take,
)
from tickets.clocks import local_day
from tickets.events import ReturnRefused, TicketReplied, TicketReturned, TicketSigned
from tickets.forms import ReplyForm, ReturnForm, refuse_faults, reply_faults, return_faults
from tickets.guard_errors import NotOwnUnit
from tickets.kinds import Step
from tickets.model import Holding, Reply, Ticket
from tickets.profiles import load_clocks
from tickets.queries.bases import basis_in_force
from tickets.queries.returns import basis_photos
from tickets.rules import Action, State
from tickets.settings import TicketOffice


def sign_ticket(
    session: Session, key: TicketKey, *, by: Actor, now: datetime, handler: str = "", version: int | None = None
) -> Ticket:
    """The unit takes it on; its clock has been running since dispatch.  So does a unit to which it was sent down.

    Raises TicketNotFound, MoveRefused, NotOwnUnit, VersionConflict.  Announces TicketSigned.
    """
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"state": ticket.state.value}, yours={"handler": handler})
    if ticket.state is State.IN_PROGRESS:
        return sign_below(session, ticket, by=by, now=now, handler=handler)
    make_move(session, ticket, Action.SIGN, by=by, now=now, particulars={"handler": handler})
    holding = present_holding(session, ticket)
    holding.signed_at = now
    holding.handler = handler
    ticket.step_due_at = holding.due_at
    announce(session, TicketSigned(ticket.id, holding.unit_id))
    return ticket


def present_holding(session: Session, ticket: Ticket) -> Holding:
    """Raises NotOwnUnit when the hotline has the ticket."""
    holding = holding_of(session, ticket)
    if holding is None:
        raise NotOwnUnit(reason="工单不在承办单位")
    return holding


def return_ticket(
    session: Session, key: TicketKey, form: ReturnForm, *, by: Actor, now: datetime, version: int | None = None
) -> Ticket:
    """Ask to give it back, with its basis as it stands now and who should have it.

    The unit clock runs on until that is granted.

    Raises Invalid, TicketNotFound, MoveRefused, NotOwnUnit, AlreadyRuled, ReturnWindowOver, UnitNotFound.
    Announces TicketReturned.
    """
    refuse_faults(return_faults(form))
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"state": ticket.state.value}, yours=form.model_dump(mode="json"))
    move = allowed_move(session, ticket, Action.RETURN, by, now=now)
    basis = basis_in_force(session, form, by=by, now=now)
    if form.proposed_unit_id is not None:
        unit_by_id(session, form.proposed_unit_id)
    ticket.return_count += 1
    ticket.is_returned = True
    particulars = form.model_dump(mode="json", exclude={"explanation"})
    holding = present_holding(session, ticket)
    particulars |= {"basis_name": basis.name, "basis_words": basis.words}
    particulars |= {"basis_photos": list(basis_photos(session, holding))}
    take(session, ticket, move, by=by, now=now, reason=form.explanation, particulars=particulars)
    announce(session, TicketReturned(ticket.id, holding.unit_id))
    return ticket


def approve_return(
    session: Session, key: TicketKey, *, by: Actor, office: TicketOffice, now: datetime, reason: str = ""
) -> Ticket:
    """Back onto the dispatch list; the next unit gets a clock of its own, the citizen's runs on."""
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.APPROVE_RETURN, by, now=now)
    unit_id = ticket.unit_id
    end_holding(session, ticket, Action.APPROVE_RETURN, by=by, now=now)
    await_dispatch(session, ticket, load_clocks(session, office.profile), now=now)
    take(session, ticket, move, by=by, now=now, reason=reason, particulars={"unit_id": unit_id})
    return ticket


def refuse_return(session: Session, key: TicketKey, *, by: Actor, now: datetime, reason: str) -> Ticket:
    """The unit keeps it and counts as having signed (强制签收); its clock never stopped.

    Announces TicketSigned, ReturnRefused.
    """
    ticket = locked_ticket(session, key, by)
    make_move(session, ticket, Action.REFUSE_RETURN, by=by, now=now, reason=reason)
    holding = present_holding(session, ticket)
    holding.signed_at = holding.signed_at or now
    ticket.is_returned = False
    ticket.step_due_at = holding.due_at
    announce(session, TicketSigned(ticket.id, holding.unit_id))
    announce(session, ReturnRefused(ticket.id, ticket.version))
    return ticket


def _stands(session: Session, ticket: Ticket) -> dict[str, Any]:
    """What a colleague may have answered meanwhile."""
    reply = session.get(Reply, ticket.reply_id) if ticket.reply_id is not None else None
    return {"state": ticket.state.value, "text": reply.text if reply is not None else ""}


def reply_ticket(
    session: Session,
    key: TicketKey,
    form: ReplyForm,
    *,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    version: int | None = None,
) -> Ticket:
    """The unit's answer; an auditor reads it before it counts.

    Raises Invalid, TicketNotFound, MoveRefused, NotOwnUnit, VersionConflict.  Announces TicketReplied.
    """
    refuse_faults(reply_faults(form, today=local_day(now)))
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current=_stands(session, ticket), yours=form.model_dump(mode="json"))
    move = allowed_move(session, ticket, Action.REPLY, by, now=now)
    reply = add_reply(session, ticket, form, author_id=by.person_id, author_label=by.label, office=office, now=now)
    take(session, ticket, move, by=by, now=now, particulars={"reply_id": reply.id, "result": form.result.value})
    return ticket


def add_reply(
    session: Session,
    ticket: Ticket,
    form: ReplyForm,
    *,
    author_id: int | None,
    author_label: str,
    office: TicketOffice,
    now: datetime,
) -> Reply:
    """The reply becomes the ticket's, and the auditor's time begins.  Announces TicketReplied."""
    holding = present_holding(session, ticket)
    reply = Reply(
        ticket_id=ticket.id,
        holding_id=holding.id,
        unit_id=holding.unit_id,
        author_id=author_id,
        author_label=author_label,
        replied_at=now,
        **form.model_dump(),
    )
    session.add(reply)
    session.flush()
    ticket.reply_id = reply.id
    begin_step(ticket, load_clocks(session, office.profile).due(Step.AUDIT, now, what="审核"), began_at=now)
    announce(session, TicketReplied(ticket.id, reply.id))
    return reply
