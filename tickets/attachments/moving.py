"""Photos go where their matter goes: from the form to the draft, from the draft to the ticket, or away."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tickets.attachments.model import Attachment


def move_to_draft(session: Session, form_id: int, draft_id: int) -> None:
    session.execute(update(Attachment).where(Attachment.form_id == form_id).values(draft_id=draft_id))


def move_to_ticket(session: Session, draft_id: int, ticket_id: int) -> None:
    session.execute(update(Attachment).where(Attachment.draft_id == draft_id).values(ticket_id=ticket_id))


def drop_of_draft(session: Session, draft_id: int) -> None:
    """No matter, no photos; their files are swept away at night."""
    session.execute(delete(Attachment).where(Attachment.draft_id == draft_id, Attachment.ticket_id.is_(None)))
