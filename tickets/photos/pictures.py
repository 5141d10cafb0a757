"""Opens a photo and makes it anew; runs in the child process, and knows no database.

Nothing of the file that was sent is kept but its pixels: no position, no camera, no comment, no second picture.
"""

import io
import struct
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tickets.photos.errors import (
    NotAPhoto,
    PhotoDamaged,
    PhotoHidesFile,
    PhotoMissing,
    PhotoRefused,
    PhotosNotKept,
    PhotoTooLarge,
    TooManyPixels,
)
from tickets.photos.files import keep_files
from tickets.photos.rules import ImageKind, Picture, PictureLimits, hides_other_file, image_kind

if TYPE_CHECKING:
    from PIL.Image import Image

_QUALITY, _THUMBNAIL_QUALITY = 87, 75
#: Exif 2.32: the directory of what the camera set, in it the moment of the shot and its zone
_EXIF, _TAKEN, _TAKEN_ZONE, _SHANGHAI = 0x8769, 0x9003, 0x9011, "+08:00"
#: what a camera writes is anybody's guess; a photo of which it says nothing is a photo all the same
_UNREADABLE = (
    ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error,
)  # fmt: skip
#: the directory of positions, and of each coordinate the tags of its side and its value
_GPS, _COORDINATES, _NEGATIVE, _POLE = 0x8825, ((1, 2), (3, 4)), {"S", "W"}, 90


def keep_picture(sent: Path, folder: Path, limits: PictureLimits, with_position: bool = False) -> Picture:
    """Judge the file, make it anew, and keep the result in `folder`.  Raises a PhotoRefused, PhotosNotKept.

    The picture itself never holds what the camera wrote: when it was taken is read out before, and with
    `with_position` also where, for evidence of a visit.
    """
    with sent.open("rb") as file:
        content = file.read(limits.file_bytes + 1)
    picture, thumbnail, (width, height) = made_anew(content, limits)
    try:
        sha256 = keep_files(folder, picture, thumbnail)
    except OSError as error:  # a full disk
        raise PhotosNotKept from error
    position = position_of(content) if with_position else None
    return Picture(sha256, width, height, len(picture), position, taken_at(content))


def taken_at(content: bytes) -> datetime | None:
    """By the camera's clock, in Shanghai where it names no zone; None where it wrote nothing that makes sense."""
    from PIL import Image

    try:
        told = Image.open(io.BytesIO(content)).getexif().get_ifd(_EXIF)
        moment, zone = told[_TAKEN], told.get(_TAKEN_ZONE) or _SHANGHAI
        return datetime.strptime(f"{moment} {zone}".replace("\0", ""), "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
    except _UNREADABLE:
        return None


def position_of(content: bytes) -> tuple[float, float] | None:
    """Latitude and longitude that the camera wrote, to about a metre; None where there is none that makes sense."""
    from PIL import Image

    try:
        told = Image.open(io.BytesIO(content)).getexif().get_ifd(_GPS)
        north, east = (
            _degrees(told[value]) * (-1 if told.get(side) in _NEGATIVE else 1) for side, value in _COORDINATES
        )
    except _UNREADABLE:
        return None
    return (north, east) if abs(north) <= _POLE and abs(east) <= 2 * _POLE else None


def _degrees(parts: Sequence[float]) -> float:
    """Degrees, minutes, seconds."""
    degrees: float = sum(float(part) / 60.0**power for power, part in enumerate(parts))
    return round(degrees, 5)


def made_anew(content: bytes, limits: PictureLimits) -> tuple[bytes, bytes, tuple[int, int]]:
    """Picture and thumbnail as JPEG, and the picture's width and height.  Raises a PhotoRefused."""
    from PIL import ImageOps

    kind = _judged(content, limits)
    image = _opened(content, kind, limits)
    longest = limits.longest_side
    try:
        if kind is ImageKind.JPEG:  # decodes no finer than needed
            image.draft("RGB", _within(image.size, longest))
        image.load()
        _check_pixels(image, limits)  # a HEIC's header may say less than it holds
        upright = ImageOps.exif_transpose(image)
        flat = _flattened(upright)
    except PhotoRefused:
        raise
    except Exception as error:  # decoders raise whatever they like for a bad file
        raise PhotoDamaged from error
    flat.thumbnail((longest, longest))
    small = flat.copy()
    small.thumbnail((limits.thumbnail_side, limits.thumbnail_side))
    return _jpeg(flat, _QUALITY), _jpeg(small, _THUMBNAIL_QUALITY), flat.size


def _judged(content: bytes, limits: PictureLimits) -> ImageKind:
    if not content:
        raise PhotoMissing
    if len(content) > limits.file_bytes:
        raise PhotoTooLarge(most_mib=limits.file_bytes >> 20)
    kind = image_kind(content)
    if kind is None:
        raise NotAPhoto
    if hides_other_file(content):
        raise PhotoHidesFile
    return kind


def _opened(content: bytes, kind: ImageKind, limits: PictureLimits) -> "Image":
    """Only the header is read; its size is believed before anything is unpacked."""
    from PIL import Image

    if kind is ImageKind.HEIC:
        _learn_heic()
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=(kind.value,))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_many(limits) from error
    except Exception as error:  # see above
        raise PhotoDamaged from error
    _check_pixels(image, limits)
    return image


def _learn_heic() -> None:
    """pi-heif: libheif and libde265, which only decode.  Second pictures, depths and thumbnails are left alone."""
    from pi_heif import register_heif_opener

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def _too_many(limits: PictureLimits) -> TooManyPixels:
    return TooManyPixels(most_megapixels=limits.pixels // 1_000_000)


def _check_pixels(image: "Image", limits: PictureLimits) -> None:
    if image.width * image.height > limits.pixels:
        raise _too_many(limits)


def _within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _flattened(image: "Image") -> "Image":
    """In colours that a JPEG has; what was transparent is white."""
    from PIL import Image

    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    flat = Image.new("RGB", layered.size, "white")
    flat.paste(layered, mask=layered.getchannel("A"))
    return flat


def _jpeg(image: "Image", quality: int) -> bytes:
    image.info.clear()
    made = io.BytesIO()
    image.save(made, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None)
    return made.getvalue()
