"""What a unit has typed of its reply: for whoever belongs to the unit that holds the ticket, and for nobody else."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.model import ReplyDraft, Ticket
from tickets.queries.access import ticket_by_number


def reply_draft(session: Session, number: str, *, by: Actor) -> ReplyDraft | None:
    """Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    return draft_of(session, ticket) if by.unit_id == ticket.unit_id else None


def draft_of(session: Session, ticket: Ticket) -> ReplyDraft | None:
    """Of the present holding: what another unit typed before is none of this one's business."""
    if ticket.holding_id is None:
        return None
    return session.scalar(
        select(ReplyDraft).where(ReplyDraft.ticket_id == ticket.id, ReplyDraft.holding_id == ticket.holding_id)
    )
