"""What ends by itself when a ticket leaves a unit's hands: requests, work below, helpers' parts, drafts, pauses."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import Actor
from tickets.events import WorkTakenBack
from tickets.kinds import CompletionState, InnerState, PartState, RequestState
from tickets.model import Completion, HelperPart, InnerHolding, Pause, ReplyDraft, Ticket, TicketRequest
from tickets.queries.situations import chain_below
from tickets.rules import Action


def leave_work(session: Session, ticket: Ticket, action: Action, *, now: datetime) -> None:
    """The unit has stopped working on it: what it asked for lapses, what it sent down comes back, no reply waits."""
    lapse_requests(session, ticket, now=now)
    pull_all_back(session, ticket, action, now=now)
    ticket.waits_for_release = False


def lapse_requests(session: Session, ticket: Ticket, *, now: datetime) -> None:
    if not ticket.has_request:
        return
    pending = (TicketRequest.ticket_id == ticket.id, TicketRequest.state == RequestState.PENDING)
    session.execute(update(TicketRequest).where(*pending).values(state=RequestState.LAPSED, decided_at=now))
    ticket.has_request = False


def pull_all_back(session: Session, ticket: Ticket, action: Action, *, now: datetime) -> None:
    pull(session, ticket, chain_below(session, ticket), action, now=now)
    ticket.inner_id = ticket.inner_state = None
    ticket.working_unit_id = ticket.unit_id


def pull(session: Session, ticket: Ticket, chain: Iterable[InnerHolding], action: Action, *, now: datetime) -> None:
    """Out of the hands of these below.  Announces WorkTakenBack to each."""
    for inner in chain:
        inner.state, inner.ended_at = InnerState.PULLED, now
        tell_taken_back(session, ticket, inner.unit_id, action, inner_id=inner.id)


def excuse_all_parts(session: Session, ticket: Ticket, action: Action, *, by: Actor, now: datetime) -> None:
    """Nobody waits for the helpers any longer.  Announces WorkTakenBack to each."""
    if not ticket.open_parts:
        return
    waiting = (HelperPart.ticket_id == ticket.id, HelperPart.state == PartState.OPEN)
    for unit_id in session.scalars(select(HelperPart.unit_id).where(*waiting).order_by(HelperPart.id)):
        tell_taken_back(session, ticket, unit_id, action)
    ended = {"state": PartState.EXCUSED, "ended_at": now, "ended_by": by.label, "result": action.name_zh}
    session.execute(update(HelperPart).where(*waiting).values(ended))
    ticket.open_parts = 0


def tell_taken_back(
    session: Session, ticket: Ticket, unit_id: int, action: Action, *, inner_id: int | None = None
) -> None:
    """To a unit that led, worked below or helped, while the ticket is still in the hands of the one that leads."""
    if ticket.holding_id is not None:
        gone = WorkTakenBack(ticket.id, ticket.holding_id, inner_id, unit_id, action.value, ticket.version)
        announce(session, gone)


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
