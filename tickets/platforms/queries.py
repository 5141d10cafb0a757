"""Reads of platforms: their keys, their matters, and how each one stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tickets.model import Ticket
from tickets.platforms.errors import OutsideNumberUnknown, PlatformNotFound
from tickets.platforms.model import Platform, PlatformTicket
from tickets.platforms.rules import PlatformKey, Told, platform_key
from tickets.queries.citizen import citizen_page
from tickets.rules import UNANSWERED_STATES, State

_FINAL = (State.CLOSED, State.ARCHIVED, State.REJECTED, State.TRANSFERRED, State.TERMINATED, State.WITHDRAWN)


def platform_by_code(session: Session, code: str) -> Platform:
    """Raises PlatformNotFound."""
    platform = session.scalar(select(Platform).where(Platform.code == code))
    if platform is None:
        raise PlatformNotFound(platform=code)
    return platform


def active_keys(session: Session, master: bytes) -> dict[str, tuple[int, PlatformKey]]:
    """Each active platform's id and present key, by the key's id."""
    found = session.scalars(select(Platform).where(Platform.is_active))
    keys = {platform.id: platform_key(master, platform.code, platform.key_no) for platform in found}
    return {key.id: (platform_id, key) for platform_id, key in keys.items()}


def matter_of(session: Session, platform_id: int, outside_number: str) -> PlatformTicket:
    """Raises OutsideNumberUnknown, also for another platform's number."""
    matter = session.scalar(
        select(PlatformTicket).where(
            PlatformTicket.platform_id == platform_id, PlatformTicket.outside_number == outside_number
        )
    )
    if matter is None:
        raise OutsideNumberUnknown(outside_number=outside_number)
    return matter


def told_of(session: Session, matter: PlatformTicket) -> Told:
    """How the matter stands, as the citizen would read it."""
    page = citizen_page(session, matter.ticket_id)
    ticket = session.get_one(Ticket, matter.ticket_id)
    state = ticket.state if ticket.caller_withdrew_at is None else State.WITHDRAWN
    due_at = ticket.citizen_due_at if state in UNANSWERED_STATES else None
    return Told(
        outside_number=matter.outside_number,
        number=ticket.number,
        version=ticket.version,
        state=state.value,
        state_name=state.name_zh,
        sentence=page.sentence,
        due_at=due_at.isoformat() if due_at else None,
        is_final=state in _FINAL,
        steps=[{"at": step.at.isoformat(), "words": step.words} for step in page.steps],
        replies=list(page.replies),
    )


def told_by_number(session: Session, platform_id: int, outside_number: str) -> Told:
    """Raises OutsideNumberUnknown."""
    return told_of(session, matter_of(session, platform_id, outside_number))


@dataclass(frozen=True)
class PlatformCount:
    """A platform, how many matters it handed over, and of how many it could not be told the last word."""

    platform: Platform
    n: int
    n_failed: int


def platform_counts(session: Session) -> Sequence[PlatformCount]:
    """All platforms, by code."""
    failed = func.count(PlatformTicket.id).filter(PlatformTicket.failure != "")
    counted = (
        select(Platform, func.count(PlatformTicket.id), failed)
        .outerjoin(PlatformTicket, PlatformTicket.platform_id == Platform.id)
        .group_by(Platform.id)
        .order_by(Platform.code)
    )
    return [PlatformCount(*row) for row in session.execute(counted)]
