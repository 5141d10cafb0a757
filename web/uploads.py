"""Photos on their way in: read piece by piece to disk, refused as soon as they are too large, judged in the child."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from core.computer import Computer
from tickets.photos.errors import PhotosNotKept, PhotoTooLarge
from tickets.photos.files import incoming_path
from tickets.photos.pictures import keep_picture
from tickets.photos.rules import Picture
from tickets.photos.settings import PhotoOffice
from web.api.request import Services

#: never more of a photo than this is in memory
PIECE = 1 << 20
#: others are classified before
PATIENCE_S = 20.0


async def spooled(chunks: AsyncIterator[bytes], office: PhotoOffice) -> Path:
    """The file that was sent, on disk under a name of ours.  Raises PhotoTooLarge before the rest is read."""
    path = await asyncio.to_thread(incoming_path, office.folder)
    most, size, piece = office.limits.file_bytes, 0, bytearray()
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise PhotoTooLarge(most_mib=office.settings.file_mib)
            piece += chunk
            if len(piece) >= PIECE:
                await asyncio.to_thread(_append, path, bytes(piece))
                piece.clear()
        await asyncio.to_thread(_append, path, bytes(piece))
    except BaseException:
        drop(path)
        raise
    return path


def drop(path: Path) -> None:
    """What was sent is gone; a process that is killed before leaves it to the nightly sweep."""
    path.unlink(missing_ok=True)


def _append(path: Path, piece: bytes) -> None:
    try:
        with path.open("ab") as file:
            file.write(piece)
    except OSError as error:
        raise PhotosNotKept from error


async def kept(services: Services, path: Path, *, with_position: bool = False) -> Picture:
    """Judged, made anew and kept; what was sent is gone afterwards.  Raises PhotoRefused, Unavailable."""
    office = services.service(PhotoOffice)
    run = services.service(Computer).run
    try:
        return await asyncio.to_thread(
            run, keep_picture, path, office.folder, office.limits, with_position, timeout_s=PATIENCE_S
        )
    finally:
        drop(path)
