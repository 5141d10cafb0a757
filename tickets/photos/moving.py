"""Photos go where their matter goes: from the form to the draft, from the draft to the ticket, or away."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tickets.photos.model import Photo


def move_to_draft(session: Session, form_id: int, draft_id: int) -> None:
    session.execute(update(Photo).where(Photo.form_id == form_id).values(draft_id=draft_id))


def move_to_known(session: Session, form_id: int, ticket_id: int) -> None:
    """The matter is a ticket already."""
    session.execute(update(Photo).where(Photo.form_id == form_id).values(ticket_id=ticket_id))


def move_to_ticket(session: Session, draft_id: int, ticket_id: int) -> None:
    session.execute(update(Photo).where(Photo.draft_id == draft_id).values(ticket_id=ticket_id))


def drop_of_draft(session: Session, draft_id: int) -> None:
    """No matter, no photos; their files are swept away at night."""
    session.execute(delete(Photo).where(Photo.draft_id == draft_id, Photo.ticket_id.is_(None)))
