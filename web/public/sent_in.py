"""A form with photos as it comes in: fields in memory, photos on disk, and no more of either than we take."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import BodyPartReader
from aiohttp import web as http

from core.errors import HotlineError
from tickets.photos.errors import PhotoRefused, TooManyPhotos
from tickets.photos.rules import Picture
from tickets.photos.settings import PhotoOffice
from web.api.problems import RequestRefused
from web.api.request import SERVICES, Services
from web.public.forms import NO_FORM, read_form, typed_value
from web.uploads import drop, kept, spooled

#: bytes of all fields together: ten thousand characters and the rest of the form
FIELDS_MOST = 256 << 10
#: photos that are too large are read to their end, so that the browser shows our page; beyond this it is cut off
READ_MOST = 200 << 20
_PIECE = 1 << 16


@dataclass
class SentIn:
    """What came: fields by name, photos that are not judged yet, and why others were refused."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    refusals: list[HotlineError] = field(default_factory=list)
    is_cut_off: bool = False
    read: int = 0


@asynccontextmanager
async def sent_in(raw: http.Request) -> AsyncIterator[SentIn]:
    """Raises RequestRefused for a form that cannot be read.  Files that nobody judged are gone afterwards."""
    sent = SentIn()
    try:
        if raw.content_type == "multipart/form-data":
            await _read_parts(raw, sent)
        else:
            sent.fields = await read_form(raw)
        yield sent
    finally:
        for path in sent.files:
            drop(path)


async def _read_parts(raw: http.Request, sent: SentIn) -> None:
    office = raw.app[SERVICES].service(PhotoOffice)
    try:
        async for part in await raw.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise RequestRefused(400, "bad_form", "表单无法解析")
            if part.filename is None:
                await _read_field(part, sent)
            else:
                await _read_photo(part, sent, office)
            if sent.is_cut_off:
                return
    except NO_FORM as error:
        raise RequestRefused(400, "bad_form", "表单无法解析") from error


async def _read_field(part: BodyPartReader, sent: SentIn) -> None:
    value = bytearray()
    async for piece in _pieces(part, sent):
        value += piece
        if sum(map(len, sent.fields.values())) + len(value) > FIELDS_MOST:
            raise RequestRefused(413, "too_large", "内容超过上限")
    sent.fields[part.name or ""] = typed_value(value.decode())


async def _read_photo(part: BodyPartReader, sent: SentIn, office: PhotoOffice) -> None:
    """An empty one is a field in which nothing was chosen."""
    pieces = _pieces(part, sent)
    most = office.settings.most_files
    try:
        if len(sent.files) >= most:
            raise TooManyPhotos(most=most)
        path = await spooled(pieces, office)
    except (PhotoRefused, TooManyPhotos) as refusal:
        sent.refusals.append(refusal)
        async for _ in _pieces(part, sent):
            if sent.read > READ_MOST:
                sent.is_cut_off = True
                return
        return
    sent.files.append(path)


async def _pieces(part: BodyPartReader, sent: SentIn) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(_PIECE):
        sent.read += len(piece)
        yield piece


async def judged(services: Services, sent: SentIn) -> list[Picture]:
    """The photos that are taken; why others are not is added to the refusals."""
    pictures = []
    while sent.files:
        path = sent.files.pop(0)
        if path.stat().st_size == 0:
            drop(path)
            continue
        try:
            pictures.append(await kept(services, path))
        except HotlineError as refusal:
            sent.refusals.append(refusal)
    return pictures
