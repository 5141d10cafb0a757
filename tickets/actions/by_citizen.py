"""What a citizen does to the own ticket from the status page: asks for haste, adds words and photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.calendar import moment_words
from staff.rules import CITIZEN, SYSTEM
from tickets.actions.notes import supplement_ticket, urge_ticket
from tickets.actions.writing import locked_ticket
from tickets.errors import AddedTooOften, UrgedLately
from tickets.model import HistoryLine, Ticket
from tickets.photos.actions import put_to_ticket
from tickets.photos.model import Photo
from tickets.photos.queries import photos_where
from tickets.photos.rules import Origin, Picture, fresh
from tickets.rules import TABLE, Action

#: a unit is pressed once a day by one citizen; more often it would only be noise
URGE_EVERY = timedelta(days=1)
ADDED_PER_DAY, ADDED_MOST = 5, 1_000


@dataclass(frozen=True)
class MayAct:
    """What the page offers now; `urge_again_at`: when haste may be asked for again."""

    may_urge: bool
    may_add: bool
    urge_again_at: datetime | None = None


def may_act(session: Session, ticket_id: int, *, now: datetime) -> MayAct:
    """By the table, and by how often it was done."""
    ticket = session.get_one(Ticket, ticket_id)
    again_at = _urge_again_at(session, ticket.id, now=now)
    still_asks = ticket.caller_withdrew_at is None
    takes_urging = still_asks and (ticket.state, Action.URGE) in TABLE
    takes_words = still_asks and (ticket.state, Action.SUPPLEMENT) in TABLE
    return MayAct(takes_urging and again_at is None, takes_words, again_at if takes_urging else None)


def urge_by_citizen(session: Session, ticket_id: int, *, text: str, now: datetime) -> Ticket:
    """Raises MoveRefused, UrgedLately.  Announces TicketUrged."""
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    again_at = _urge_again_at(session, ticket.id, now=now)
    if again_at is not None:
        raise UrgedLately(again_at=moment_words(again_at))
    return urge_ticket(session, ticket.id, by=CITIZEN, now=now, reason=text.strip()[:ADDED_MOST] or "网上催办")


def add_by_citizen(
    session: Session, ticket_id: int, *, text: str, pictures: Sequence[Picture], now: datetime
) -> Ticket:
    """Words, photos or both; the same again changes nothing.  Raises MoveRefused, Invalid, AddedTooOften."""
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    known = {photo.sha256 for photo in photos_where(session, Photo.ticket_id == ticket.id)}
    new, words = fresh(pictures, known), text.strip()[:ADDED_MOST]
    said = _added(session, ticket.id, now=now)
    if words in said and not new:
        return ticket
    if len(said) >= ADDED_PER_DAY:
        raise AddedTooOften(most=ADDED_PER_DAY)
    if not words and new:
        words = f"（补充照片 {len(new)} 张）"
    ticket = supplement_ticket(session, ticket.id, text=words, by=CITIZEN, now=now)
    if new:
        put_to_ticket(session, ticket, new, origin=Origin.FORM, by=CITIZEN, now=now)
    return ticket


def _urge_again_at(session: Session, ticket_id: int, *, now: datetime) -> datetime | None:
    """None: it may be asked for now."""
    last = select(func.max(HistoryLine.at)).where(
        HistoryLine.ticket_id == ticket_id,
        HistoryLine.action == Action.URGE.value,
        HistoryLine.actor_label == CITIZEN.label,
    )
    urged_at = session.scalar(last)
    return urged_at + URGE_EVERY if urged_at is not None and urged_at + URGE_EVERY > now else None


def _added(session: Session, ticket_id: int, *, now: datetime) -> list[str]:
    """What the citizen added within a day."""
    added = select(HistoryLine.reason).where(
        HistoryLine.ticket_id == ticket_id,
        HistoryLine.action == Action.SUPPLEMENT.value,
        HistoryLine.actor_label == CITIZEN.label,
        HistoryLine.at > now - timedelta(days=1),
    )
    return list(session.scalars(added))
