"""The citizen's form: a matter with photos, sent in without an account and without JavaScript."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web as http
from sqlalchemy.orm import Session

from core.errors import HotlineError
from core.signing import LinkForged, LinkStale, read_signed, read_whole, sign
from tickets.intake.errors import FilledByProgram
from tickets.intake.forms import (
    FormKey,
    begin_form,
    drop_photo,
    keep_photos,
    photos_of_form,
    send_form,
    unsent_photo,
)
from tickets.intake.rules import FIELDS, Filled, judge, source_of
from tickets.intake.settings import IntakeSettings
from tickets.kinds import TicketType
from tickets.photos.errors import PhotoNotFound, TooManyPhotos
from tickets.photos.files import thumbnail_path
from tickets.photos.settings import PhotoOffice
from tickets.queries.citizen import CitizenPage, citizen_page
from tickets.settings import TicketOffice
from web.api.problems import answer_to
from web.api.request import SERVICES, Services
from web.photo_files import photo_answer
from web.public.forms import address_of, address_with, refused, render
from web.public.sent_in import SentIn, judged, sent_in

FORM, DONE, KNOWN, PHOTO = "intake-form.1", "intake-done.1", "intake-known.1", "intake-photo.1"
OPEN_FOR, DONE_FOR = timedelta(hours=24), timedelta(hours=2)
#: people do not see this field; programs fill it
TRAP = "website"
STALE = "页面打开时间太长，已为您更新；请核对后再次提交，照片请重新选择"


@dataclass(frozen=True)
class Token:
    """Which form it is: its key, and when it was opened."""

    signed: str
    key: str
    opened_at: datetime


@dataclass
class Said:
    """What the page says to somebody whose form was not taken: sentences above it, and one for each wrong field."""

    sentences: list[str] = field(default_factory=list)
    faults: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def add(self, error: HotlineError) -> None:
        sentence = str(error)
        if sentence not in self.sentences:
            self.sentences.append(sentence)
        self.status = max(self.status, answer_to(error).status)


def add_intake_pages(app: http.Application) -> None:
    """Put the pages on the application; the templates are set up already."""
    app.router.add_get("/w", show_form)
    app.router.add_post("/w", take_form)
    app.router.add_get("/w/done/{signed}", show_done)
    app.router.add_get("/w/known/{signed}", show_known)
    app.router.add_get("/w/photo/{signed}", show_unsent_photo)


async def show_form(raw: http.Request) -> http.StreamResponse:
    """An empty form."""
    return await _show(raw, _new_token(raw.app[SERVICES]), {}, Said())


async def take_form(raw: http.Request) -> http.StreamResponse:
    """Take it, or show it again with everything that was typed and every photo that was accepted."""
    services = raw.app[SERVICES]
    async with sent_in(raw) as sent:
        typed = {name: sent.fields.get(name, "") for name in FIELDS}
        said = Said()
        try:
            token = _read_token(services, sent.fields.get("form", ""))
        except (LinkForged, LinkStale):
            return await _show(raw, _new_token(services), typed, Said([STALE], status=422))
        try:
            done = await _take(raw, sent, token, typed, said)
        except HotlineError as error:
            said.add(error)
            done = None
    if done is None:
        return await _show(raw, token, typed, said)
    raise http.HTTPSeeOther(address_with(raw, f"/w/{done}"))


async def _take(raw: http.Request, sent: SentIn, token: Token, typed: Mapping[str, str], said: Said) -> str | None:
    """The rest of the address to show, or None when the form is to be shown again.  Raises HotlineError."""
    services = raw.app[SERVICES]
    is_sending = not {"add", "remove"} & sent.fields.keys()
    await _keep(raw, sent, token, said)
    if not is_sending:
        if sent.fields.get("remove", "").isdecimal():
            await services.database.write(drop_photo, token.key, int(sent.fields["remove"][:15]))
        return None
    filled = judge(typed)
    said.faults = filled.faults
    if filled.form is None:
        said.status = max(said.status, 422)
    _check_person(services, sent, token)
    return await _send(raw, token, filled) if not said.sentences else None


async def _send(raw: http.Request, token: Token, filled: Filled) -> str | None:
    if filled.form is None:
        return None
    services = raw.app[SERVICES]
    office = services.service(TicketOffice)
    now = services.clock.now()
    sent = await services.database.write(
        send_form,
        FormKey(token.key, address_of(raw)),
        filled.form,
        source=source_of(raw.headers.get("User-Agent", "")),
        limits=services.service(IntakeSettings),
        office=office,
        now=now,
    )
    page, purpose = ("known", KNOWN) if sent.is_known else ("done", DONE)
    return f"{page}/{sign(sent.ticket_id, purpose=purpose, expires_at=now + DONE_FOR, key=office.phone_key)}"


def _check_person(services: Services, sent: SentIn, token: Token) -> None:
    """Raises FilledByProgram."""
    least = timedelta(seconds=services.service(IntakeSettings).least_seconds)
    if sent.fields.get(TRAP, "") or services.clock.now() < token.opened_at + least:
        raise FilledByProgram


async def _keep(raw: http.Request, sent: SentIn, token: Token, said: Said) -> None:
    """Photos that were accepted stay with the form, whatever else is wrong."""
    services = raw.app[SERVICES]
    form, limits = FormKey(token.key, address_of(raw)), services.service(IntakeSettings)
    if sent.files:
        await services.database.write(begin_form, form, limits=limits, now=services.clock.now())
    pictures = await judged(services, sent)
    if pictures:
        most = services.service(PhotoOffice).settings.most_files
        now = services.clock.now()
        left_out = await services.database.write(keep_photos, form, pictures, most=most, limits=limits, now=now)
        if left_out:
            sent.refusals.append(TooManyPhotos(most=most))
    for refusal in sent.refusals:
        said.add(refusal)


async def _show(raw: http.Request, token: Token, typed: Mapping[str, str], said: Said) -> http.StreamResponse:
    services = raw.app[SERVICES]
    settings = services.service(PhotoOffice).settings
    context = {
        "token": token.signed,
        "typed": typed,
        "sentences": said.sentences,
        "faults": said.faults,
        "types": list(TicketType),
        "photos": await _photos(services, token),
        "limits": FIELDS,
        "trap": TRAP,
        "most_files": settings.most_files,
        "file_mib": settings.file_mib,
    }
    return render("intake.html", raw, context, status=said.status)


async def _photos(services: Services, token: Token) -> list[dict[str, Any]]:
    """Photos that this form has already, each with a link that only this page knows."""
    key, expires_at = services.service(TicketOffice).phone_key, services.clock.now() + OPEN_FOR

    def view(photos: Any) -> list[dict[str, Any]]:
        return [
            {
                "id": photo.id,
                "kib": max(1, photo.size_bytes >> 10),
                "link": sign(photo.id, purpose=PHOTO, expires_at=expires_at, key=key),
            }
            for photo in photos
        ]

    shown: list[dict[str, Any]] = await services.database.read(photos_of_form, token.key, view=view)
    return shown


async def show_done(raw: http.Request) -> http.StreamResponse:
    """The ticket's number and how to look it up."""
    return await _show_number(raw, DONE)


async def show_known(raw: http.Request) -> http.StreamResponse:
    """The number of the ticket in which the same was said before."""
    return await _show_number(raw, KNOWN)


async def _show_number(raw: http.Request, purpose: str) -> http.StreamResponse:
    services = raw.app[SERVICES]
    try:
        key = services.service(TicketOffice).phone_key
        ticket_id = read_signed(raw.match_info["signed"], purpose=purpose, now=services.clock.now(), key=key)
        page: CitizenPage = await services.database.read(citizen_page, ticket_id)
    except HotlineError as error:
        return refused(raw, error, title="页面已失效", back="/t", back_words="查询办理进度")
    return render("intake_done.html", raw, {"page": page, "is_known": purpose == KNOWN})


async def show_unsent_photo(raw: http.Request) -> http.StreamResponse:
    """A small picture of a photo whose form is not sent yet."""
    services = raw.app[SERVICES]
    key = services.service(TicketOffice).phone_key
    photo_id = read_signed(raw.match_info["signed"], purpose=PHOTO, now=services.clock.now(), key=key)
    sha256 = await services.database.read(_hash_of, photo_id)
    path = thumbnail_path(services.service(PhotoOffice).folder, sha256)
    return photo_answer(path, name=f"{photo_id}.jpg", photo_id=photo_id)


def _hash_of(session: Session, photo_id: int) -> str:
    sha256 = unsent_photo(session, photo_id)
    if sha256 is None:
        raise PhotoNotFound(photo_id=photo_id)
    return sha256


def _new_token(services: Services) -> Token:
    now = services.clock.now()
    number = secrets.randbits(96)
    key = services.service(TicketOffice).phone_key
    return Token(sign(number, purpose=FORM, expires_at=now + OPEN_FOR, key=key), f"{number:024x}", now)


def _read_token(services: Services, signed: str) -> Token:
    """Raises LinkForged, LinkStale."""
    key = services.service(TicketOffice).phone_key
    found = read_whole(signed, purpose=FORM, now=services.clock.now(), key=key)
    return Token(signed, f"{found.row_id:024x}", found.expires_at - OPEN_FOR)
