"""Photos for tests, and files that only look like photos."""

import io
import random
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

from PIL import Image

from tickets.photos.rules import PictureLimits

LIMITS = PictureLimits(file_bytes=1 << 20, pixels=4_000_000, longest_side=640)
KINDS = ("JPEG", "PNG", "WEBP")
_ORIENTATION, _GPS, _MAKER, _EXIF, _TAKEN = 0x0112, 0x8825, 0x010F, 0x8769, 0x9003


def photo(kind: str = "JPEG", *, size: tuple[int, int] = (320, 200), motif: int = 1) -> bytes:
    """A photo without metadata; each motif is another one."""
    made = io.BytesIO()
    _spots(size, motif).save(made, kind)
    return made.getvalue()


def _spots(size: tuple[int, int], motif: int) -> Image.Image:
    colours = random.Random(motif).randbytes(24 * 16 * 3)
    return Image.frombytes("RGB", (24, 16), colours).resize(size)


def photo_of_a_phone(*, size: tuple[int, int] = (320, 200)) -> bytes:
    """Lying on its side, with the position and the camera's name, as a phone writes it."""
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    exif[_MAKER] = "SECRET-MAKER"
    exif.get_ifd(_EXIF).update({_TAKEN: "2026:10:12 15:30:00"})
    exif.get_ifd(_GPS).update({1: "N", 2: (43.0, 53.0, 1.0), 3: "E", 4: (125.0, 19.0, 30.0)})
    made = io.BytesIO()
    _spots(size, 2).save(made, "JPEG", exif=exif, comment=b"SECRET-COMMENT")
    return made.getvalue()


def heic(jpeg: bytes, folder: Path) -> bytes:
    """The same photo as newer phones write it, with its metadata; by libheif's own program."""
    sent, made = folder / "sent.jpg", folder / "made.heic"
    sent.write_bytes(jpeg)
    subprocess.run(["heif-enc", "-q", "50", "-o", made, sent], check=True, capture_output=True)
    return made.read_bytes()


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("a.txt", "nothing")
    return made.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of some kilobytes that would unpack to gigabytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
