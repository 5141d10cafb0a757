"""A kept photo as an answer: a picture and nothing else, whoever opens it and however."""

from pathlib import Path

from aiohttp import web as http

from tickets.photos.errors import PhotoNotFound

#: the file may load nothing and run nothing, even when it is opened by itself (CSP level 3, sandbox)
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
PHOTO = "image/jpeg"


def photo_answer(path: Path, *, name: str, photo_id: int) -> http.StreamResponse:
    """Raises PhotoNotFound when the file is missing, e.g. in a folder that was not restored."""
    if not path.is_file():
        raise PhotoNotFound(photo_id=photo_id)
    headers = {
        "Content-Type": PHOTO,
        "Content-Disposition": f'inline; filename="{name}"',
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return http.FileResponse(path, headers=headers)
