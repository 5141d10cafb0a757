"""What ends by itself when a ticket leaves a unit's hands: requests, work below, helpers' parts, drafts, pauses."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.kinds import CompletionState, InnerState, PartState, RequestState
from tickets.model import Completion, HelperPart, Pause, ReplyDraft, Ticket, TicketRequest
from tickets.queries.situations import chain_below


def leave_work(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """The unit has stopped working on it: what it asked for lapses, what it sent down comes back, no reply waits."""
    lapse_requests(session, ticket, now=now)
    pull_all_back(session, ticket, now=now)
    ticket.waits_for_release = False


def lapse_requests(session: Session, ticket: Ticket, *, now: datetime) -> None:
    if not ticket.has_request:
        return
    pending = (TicketRequest.ticket_id == ticket.id, TicketRequest.state == RequestState.PENDING)
    session.execute(update(TicketRequest).where(*pending).values(state=RequestState.LAPSED, decided_at=now))
    ticket.has_request = False


def pull_all_back(session: Session, ticket: Ticket, *, now: datetime) -> None:
    for inner in chain_below(session, ticket):
        inner.state, inner.ended_at = InnerState.PULLED, now
    ticket.inner_id = ticket.inner_state = None
    ticket.working_unit_id = ticket.unit_id


def excuse_all_parts(session: Session, ticket: Ticket, *, why: str, by: Actor, now: datetime) -> None:
    """Nobody waits for the helpers any longer."""
    if not ticket.open_parts:
        return
    waiting = (HelperPart.ticket_id == ticket.id, HelperPart.state == PartState.OPEN)
    ended = {"state": PartState.EXCUSED, "ended_at": now, "ended_by": by.label, "result": why}
    session.execute(update(HelperPart).where(*waiting).values(ended))
    ticket.open_parts = 0


def drop_reply_draft(session: Session, ticket: Ticket) -> None:
    """The reply was sent, or nobody will send it."""
    session.execute(delete(ReplyDraft).where(ReplyDraft.ticket_id == ticket.id))


def lapse_completion(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Nobody asks the citizen any longer."""
    of_it = (Completion.ticket_id == ticket.id, Completion.state == CompletionState.OPEN)
    session.execute(update(Completion).where(*of_it).values(state=CompletionState.LAPSED, ended_at=now))
    ticket.missing = ""


def end_pause(session: Session, ticket: Ticket, *, now: datetime) -> None:
    pause = open_pause(session, ticket.id)
    if pause is not None:
        pause.ended_at = now
        session.flush()


def open_pause(session: Session, ticket_id: int) -> Pause | None:
    return session.scalar(select(Pause).where(Pause.ticket_id == ticket_id, Pause.ended_at.is_(None)))
