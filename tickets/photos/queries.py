"""Everything that is read about photos, and who may see one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, not_, select, true
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from staff.rules import Actor
from tickets.errors import DraftNotFound
from tickets.kinds import Secrecy
from tickets.mail.rules import READERS
from tickets.model import Ticket
from tickets.photos.errors import PhotoNotFound, PhotosClosed
from tickets.photos.model import Photo
from tickets.photos.rules import OPEN_FOR
from tickets.queries.access import one_visible_to, sees_own_unit_only
from tickets.queries.desk import draft_by_id

#: of a line in the audit log
OPEN_PHOTOS = "open_photos"


def photos_of_ticket(session: Session, ticket_id: int, *, by: Actor) -> Sequence[Photo]:
    """Oldest first, of a ticket that `by` may see; units find none that is hidden from them."""
    return photos_where(session, Photo.ticket_id == ticket_id, not_hidden_from(by))


def not_hidden_from(by: Actor) -> ColumnElement[bool]:
    """不外传 is for the hotline's own people."""
    return not_(Photo.is_hidden) if sees_own_unit_only(by) else true()


def photos_of_draft(session: Session, draft_id: int, *, by: Actor) -> Sequence[Photo]:
    """Oldest first.  Raises DraftNotFound, also for somebody else's."""
    return photos_where(session, Photo.draft_id == draft_by_id(session, draft_id, by=by).id)


def photos_where(session: Session, *of: ColumnElement[bool]) -> Sequence[Photo]:
    return session.scalars(select(Photo).where(*of).order_by(Photo.id)).all()


def count_photos(session: Session, *of: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Photo).where(*of)) or 0


@dataclass(frozen=True)
class Shown:
    """A photo that may be shown, and of what it is: `kind` is ticket, draft or mail."""

    photo_id: int
    sha256: str
    kind: str
    number: str
    purpose: str = "查看照片"


def shown_photo(session: Session, photo_id: int, *, by: Actor, now: datetime) -> Shown:
    """By the ticket's own rule of access, or the draft's, or as the mail that brought it.

    Raises PhotoNotFound, PhotosClosed.
    """
    photo = session.scalar(select(Photo).where(Photo.id == photo_id, not_hidden_from(by)))
    if photo is None:
        raise PhotoNotFound(photo_id=photo_id)
    if photo.ticket_id is not None:
        return _of_ticket(session, photo, by=by, now=now)
    if photo.mail_id is not None and by.may_act_as(READERS):
        return Shown(photo.id, photo.sha256, "mail", str(photo.mail_id))
    try:
        draft = draft_by_id(session, photo.draft_id or 0, by=by)
    except DraftNotFound as error:
        raise PhotoNotFound(photo_id=photo_id) from error
    return Shown(photo.id, photo.sha256, "draft", str(draft.id))


def _of_ticket(session: Session, photo: Photo, *, by: Actor, now: datetime) -> Shown:
    of_it = select(Ticket.number, Ticket.secrecy).where(Ticket.id == photo.ticket_id, one_visible_to(by))
    ticket = session.execute(of_it).one_or_none()
    if ticket is None:
        raise PhotoNotFound(photo_id=photo.id)
    if ticket.secrecy is not Secrecy.SEALED:
        return Shown(photo.id, photo.sha256, "ticket", ticket.number)
    opening = opening_of(session, ticket.number, by=by, now=now)
    if opening is None:
        raise PhotosClosed(ticket=ticket.number)
    return Shown(photo.id, photo.sha256, "ticket", ticket.number, opening.purpose)


def opening_of(session: Session, number: str, *, by: Actor, now: datetime) -> AuditRow | None:
    """The line by which `by` said what the photos of a sealed ticket are looked at for, while that still counts."""
    if by.person_id is None:
        return None
    of_it = (AuditRow.object_kind == "ticket", AuditRow.object_id == number, AuditRow.action == OPEN_PHOTOS)
    own = (AuditRow.person_id == by.person_id, AuditRow.at > now - OPEN_FOR)
    return session.scalar(select(AuditRow).where(*of_it, *own).order_by(AuditRow.id.desc()).limit(1))


def hashes_in_use(session: Session, hashes: Collection[str]) -> set[str]:
    """Which of these some row names."""
    return set(session.scalars(select(Photo.sha256).where(Photo.sha256.in_(hashes)).distinct()))
