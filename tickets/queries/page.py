"""One ticket as its page shows it: facts, who held it how long, replies, what may be done now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session, joinedload

from core.audit.model import AuditRow
from staff.rules import Actor
from telephony.queries import has_recording_for
from tickets.actions.writing import holding_of
from tickets.clocks import Clocks, office_time_between
from tickets.evidence import Evidence
from tickets.guards import Situation, last_day_to_object
from tickets.mail.queries import sender_of
from tickets.model import Completion, Ending, HistoryLine, Holding, Reply, Ticket, WaitingReply
from tickets.photos.model import Photo
from tickets.photos.queries import count_photos, not_hidden_from
from tickets.profiles import clocks_of_unit, load_clocks
from tickets.queries.access import not_kept_from, ticket_by_number
from tickets.queries.completing import completion_of
from tickets.queries.evidence import claims_of_replies, claims_of_requests, evidence_of
from tickets.queries.renderings import ticket_boxes
from tickets.queries.returns import ReturnAsked, return_asked
from tickets.queries.sharing import Sharing, sharing_of
from tickets.queries.situations import UNTOLD, newest_ending, sent_back_line, situation_of, waiting_reply
from tickets.redaction import Box
from tickets.rules import TOLD_STATES, Offer, State, offers


@dataclass(frozen=True)
class Segment:
    """A stretch of the bar 持有条: who held the ticket, from when to when, for how much working time."""

    unit_id: int | None
    name: str
    begins_at: datetime
    ends_at: datetime | None
    working_s: int
    end_action: str
    handler: str


@dataclass(frozen=True)
class EndShown:
    """How it ended, and until when one may object; where a person has yet to tell of it, as if it were told today."""

    ended: Ending
    object_until: date | None


@dataclass(frozen=True)
class TicketPage:
    """What the page needs, with mapped objects: turn it into a view inside the transaction."""

    ticket: Ticket
    holding: Holding | None
    segments: Sequence[Segment]
    replies: Sequence[Reply]
    offers: Sequence[Offer]
    sharing: Sharing
    boxes: Sequence[Box]
    photo_count: int
    #: who wrote the mail that it was made of
    sender: str
    #: by reply, where it claims a call or a visit; and by request, where the citizen is said to have been told so
    evidence: Mapping[int, Evidence]
    told_evidence: Mapping[int, Evidence]
    #: only for whoever belongs to the unit that wrote it; with the line by which it came back to its writer
    waiting_reply: WaitingReply | None
    sent_back: HistoryLine | None
    #: the latest time that it was sent back for what is missing
    completion: Completion | None
    #: what a unit gives back for, while somebody has to decide on it
    return_asked: ReturnAsked | None
    #: the latest time that it was terminated, rejected or transferred
    end: EndShown | None
    #: of the call that it came by, for whoever may listen to it
    has_recording: bool


def ticket_page(session: Session, number: str, *, by: Actor, profile: str, now: datetime) -> TicketPage:
    """Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    holdings, replies = _holdings_of(session, ticket), _replies_of(session, ticket)
    holding = holding_of(session, ticket)
    situation = situation_of(session, ticket, by, now=now, holding=holding)
    clocks = load_clocks(session, profile)
    kept = {held.unit_id: clocks_of_unit(session, held.unit, clocks) for held in holdings}
    segments = segments_of(ticket, holdings, clocks, kept, now=now)
    offered = offers(ticket.state, by.roles, situation)
    sharing, boxes = sharing_of(session, ticket, clocks, by=by), ticket_boxes(session, ticket)
    n = count_photos(session, Photo.ticket_id == ticket.id, not_hidden_from(by))
    evidence = evidence_of(session, ticket, claims_of_replies(replies), holdings, by=by)
    told = evidence_of(session, ticket, claims_of_requests(sharing.requests), holdings, by=by)
    waiting = _own_waiting_reply(session, ticket, situation, by=by)
    back = sent_back_line(session, ticket, waiting) if waiting is not None else None
    completion = completion_of(session, ticket)
    asked, end = return_asked(session, ticket), _end_of(session, ticket, now=now)
    return TicketPage(
        ticket, holding, segments, replies, offered, sharing, boxes, n, sender_of(session, ticket), evidence, told,
        waiting, back, completion, asked, end, has_recording_for(session, ticket.call_id, by),
    )  # fmt: skip


def _own_waiting_reply(session: Session, ticket: Ticket, situation: Situation, *, by: Actor) -> WaitingReply | None:
    is_asked_for = situation.needs_release or ticket.waits_for_release
    return waiting_reply(session, ticket) if is_asked_for and by.unit_id == ticket.unit_id else None


def _holdings_of(session: Session, ticket: Ticket) -> Sequence[Holding]:
    """Oldest first, with their units."""
    found = select(Holding).where(Holding.ticket_id == ticket.id).options(joinedload(Holding.unit))
    return session.scalars(found.order_by(Holding.dispatched_at, Holding.id)).all()


def _replies_of(session: Session, ticket: Ticket) -> Sequence[Reply]:
    """Newest first, with their units."""
    found = select(Reply).where(Reply.ticket_id == ticket.id).options(joinedload(Reply.unit))
    return session.scalars(found.order_by(Reply.replied_at.desc(), Reply.id.desc())).all()


def _end_of(session: Session, ticket: Ticket, *, now: datetime) -> EndShown | None:
    was_answered = ticket.state is State.ARCHIVED and ticket.answered_at is not None
    is_over = ticket.state in TOLD_STATES and not was_answered
    ended = newest_ending(session, ticket) if is_over else None
    if ended is None:
        return None
    is_counted_from_now = ended.object_until is not None and ended.told in UNTOLD
    return EndShown(ended, last_day_to_object(now) if is_counted_from_now else ended.object_until)


def segments_of(
    ticket: Ticket, holdings: Sequence[Holding], clocks: Clocks, kept: Mapping[int, Clocks], *, now: datetime
) -> list[Segment]:
    """Holders in order; between two units, and before the first, the hotline has it.  Adds up to the whole time.

    `kept` has the clocks of units by their own hours.
    """
    end = ticket.closed_at
    segments: list[Segment] = []
    since = ticket.registered_at
    for held in holdings:
        if held.dispatched_at > since:
            segments.append(_segment(clocks, since, held.dispatched_at, now=now))
        ends_at = held.ended_at or end
        own = kept.get(held.unit_id, clocks)
        segments.append(_segment(own, held.dispatched_at, ends_at, now=now, held=held))
        since = ends_at or now
    if not holdings or holdings[-1].ended_at is not None:
        segments.append(_segment(clocks, since, end, now=now))
    return segments


def _segment(
    clocks: Clocks, begins_at: datetime, ends_at: datetime | None, *, now: datetime, held: Holding | None = None
) -> Segment:
    until = max(begins_at, ends_at or now)
    spent: timedelta = office_time_between(begins_at, until, clocks.calendar, clocks.profile.office_hours)
    return Segment(
        unit_id=held.unit_id if held else None,
        name=held.unit.short_name if held else "热线",
        begins_at=begins_at,
        ends_at=ends_at,
        working_s=int(spent.total_seconds()),
        end_action=held.end_action if held else "",
        handler=held.handler if held else "",
    )


@dataclass(frozen=True)
class Views:
    """谁看过: how often hidden data of this ticket was looked at, and the last ones."""

    n: int
    last: Sequence[AuditRow]


def views_of(session: Session, number: str, *, by: Actor, at_most: int = 5) -> Views:
    """Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    is_of_it = (AuditRow.object_kind == "ticket", AuditRow.object_id == ticket.number)
    n = session.scalar(select(func.count()).select_from(AuditRow).where(*is_of_it)) or 0
    last = select(AuditRow).where(*is_of_it).order_by(AuditRow.id.desc()).limit(at_most)
    return Views(n, session.scalars(last).all())


def history_of(session: Session, number: str, *, by: Actor) -> Sequence[HistoryLine]:
    """Every line, oldest first, but for those that name a ticket which is kept from `by`.  Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    found = select(HistoryLine).where(HistoryLine.ticket_id == ticket.id)
    lines = session.scalars(found.order_by(HistoryLine.at, HistoryLine.id)).all()
    kept = _kept_from(session, {number for line in lines for number in _named_by(line)}, by)
    return [line for line in lines if kept.isdisjoint(_named_by(line))] if kept else lines


def _named_by(line: HistoryLine) -> set[str]:
    """Numbers of the tickets that it was merged with."""
    return {str(line.particulars[role]) for role in ("child", "parent") if role in line.particulars}


def _kept_from(session: Session, numbers: set[str], by: Actor) -> set[str]:
    if not numbers:
        return set()
    return set(session.scalars(select(Ticket.number).where(Ticket.number.in_(numbers), not_(not_kept_from(by)))))
