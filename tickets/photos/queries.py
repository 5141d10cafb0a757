"""Everything that is read about photos, and who may see one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.errors import DraftNotFound
from tickets.mail.rules import READERS
from tickets.model import Ticket
from tickets.photos.errors import PhotoNotFound
from tickets.photos.model import Photo
from tickets.queries.access import one_visible_to, ticket_by_number
from tickets.queries.desk import draft_by_id


def photos_of_ticket(session: Session, number: str, *, by: Actor) -> Sequence[Photo]:
    """Oldest first.  Raises TicketNotFound, also for a ticket that `by` may not see."""
    return photos_where(session, Photo.ticket_id == ticket_by_number(session, number, by).id)


def photos_of_draft(session: Session, draft_id: int, *, by: Actor) -> Sequence[Photo]:
    """Oldest first.  Raises DraftNotFound, also for somebody else's."""
    return photos_where(session, Photo.draft_id == draft_by_id(session, draft_id, by=by).id)


def photos_where(session: Session, of: ColumnElement[bool]) -> Sequence[Photo]:
    return session.scalars(select(Photo).where(of).order_by(Photo.id)).all()


def count_photos(session: Session, *of: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Photo).where(*of)) or 0


@dataclass(frozen=True)
class Shown:
    """A photo that may be shown, and of what it is: `kind` is ticket, draft or mail."""

    photo_id: int
    sha256: str
    kind: str
    number: str


def shown_photo(session: Session, photo_id: int, *, by: Actor) -> Shown:
    """By the ticket's own rule of access, or the draft's, or as the mail that brought it.  Raises PhotoNotFound."""
    photo = session.get(Photo, photo_id)
    if photo is None:
        raise PhotoNotFound(photo_id=photo_id)
    if photo.ticket_id is not None:
        number = session.scalar(select(Ticket.number).where(Ticket.id == photo.ticket_id, one_visible_to(by)))
        if number is None:
            raise PhotoNotFound(photo_id=photo_id)
        return Shown(photo.id, photo.sha256, "ticket", number)
    if photo.mail_id is not None and by.may_act_as(READERS):
        return Shown(photo.id, photo.sha256, "mail", str(photo.mail_id))
    try:
        draft = draft_by_id(session, photo.draft_id or 0, by=by)
    except DraftNotFound as error:
        raise PhotoNotFound(photo_id=photo_id) from error
    return Shown(photo.id, photo.sha256, "draft", str(draft.id))


def hashes_in_use(session: Session, hashes: Collection[str]) -> set[str]:
    """Which of these some row names."""
    return set(session.scalars(select(Photo.sha256).where(Photo.sha256.in_(hashes)).distinct()))
