"""Photos of drafts and tickets, and the material codes that ask citizens for them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self

from aiohttp import web as http
from pydantic import Field
from sqlalchemy.orm import Session

from sms.model import Message
from sms.office import SmsOffice
from sms.rules import MessageState, NotSent
from staff.rules import Actor
from tickets.intake.materials import codes_of_draft, codes_of_ticket, photos_by, send_for_draft, send_for_ticket
from tickets.intake.model import MaterialCode
from tickets.intake.settings import IntakeSettings
from tickets.kinds import Secrecy
from tickets.photos.actions import add_to_draft, add_to_ticket, log_photo_view, open_photos, redact_photo
from tickets.photos.events import DraftPhotosChanged
from tickets.photos.files import picture_path, thumbnail_path
from tickets.photos.model import Photo
from tickets.photos.queries import count_photos, opening_of, photos_of_draft, photos_of_ticket, shown_photo
from tickets.photos.rules import OPEN_FOR, Origin, PhotoKind, Picture, Shows
from tickets.photos.settings import PhotoOffice
from tickets.queries.access import ticket_by_number
from tickets.queries.desk import draft_by_id
from tickets.rules import Action
from web.api import ANYONE, Api, Body, Moment, Query, Request, RowId, View
from web.drafts import ROLES as DRAFT_ROLES
from web.live import Topic
from web.photo_files import PHOTO, photo_answer
from web.ticket_rows import TicketNumber
from web.tickets import roles_for
from web.uploads import kept, spooled

api = Api()
#: who may ask a citizen for photos: whoever may add to a ticket in the citizen's name
ASKERS = roles_for(Action.SUPPLEMENT)
ADDERS = roles_for(Action.NOTE)
UPLOAD_FAULTS = (404, 409, 413)


class PhotoView(View):
    """One photo; its picture is at /photos/{id}, a small one at /photos/{id}/thumbnail.

    `is_hidden`: 不外传, units have none of it.
    """

    id: int
    origin: Origin
    kind: PhotoKind
    taken_at: Moment | None
    latitude: float | None
    longitude: float | None
    is_hidden: bool
    width: int
    height: int
    size_bytes: int
    added_at: Moment
    added_by: str

    @classmethod
    def of(cls, photo: Photo) -> Self:
        return cls.model_validate(photo)


class MaterialCodeView(View):
    """A code that was sent; the code itself is the citizen's.  `is_open`: it still opens the page."""

    id: int
    made_at: Moment
    made_by: str
    expires_at: Moment
    is_open: bool
    photos: int
    message_state: MessageState
    not_sent: NotSent | None


class PhotosView(View):
    """Photos, oldest first, and the codes that asked for some, newest first.

    `needs_purpose`: the ticket is sealed, and no picture is shown but until `open_until`.
    """

    photos: list[PhotoView]
    codes: list[MaterialCodeView]
    needs_purpose: bool = False
    open_until: Moment | None = None


class DraftPhotosPulse(View):
    """Photos came to a draft; the page reads them."""

    draft_id: int
    photos: int


def code_view(session: Session, code: MaterialCode, request: Request) -> MaterialCodeView:
    message = session.get_one(Message, code.message_id)
    return MaterialCodeView(
        id=code.id,
        made_at=code.made_at,
        made_by=code.made_by,
        expires_at=code.expires_at,
        is_open=code.closed_at is None and request.now < code.expires_at,
        photos=photos_by(session, code.id),
        message_state=message.state,
        not_sent=message.reason,
    )


def _of_ticket(session: Session, number: str, request: Request) -> PhotosView:
    ticket = ticket_by_number(session, number, request.actor)
    photos = photos_of_ticket(session, ticket.id, by=request.actor)
    shown = _shown(session, photos, codes_of_ticket(session, ticket.id), request)
    if ticket.secrecy is not Secrecy.SEALED:
        return shown
    opening = opening_of(session, number, by=request.actor, now=request.now)
    until = opening.at + OPEN_FOR if opening is not None else None
    return shown.model_copy(update={"needs_purpose": True, "open_until": until})


def _of_draft(session: Session, draft_id: int, request: Request) -> PhotosView:
    photos = photos_of_draft(session, draft_id, by=request.actor)
    return _shown(session, photos, codes_of_draft(session, draft_id), request)


def _shown(session: Session, photos: Sequence[Photo], codes: Sequence[MaterialCode], request: Request) -> PhotosView:
    return PhotosView(
        photos=[PhotoView.of(photo) for photo in photos], codes=[code_view(session, code, request) for code in codes]
    )


@api.get("/tickets/{number}/photos", role=ANYONE, also=(404,))
async def show_of_ticket(request: Request, number: TicketNumber) -> PhotosView:
    """List a ticket's photos."""
    shown: PhotosView = await request.read(_of_ticket, number, request)
    return shown


@api.get("/drafts/{draft_id}/photos", role=DRAFT_ROLES, also=(404,))
async def show_of_draft(request: Request, draft_id: RowId) -> PhotosView:
    """List the photos that came while a form is being filled."""
    shown: PhotosView = await request.read(_of_draft, draft_id, request)
    return shown


class PhotoQuery(Query):
    """附定位: keep the position that the camera wrote, as evidence of a visit; else it is dropped.

    `kind`: what the photo shows; `visit_id`: the visit that it was taken on.
    """

    with_position: bool = False
    kind: PhotoKind = PhotoKind.OTHER
    visit_id: RowId | None = None


async def _sent(request: Request, *, with_position: bool = False) -> Picture:
    """The body is the photo itself; larger than other bodies, so read past their limit and no further than ours."""
    path = await spooled(request.raw.content.iter_chunked(1 << 16), request.service(PhotoOffice))
    return await kept(request.services, path, with_position=with_position)


@api.post("/tickets/{number}/photos", role=ADDERS, status=201, also=UPLOAD_FAULTS)
async def add_ticket_photo(request: Request, number: TicketNumber, query: PhotoQuery) -> PhotoView:
    """Add a photo of the staff's own to a ticket; the body is the file."""
    await request.read(ticket_by_number, number, request.actor, view=lambda _ticket: None)
    picture = await _sent(request, with_position=query.with_position)
    added: PhotoView = await request.write(
        add_to_ticket,
        number,
        picture,
        most=request.service(PhotoOffice).settings.most_files,
        shows=Shows(query.kind, query.visit_id),
        by=request.actor,
        now=request.now,
        view=PhotoView.of,
    )
    return added


@api.post("/drafts/{draft_id}/photos", role=DRAFT_ROLES, status=201, also=UPLOAD_FAULTS)
async def add_draft_photo(request: Request, draft_id: RowId) -> PhotoView:
    """Add a photo of the agent's own to a form; the body is the file."""
    await request.read(draft_by_id, draft_id, by=request.actor, view=lambda _draft: None)
    picture = await _sent(request)
    most = request.service(PhotoOffice).settings.most_files
    added: PhotoView = await request.write(
        add_to_draft, draft_id, picture, most=most, by=request.actor, now=request.now, view=PhotoView.of
    )
    return added


@api.get("/photos/{photo_id}", role=ANYONE, also=(404,), files=(PHOTO,))
async def show_photo(request: Request, photo_id: RowId) -> http.StreamResponse:
    """Show a whole photo; each look has a line in the audit log before the first byte is sent."""
    shown = await request.read(shown_photo, photo_id, by=request.actor, now=request.now)
    await request.write(log_photo_view, shown, by=request.actor, now=request.now)
    path = picture_path(request.service(PhotoOffice).folder, shown.sha256)
    return photo_answer(path, name=f"{shown.number}-{photo_id}.jpg", photo_id=photo_id)


@api.get("/photos/{photo_id}/thumbnail", role=ANYONE, also=(404,), files=(PHOTO,))
async def show_thumbnail(request: Request, photo_id: RowId) -> http.StreamResponse:
    """Show a small one, as on the page; those of a sealed ticket are opened with a purpose like the whole ones."""
    shown = await request.read(shown_photo, photo_id, by=request.actor, now=request.now)
    path = thumbnail_path(request.service(PhotoOffice).folder, shown.sha256)
    return photo_answer(path, name=f"{shown.number}-{photo_id}-small.jpg", photo_id=photo_id)


class OpenPhotos(Body):
    """What somebody looks at the photos of a sealed ticket for; it is logged."""

    purpose: str = Field(min_length=2, max_length=200)


@api.post("/tickets/{number}/photos/open", role=ADDERS, also=(404,))
async def open_of_ticket(request: Request, number: TicketNumber, body: OpenPhotos) -> PhotosView:
    """Open the photos of a sealed ticket for five minutes: a line in the audit log and one in the history."""

    def opened(session: Session) -> PhotosView:
        open_photos(session, number, purpose=body.purpose, by=request.actor, now=request.now)
        return _of_ticket(session, number, request)

    view: PhotosView = await request.write(opened)
    return view


class RedactPhoto(Body):
    """Whether a photo is kept from units."""

    is_hidden: bool


@api.post("/photos/{photo_id}/redact", role=roles_for(Action.REDACT), also=(404, 409))
async def redact(request: Request, photo_id: RowId, body: RedactPhoto) -> PhotoView:
    """不外传: hide a ticket's photo from the unit, or show it again."""
    view: PhotoView = await request.write(
        redact_photo, photo_id, is_hidden=body.is_hidden, by=request.actor, now=request.now, view=PhotoView.of
    )
    return view


@api.post("/tickets/{number}/material-codes", role=ASKERS, status=201, also=(404, 409, 429))
async def ask_of_ticket(request: Request, number: TicketNumber) -> MaterialCodeView:
    """发送材料码: ask the citizen of a ticket for photos by SMS; the number is not shown."""
    return await _ask(request, send_for_ticket, number)


@api.post("/drafts/{draft_id}/material-codes", role=DRAFT_ROLES, status=201, also=(404, 409, 429))
async def ask_of_draft(request: Request, draft_id: RowId) -> MaterialCodeView:
    """发送材料码: ask the caller for photos by SMS, to the phone on the form or the caller's own."""
    return await _ask(request, send_for_draft, draft_id)


async def _ask(request: Request, send: Callable[..., MaterialCode], key: str | int) -> MaterialCodeView:
    def sent(session: Session) -> MaterialCodeView:
        made = send(
            session,
            key,
            by=request.actor,
            office=request.service(SmsOffice),
            limits=request.service(IntakeSettings),
            now=request.now,
        )
        return code_view(session, made, request)

    view: MaterialCodeView = await request.write(sent)
    return view


def _may_watch(actor: Actor, key: str) -> bool:
    return actor.may_act_as(DRAFT_ROLES) and key.isdecimal() and len(key) < 16


def _check_draft(session: Session, actor: Actor, key: str) -> object:
    """Raises DraftNotFound, also for somebody else's."""
    return draft_by_id(session, int(key), by=actor)


def _read_pulse(session: Session, key: str, *, now: datetime) -> DraftPhotosPulse:
    return DraftPhotosPulse(draft_id=int(key), photos=count_photos(session, Photo.draft_id == int(key)))


TOPICS = (
    Topic(
        "draft",
        _may_watch,
        _read_pulse,
        {DraftPhotosChanged: lambda event: str(event.draft_id)},
        check=_check_draft,
    ),
)
