"""承诺事项: what a unit promised with its answer to have done by a day, owed until it says that it is done."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from staff.rules import SYSTEM, Actor
from tickets.actions.timers import enqueue_archive, enqueue_promise_look
from tickets.actions.writing import TicketKey, allowed_move, check_version, locked_ticket, take
from tickets.clocks import midnight
from tickets.events import PromiseFulfilled
from tickets.model import HistoryLine, Reply, Ticket
from tickets.profiles import load_clocks
from tickets.queries.situations import promise_kept_at
from tickets.rules import Action, Move
from tickets.settings import TicketOffice

DONE_LEAST = 10
AT_ONCE = 100


def promise_rest(session: Session, ticket: Ticket, reply: Reply, *, now: datetime) -> None:
    """The citizen has been told by which day the rest will be done: from now on that is followed."""
    if not reply.result.leaves_rest or reply.finish_on is None:
        return
    ticket.promise_due_at = midnight(reply.finish_on + timedelta(days=1))
    enqueue_promise_look(session, ticket, reply, due_at=ticket.promise_due_at, now=now)


def is_kept(session: Session, ticket: Ticket, reply: Reply) -> bool:
    """Whether the unit has said already that the rest of this answer is done."""
    kept_at = promise_kept_at(session, ticket) if reply.result.leaves_rest else None
    return kept_at is not None and reply.audited_at is not None and kept_at >= reply.audited_at


def fulfil_promise(
    session: Session,
    key: TicketKey,
    *,
    text: str,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    version: int | None = None,
) -> Ticket:
    """承诺事项已办结: what was done, in words that the citizen reads, and so do those who were merged under it.

    Raises Invalid, TicketNotFound, MoveRefused, NothingPromised, NotTheLead, VersionConflict.
    Announces PromiseFulfilled.
    """
    if len(text) < DONE_LEAST:
        raise Invalid([(("body", "text"), "done_too_short", f"请写明办结情况，至少 {DONE_LEAST} 个字")])
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"state": ticket.state.value}, yours={"text": text})
    move = allowed_move(session, ticket, Action.FULFIL, by, now=now)
    _fulfil(session, ticket, move, text, by=by, office=office, now=now)
    if ticket.child_count:
        announce(session, PromiseFulfilled(ticket.id))
    return ticket


def _fulfil(
    session: Session, ticket: Ticket, move: Move, text: str, *, by: Actor, office: TicketOffice, now: datetime
) -> None:
    """Nothing is owed any more, so that a closed ticket may be archived when its time comes."""
    ticket.promise_due_at = None
    take(session, ticket, move, by=by, now=now, reason=text)
    if ticket.closed_at is not None:
        clocks = load_clocks(session, office.profile)
        enqueue_archive(session, ticket, clocks, ended_at=ticket.closed_at, kept_at=now, now=now)


def fulfil_children(session: Session, parent_id: int, *, office: TicketOffice, now: datetime) -> int:
    """One promise, many citizens told that it was kept.  Some at once; the number done.

    Not where it was reworked: what such a one was promised since is another matter.
    """
    said = select(HistoryLine.reason).where(HistoryLine.ticket_id == parent_id, HistoryLine.action == Action.FULFIL)
    text = session.scalar(said.order_by(HistoryLine.id.desc()).limit(1)) or ""
    promised = (Ticket.parent_id == parent_id, Ticket.promise_due_at.is_not(None), Ticket.rework_no == 0)
    ids = session.scalars(select(Ticket.id).where(*promised).order_by(Ticket.id).limit(AT_ONCE)).all()
    for child_id in ids:
        child = locked_ticket(session, child_id, SYSTEM)
        if child.promise_due_at is None or child.rework_no:
            continue  # it went its own way before it was locked
        move = allowed_move(session, child, Action.FULFIL, SYSTEM, now=now)
        _fulfil(session, child, move, text, by=SYSTEM, office=office, now=now)
    return len(ids)
