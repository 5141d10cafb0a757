"""Telling a platform how its matter stands, until it has taken it."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Unavailable
from core.jobs import Work, job
from tickets.platforms.actions import note_told
from tickets.platforms.messenger import Letter, PlatformRefused
from tickets.platforms.model import Platform, PlatformTicket
from tickets.platforms.queries import told_of
from tickets.platforms.rules import OUTAGE_TRIES, platform_key
from tickets.platforms.settings import PlatformOffice

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Owed:
    """A letter that is still to be carried, and the version of the ticket that it tells."""

    letter: Letter
    version: int


@job(retry=(Unavailable,), tries_most=OUTAGE_TRIES)
def write_back(work: Work, *, ticket_id: int, version: int) -> None:
    """Tell the newest version; nothing is left to tell when a later one was taken before.  May be sent twice."""
    office = work.service(PlatformOffice)
    owed = work.database.read(_owed, ticket_id, version, master=office.master, now=work.now())
    if owed is None:
        return
    try:
        office.messenger.carry(owed.letter)
    except PlatformRefused as error:
        log.warning("platform refused a letter", ticket_id=ticket_id, reason=str(error))
        work.finish(note_told, ticket_id, version=owed.version, now=work.now(), failure=str(error))
    else:
        work.finish(note_told, ticket_id, version=owed.version, now=work.now())


def _owed(session: Session, ticket_id: int, version: int, *, master: bytes, now: datetime) -> Owed | None:
    found = session.execute(
        select(PlatformTicket, Platform)
        .join(Platform, Platform.id == PlatformTicket.platform_id)
        .where(PlatformTicket.ticket_id == ticket_id)
    ).first()
    if found is None:
        return None
    matter, platform = found
    if matter.told_version >= version or not platform.write_back_url or not platform.is_active:
        return None
    told = told_of(session, matter)
    key = platform_key(master, platform.code, platform.key_no)
    return Owed(Letter(platform.write_back_url, told.model_dump_json().encode(), key, now), told.version)
