"""What a photo may be: kinds by content, what hides behind one, and from where photos come."""

import io
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.kinds import Named

#: where a browser that guesses looks for a document's beginning
_BEGINNING = 1024
#: archives by their signatures; a ZIP is found from its end, where its directory stands
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
_MARKUP = (b"<script", b"<!doctype html", b"<html", b"<?php", b"<svg")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
#: so long the photos of a sealed ticket stay open to whoever said what for
OPEN_FOR = timedelta(minutes=5)


class Origin(Named):
    """By which way a photo came."""

    FORM = "form", "网页"
    MATERIAL = "material", "材料码"
    EMAIL = "email", "邮件"
    STAFF = "staff", "工作人员"


class PhotoKind(Named):
    """What a photo of the staff shows: the place before and after the work, a visit, on what a return is founded."""

    OTHER = "other", "其他"
    BEFORE = "before", "办理前"
    AFTER = "after", "办理后"
    VISIT = "visit", "走访"
    BASIS = "basis", "退单依据"


class ImageKind(Named):
    """What we take; the code is the decoder's name.  HEIC is what newer phones write."""

    JPEG = "JPEG", "JPG"
    PNG = "PNG", "PNG"
    WEBP = "WEBP", "WebP"
    HEIC = "HEIF", "HEIC"


@dataclass(frozen=True)
class PictureLimits:
    """How large a photo may be when it comes, and how large the one that is kept."""

    file_bytes: int
    pixels: int
    longest_side: int
    thumbnail_side: int = 320


@dataclass(frozen=True)
class Picture:
    """A photo as it is kept: JPEG without any metadata, found by the hash of its content."""

    sha256: str
    width: int
    height: int
    size_bytes: int
    #: latitude and longitude in degrees, only where whoever sent it wanted them kept
    position: tuple[float, float] | None = None
    #: by the camera's clock, where it wrote one
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Shows:
    """What somebody of the staff says of a photo that they add; `visit_id`: of which visit it is."""

    kind: PhotoKind = PhotoKind.OTHER
    visit_id: int | None = None


def fresh(pictures: Iterable[Picture], known: Collection[str]) -> list[Picture]:
    """Those that are not there yet, each once; `known` by hash."""
    unlike = {picture.sha256: picture for picture in pictures if picture.sha256 not in known}
    return list(unlike.values())


def image_kind(content: bytes) -> ImageKind | None:
    """By its first bytes, whatever it is called; None for anything that we do not take."""
    if content.startswith(b"\xff\xd8\xff"):
        return ImageKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageKind.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return ImageKind.WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return ImageKind.HEIC
    return None


def hides_other_file(content: bytes) -> bool:
    """Whether an image is at the same time an archive, a document or a page.

    What phones append themselves (a second picture, a short film) is none of these; it is dropped with the metadata.
    """
    if b"%PDF-" in content[:_BEGINNING] or any(signature in content for signature in _ARCHIVES):
        return True
    lowered = content.lower()
    return any(mark in lowered for mark in _MARKUP) or zipfile.is_zipfile(io.BytesIO(content))
