"""Photos on disk: `<folder>/ab/abcd….jpg` and its thumbnail, by the hash of the content; no name that was sent.

A file is complete and durable before its row is written, so there is never a row without a file; a file without a row
is swept away a day later.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

INCOMING, _LOCK = "incoming", "lock"
PICTURE, THUMBNAIL = ".jpg", ".thumbnail.jpg"


def picture_path(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / f"{sha256}{PICTURE}"


def thumbnail_path(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / f"{sha256}{THUMBNAIL}"


def incoming_path(folder: Path) -> Path:
    """A new place for what is being sent; nobody may read it but this process's user."""
    incoming = folder / INCOMING
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    return incoming / secrets.token_hex(16)


def keep_files(folder: Path, picture: bytes, thumbnail: bytes) -> str:
    """Both, durable; the hash under which they are found.  The same picture again is only marked as new."""
    sha256 = hashlib.sha256(picture).hexdigest()
    with _locked(folder):
        # the thumbnail first: where the picture is, both are
        _keep(thumbnail_path(folder, sha256), thumbnail)
        _keep(picture_path(folder, sha256), picture)
    return sha256


def _keep(path: Path, content: bytes) -> None:
    if path.exists():
        os.utime(path)
        return
    path.parent.mkdir(exist_ok=True, mode=0o700)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    _sync_folder(path.parent)
    _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Between processes: what is swept is not kept again at the same moment."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def old_hashes(folder: Path, *, before: float) -> Iterator[list[str]]:
    """Hashes of files last kept before that moment (seconds of the epoch), a folder at a time."""
    for part in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        names = {path.name.split(".")[0] for path in part.iterdir() if path.stat().st_mtime < before}
        if names:
            yield sorted(names)


def drop_files(folder: Path, hashes: Iterable[str], *, before: float) -> int:
    """Remove what no row names; a picture that was kept again since then stays.  How many were removed."""
    dropped = 0
    for sha256 in hashes:
        with _locked(folder):
            picture = picture_path(folder, sha256)
            if picture.exists() and picture.stat().st_mtime >= before:
                continue
            dropped += picture.exists()
            for path in picture.parent.glob(f"{sha256}.*"):  # the picture, its thumbnail, and what a crash left
                path.unlink(missing_ok=True)
    return dropped


def drop_incoming(folder: Path, *, before: float) -> int:
    """What was being sent when a process ended."""
    return _drop_old(folder / INCOMING, lambda path: path.stat().st_mtime < before)


def _drop_old(folder: Path, is_old: Callable[[Path], bool]) -> int:
    old = [path for path in folder.iterdir() if is_old(path)] if folder.is_dir() else []
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
