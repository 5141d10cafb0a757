"""Every write of photos: put to a draft or a ticket, looked at, hidden.  The file is there before any of these."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.audit import record_view
from core.events import announce
from staff.rules import Actor
from tickets.actions.registration import locked_draft
from tickets.actions.writing import TicketKey, locked_ticket, make_move, write_history
from tickets.errors import TicketNotFound
from tickets.forms import needed
from tickets.model import Draft, Ticket
from tickets.photos.errors import NothingMoreTaken, PhotoNotFound, TooManyPhotos
from tickets.photos.events import DraftPhotosChanged
from tickets.photos.model import Photo
from tickets.photos.queries import OPEN_PHOTOS, Shown, count_photos, photos_where
from tickets.photos.rules import Origin, Picture, Shows
from tickets.queries.visits import visit_of
from tickets.rules import OPEN_STATES, Action, State

ADD_PHOTO = "add_photo"
NOTHING_SAID = Shows()


def add_to_draft(session: Session, draft_id: int, picture: Picture, *, most: int, by: Actor, now: datetime) -> Photo:
    """A photo that the agent has.  Raises DraftNotFound, NothingMoreTaken, TooManyPhotos.

    Announces DraftPhotosChanged.
    """
    draft = locked_draft(session, draft_id, by)
    n = count_photos(session, Photo.draft_id == draft.id, Photo.origin == Origin.STAFF)
    check_room(n, most)
    return put_to_draft(session, draft, [picture], origin=Origin.STAFF, by=by, now=now)[0]


def add_to_ticket(
    session: Session,
    key: TicketKey,
    picture: Picture,
    *,
    most: int,
    by: Actor,
    now: datetime,
    shows: Shows = NOTHING_SAID,
) -> Photo:
    """A photo that somebody of the staff has, with what it shows and when it was taken.

    Raises TicketNotFound, VisitNotFound, NothingMoreTaken, TooManyPhotos.
    """
    ticket = locked_ticket(session, key, by)
    if shows.visit_id is not None:
        visit_of(session, ticket, shows.visit_id)
    n = count_photos(session, Photo.ticket_id == ticket.id, Photo.origin == Origin.STAFF)
    check_room(n, most)
    photo = put_to_ticket(session, ticket, [picture], origin=Origin.STAFF, by=by, now=now)[0]
    photo.kind, photo.visit_id, photo.taken_at = shows.kind, shows.visit_id, picture.taken_at
    photo.latitude, photo.longitude = picture.position or (None, None)
    return photo


def check_room(n: int, most: int) -> None:
    if n >= most:
        raise TooManyPhotos(most=most)


def put_to_draft(
    session: Session,
    draft: Draft,
    pictures: Sequence[Picture],
    *,
    origin: Origin,
    by: Actor,
    now: datetime,
    material_id: int | None = None,
) -> list[Photo]:
    """To a (locked) draft.  Raises NothingMoreTaken.  Announces DraftPhotosChanged."""
    if draft.state is not State.DRAFT:
        raise NothingMoreTaken
    photos = [new_photo(picture, origin=origin, by=by, now=now) for picture in pictures]
    for photo in photos:
        photo.draft_id, photo.material_id = draft.id, material_id
    session.add_all(photos)
    session.flush()
    announce(session, DraftPhotosChanged(draft.id))
    return photos


def put_to_ticket(
    session: Session,
    ticket: Ticket,
    pictures: Sequence[Picture],
    *,
    origin: Origin,
    by: Actor,
    now: datetime,
    material_id: int | None = None,
) -> list[Photo]:
    """To a (locked) ticket, with one history line: whoever has the page open sees them.  Raises NothingMoreTaken."""
    if ticket.state not in OPEN_STATES:
        raise NothingMoreTaken
    photos = [new_photo(picture, origin=origin, by=by, now=now) for picture in pictures]
    for photo in photos:
        photo.ticket_id, photo.material_id = ticket.id, material_id
    session.add_all(photos)
    session.flush()
    positions = [picture.position for picture in pictures if picture.position is not None]
    note_added(session, ticket, len(photos), origin=origin, positions=positions, by=by, now=now)
    return photos


def note_added(
    session: Session,
    ticket: Ticket,
    n: int,
    *,
    origin: Origin,
    by: Actor,
    now: datetime,
    positions: Sequence[tuple[float, float]] = (),
) -> None:
    """The history line of photos that a (locked) ticket has got, and where they were taken, if that was wanted."""
    ticket.version += 1
    ticket.changed_at = now
    particulars: dict[str, Any] = {"photos": n, "origin": origin.value}
    if positions:
        particulars["positions"] = list(positions)
    write_history(session, ticket, ADD_PHOTO, before=ticket.state, by=by, now=now, particulars=particulars)


def new_photo(picture: Picture, *, origin: Origin, by: Actor, now: datetime) -> Photo:
    return Photo(
        origin=origin,
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        size_bytes=picture.size_bytes,
        added_at=now,
        added_by=by.label,
    )


def log_photo_view(session: Session, shown: Shown, *, by: Actor, now: datetime) -> None:
    """Every look at a whole photo has a line in the audit log, which the citizen can read."""
    record_view(
        session,
        actor_label=by.label,
        person_id=by.person_id,
        action="view_photo",
        object_kind=shown.kind,
        object_id=shown.number,
        purpose=shown.purpose,
        now=now,
    )


def open_photos(session: Session, key: TicketKey, *, purpose: str, by: Actor, now: datetime) -> Ticket:
    """Of a sealed ticket, for whoever says what for: for OPEN_FOR its photos are shown to them.

    One line in the audit log, one in the history.  Raises Invalid without a purpose, TicketNotFound.
    """
    needed(purpose, "purpose", "请选择或写明查看目的")
    ticket = locked_ticket(session, key, by)
    record_view(
        session,
        actor_label=by.label,
        person_id=by.person_id,
        action=OPEN_PHOTOS,
        object_kind="ticket",
        object_id=ticket.number,
        purpose=purpose,
        now=now,
    )
    write_history(session, ticket, OPEN_PHOTOS, before=ticket.state, by=by, now=now, reason=purpose, is_internal=True)
    return ticket


def redact_photo(session: Session, photo_id: int, *, is_hidden: bool, by: Actor, now: datetime) -> Photo:
    """不外传, or shown to units again: every copy of the picture that the ticket has; twice is once.

    Raises PhotoNotFound, RoleRefused, MoveRefused.
    """
    photo = session.get(Photo, photo_id)
    if photo is None or photo.ticket_id is None:
        raise PhotoNotFound(photo_id=photo_id)
    try:
        ticket = locked_ticket(session, photo.ticket_id, by)
    except TicketNotFound as error:
        raise PhotoNotFound(photo_id=photo_id) from error
    copies = photos_where(
        session, Photo.ticket_id == ticket.id, Photo.sha256 == photo.sha256, Photo.is_hidden != is_hidden
    )
    what = f"照片{'不外传' if is_hidden else '取消不外传'}"
    if copies:
        make_move(session, ticket, Action.REDACT, by=by, now=now, reason=what, is_internal=True)
    for copy in copies:
        copy.is_hidden = is_hidden
    return photo
