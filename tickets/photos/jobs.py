"""Sweeps away photos that nothing refers to: of forms never sent, of processes that were killed."""

import time
from pathlib import Path

import structlog

from core.database import Database
from core.jobs import Work, job
from tickets.photos import files
from tickets.photos.queries import hashes_in_use
from tickets.photos.settings import PhotoOffice

log = structlog.get_logger(__name__)

#: between a file and its row lie milliseconds
LEFT_FOR_S = 24 * 3600.0


@job(limit_s=3600)
def sweep_photos(work: Work) -> None:
    """By the machine's clock, as files are; the demo city's may stand elsewhere."""
    sweep(work.database, work.service(PhotoOffice).folder, before=time.time() - LEFT_FOR_S)


def sweep(database: Database, folder: Path, *, before: float) -> int:
    """Remove files older than that which no row names; how many photos they were."""
    files.drop_incoming(folder, before=before)
    dropped = 0
    for hashes in files.old_hashes(folder, before=before):
        used = database.read(hashes_in_use, hashes)
        dropped += files.drop_files(folder, set(hashes) - used, before=before)
    log.info("photos swept", n=dropped)
    return dropped
