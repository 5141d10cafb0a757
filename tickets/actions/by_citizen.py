"""What a citizen does on the status page: asks for haste, adds words and photos, denies a contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.calendar import moment_words
from staff.rules import CITIZEN, SYSTEM
from tickets.actions.notes import supplement_ticket, urge_ticket
from tickets.actions.writing import locked_ticket, write_history
from tickets.errors import AddedTooOften, NoContactClaimed, UrgedLately
from tickets.kinds import ContactMade
from tickets.model import HistoryLine, Reply, Ticket
from tickets.photos.actions import put_to_ticket
from tickets.photos.model import Photo
from tickets.photos.queries import photos_where
from tickets.photos.rules import Origin, Picture, fresh
from tickets.queries.citizen import DENIED
from tickets.rules import TABLE, Action, State

#: a unit is pressed once a day by one citizen; more often it would only be noise
URGE_EVERY = timedelta(days=1)
ADDED_PER_DAY, ADDED_MOST = 5, 1_000
#: until the archive the answer may be spoken about
_ANSWERED = (State.TO_CALLBACK, State.CLOSED)


@dataclass(frozen=True)
class MayAct:
    """What the page offers now; `urge_again_at`: when haste may be asked for again.

    `claimed`: what the answer says of having spoken with the citizen, and when that was denied.
    """

    may_urge: bool
    may_add: bool
    urge_again_at: datetime | None = None
    claimed: ContactMade = ContactMade.NONE
    denied_at: datetime | None = None


def may_act(session: Session, ticket_id: int, *, now: datetime) -> MayAct:
    """By the table, and by how often it was done."""
    ticket = session.get_one(Ticket, ticket_id)
    again_at = _urge_again_at(session, ticket.id, now=now)
    still_asks = ticket.caller_withdrew_at is None
    takes_urging = still_asks and (ticket.state, Action.URGE) in TABLE
    takes_words = still_asks and (ticket.state, Action.SUPPLEMENT) in TABLE
    reply = _claiming(session, ticket)
    return MayAct(
        may_urge=takes_urging and again_at is None,
        may_add=takes_words,
        urge_again_at=again_at if takes_urging else None,
        claimed=reply.contact if reply else ContactMade.NONE,
        denied_at=reply.contact_denied_at if reply else None,
    )


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


def deny_contact(session: Session, ticket_id: int, *, now: datetime) -> Ticket:
    """没人联系我: the answer says that the unit spoke with the citizen, who says it did not; once for each answer.

    Raises NoContactClaimed.
    """
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    reply = _claiming(session, ticket)
    if reply is None:
        raise NoContactClaimed
    if reply.contact_denied_at is None:
        reply.contact_denied_at = now
        ticket.version += 1
        ticket.changed_at = now
        particulars = {"reply_id": reply.id}
        write_history(session, ticket, DENIED, before=ticket.state, by=CITIZEN, now=now, particulars=particulars)
    return ticket


def _claiming(session: Session, ticket: Ticket) -> Reply | None:
    """The answer that the citizen has, where it claims a call or a visit and somebody still asks what came of it."""
    if ticket.state not in _ANSWERED or ticket.reply_id is None or ticket.caller_withdrew_at is not None:
        return None
    reply = session.get_one(Reply, ticket.reply_id)
    return reply if reply.audit_passed and reply.contact is not ContactMade.NONE else None


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
