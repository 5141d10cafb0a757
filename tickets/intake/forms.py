"""Every write of the web form: it begins with its first photo, and becomes one ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from core.secrets import phone_hash
from staff.rules import CITIZEN
from tickets.actions.registration import open_draft, register_draft, typed_fields
from tickets.forms import TicketForm
from tickets.intake.errors import TooManyForms, TooManyOfPhone
from tickets.intake.model import IntakeForm
from tickets.intake.settings import IntakeSettings
from tickets.kinds import Source
from tickets.model import Ticket
from tickets.photos.actions import new_photo, note_added
from tickets.photos.model import Photo
from tickets.photos.moving import move_to_draft, move_to_known
from tickets.photos.queries import count_photos, photos_where
from tickets.photos.rules import Origin, Picture, fresh
from tickets.queries.placing import placed
from tickets.rules import UNANSWERED_STATES
from tickets.settings import TicketOffice

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: longer than a form may stay open
KEPT = timedelta(days=3)


@dataclass(frozen=True)
class FormKey:
    """Which form it is, and from which address it came."""

    key: str
    address: str


@dataclass(frozen=True)
class Sent:
    """The ticket that a form became, or the open one in which the same person had said the same."""

    ticket_id: int
    is_known: bool = False


def begin_form(session: Session, form: FormKey, *, limits: IntakeSettings, now: datetime) -> None:
    """Before its first photo is opened: an address that begins too many is refused.  Raises TooManyForms."""
    _begun(session, form, limits=limits, now=now)


def keep_photos(
    session: Session, form: FormKey, pictures: Sequence[Picture], *, most: int, limits: IntakeSettings, now: datetime
) -> int:
    """Photos of a form that is not sent yet; how many of them found no room.  Raises TooManyForms.

    The same picture twice is one photo; a form that was sent takes no more.
    """
    begun = _begun(session, form, limits=limits, now=now)
    if begun.ticket_id is not None:
        return 0
    known = {photo.sha256 for photo in photos_where(session, Photo.form_id == begun.id)}
    new = fresh(pictures, known)
    room = max(0, most - len(known))
    for picture in new[:room]:
        photo = new_photo(picture, origin=Origin.FORM, by=CITIZEN, now=now)
        photo.form_id = begun.id
        session.add(photo)
    return len(new[room:])


def drop_photo(session: Session, key: str, photo_id: int) -> None:
    """The citizen thought better of it; a photo of another form, or of one that was sent, stays."""
    begun = session.scalar(select(IntakeForm.id).where(IntakeForm.key == key, IntakeForm.ticket_id.is_(None)))
    of_form = (Photo.id == photo_id, Photo.form_id == begun, Photo.ticket_id.is_(None))
    session.execute(delete(Photo).where(*of_form))


def photos_of_form(session: Session, key: str) -> Sequence[Photo]:
    begun = select(IntakeForm.id).where(IntakeForm.key == key).scalar_subquery()
    return photos_where(session, Photo.form_id == begun)


def unsent_photo(session: Session, photo_id: int) -> str | None:
    """The hash of a photo whose form is not sent yet; afterwards only staff may see it."""
    of_form = (Photo.id == photo_id, Photo.form_id.is_not(None), Photo.ticket_id.is_(None))
    return session.scalar(select(Photo.sha256).where(*of_form))


def send_form(
    session: Session,
    form: FormKey,
    filled: TicketForm,
    *,
    source: Source,
    limits: IntakeSettings,
    office: TicketOffice,
    now: datetime,
) -> Sent:
    """Make a form a ticket, with its photos; sent again, or filled in again with the same words, it is the same ticket.

    Raises TooManyForms, TooManyOfPhone, Invalid.  Announces DraftOpened, TicketRegistered.
    """
    begun = _begun(session, form, limits=limits, now=now)
    if begun.ticket_id is not None:
        return Sent(begun.ticket_id)
    begun.phone_hash = phone_hash(filled.phone, office.phone_key)
    sent = (IntakeForm.phone_hash == begun.phone_hash, IntakeForm.sent_at > now - DAY)
    if _count(session, *sent) >= limits.forms_per_phone:
        raise TooManyOfPhone(retry_after_s=int(DAY.total_seconds()))
    begun.sent_at = now
    known = _said_before(session, begun.phone_hash, filled.text)
    if known is not None:
        begun.ticket_id = known.id
        _add_photos(session, begun, known, now=now)
        return Sent(known.id, is_known=True)

    filled = placed(session, filled)
    draft = open_draft(session, call_id=None, person_id=None, form=typed_fields(filled), now=now)
    move_to_draft(session, begun.id, draft.id)
    ticket = register_draft(
        session, draft.id, form=filled, version=None, by=CITIZEN, office=office, now=now, source=source
    )
    begun.ticket_id = ticket.id
    return Sent(ticket.id)


def _add_photos(session: Session, begun: IntakeForm, known: Ticket, *, now: datetime) -> None:
    """What the form brought goes where the matter is already."""
    n = count_photos(session, Photo.form_id == begun.id)
    if n:
        move_to_known(session, begun.id, known.id)
        note_added(session, known, n, origin=Origin.FORM, by=CITIZEN, now=now)


def _said_before(session: Session, of_phone: str, text: str) -> Ticket | None:
    """The same words by the same phone, while somebody still owes an answer to them."""
    said = select(Ticket).where(Ticket.phone_hash == of_phone, Ticket.text == text, Ticket.state.in_(UNANSWERED_STATES))
    return session.scalar(said.order_by(Ticket.id).limit(1).with_for_update())


def _begun(session: Session, form: FormKey, *, limits: IntakeSettings, now: datetime) -> IntakeForm:
    """The form's row, locked, or a new one.  Of two that begin it at once the second tries again and finds it."""
    known = select(IntakeForm).where(IntakeForm.key == form.key).with_for_update()
    found = session.scalar(known.execution_options(populate_existing=True))
    if found is not None:
        return found
    begun = (IntakeForm.address == form.address, IntakeForm.begun_at > now - HOUR)
    if _count(session, *begun) >= limits.forms_per_address:
        raise TooManyForms(retry_after_s=int(HOUR.total_seconds()))
    made = IntakeForm(key=form.key, address=form.address, begun_at=now)
    session.add(made)
    session.flush()
    return made


def _count(session: Session, *of: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(IntakeForm).where(*of)) or 0


def forget_forms(session: Session, *, now: datetime) -> None:
    """Nobody sends them any more: photos of those never sent go, and from where they came is forgotten."""
    old = select(IntakeForm.id).where(IntakeForm.begun_at < now - KEPT)
    unsent = (Photo.form_id.in_(old), Photo.ticket_id.is_(None), Photo.draft_id.is_(None))
    session.execute(delete(Photo).where(*unsent))
    session.execute(update(Photo).where(Photo.form_id.in_(old)).values(form_id=None))
    session.execute(delete(IntakeForm).where(IntakeForm.begun_at < now - KEPT))
