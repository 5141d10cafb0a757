"""Open tickets about the same matter, and the same person's earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session, aliased

from core.masking import mask_text
from staff.rules import Actor
from tickets.kinds import Secrecy
from tickets.model import HistoryLine, Place, Reply, Ticket
from tickets.queries.access import PRESENTED, ticket_by_number, visible_to
from tickets.queries.desk import recent_of_caller
from tickets.queries.renderings import boxes_with, marks_of
from tickets.redaction import shareable_text
from tickets.rules import UNANSWERED_STATES, State
from tickets.similar import SAME_AGAIN, SAME_MATTER, Matter, reasons_of, scored

#: a matter that is older is another one
MATTER_LASTS = timedelta(days=14)
#: within this time the same person with the same matter is a repeat
REPEAT_WITHIN = timedelta(days=90)
CANDIDATES = 200
EARLIER = 20
#: with the ticket itself a hundred, which are sent or merged at once
PILE = 99
_FIRST = aliased(Ticket, name="first")


@dataclass(frozen=True)
class Similar:
    """Another ticket, with how alike it is (0…1) and why; the most alike first."""

    ticket: Ticket
    score: float
    reasons: Sequence[str]
    #: what the citizen was told; read for repeats only
    answer: str = ""


@dataclass(frozen=True)
class Likes:
    """The head of the pile that a ticket belongs to, and the same person's earlier ticket; None where there is none."""

    similar_to_id: int | None = None
    repeat_of_id: int | None = None


def matter_of(ticket: Ticket) -> Matter:
    """In the redacted form: numbers in a text say nothing about its matter."""
    return _matter(ticket, mask_text(ticket.text))


def _matter(ticket: Ticket, text: str) -> Matter:
    return Matter(text, ticket.place_id, ticket.place_text, ticket.topic_id, ticket.registered_at)


def _sayable(session: Session, tickets: Sequence[Ticket]) -> dict[int, Matter]:
    """What reasons may quote: nothing that may tell who somebody is."""
    marks = marks_of(session, [ticket.id for ticket in tickets])
    return {
        ticket.id: _matter(ticket, shareable_text(ticket.text, boxes_with(ticket, marks.get(ticket.id, {}))))
        for ticket in tickets
    }


#: what is compared of many, without loading them whole
_COMPARED = (
    Ticket.id, Ticket.text, Ticket.place_id, Ticket.place_text, Ticket.topic_id, Ticket.registered_at,
    Ticket.similar_to_id,
)  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """A candidate that is alike enough."""

    ticket_id: int
    head_id: int
    score: float


def similar_guesses(session: Session, matter: Matter, *, by: Actor, leave_out: int | None = None) -> list[Guess]:
    """Unanswered tickets of the last fortnight at that place, or near it, or of that topic where there is no place."""
    near = select(*_COMPARED).where(
        Ticket.state.in_([state for state in UNANSWERED_STATES if state is not State.MERGED]),
        Ticket.registered_at >= matter.at - MATTER_LASTS,
        Ticket.secrecy != Secrecy.SEALED,
        Ticket.id != (leave_out or 0),
        _nearby(session, matter),
        visible_to(by),
    )
    return _best(session, matter, near, SAME_MATTER, CANDIDATES)


def similar_to(
    session: Session, matter: Matter, *, by: Actor, leave_out: int | None = None, at_most: int = PILE
) -> list[Similar]:
    """The same, to be shown."""
    guesses = similar_guesses(session, matter, by=by, leave_out=leave_out)
    return _shown(session, matter, guesses[:at_most])


def _nearby(session: Session, matter: Matter) -> ColumnElement[bool]:
    """The place itself and the one above it; without a place, the same topic or the same words for the place."""
    if matter.place_id is not None:
        above = session.scalar(select(Place.parent_id).where(Place.id == matter.place_id))
        return Ticket.place_id.in_([matter.place_id, *([above] if above is not None else [])])
    topic = Ticket.topic_id == matter.topic_id if matter.topic_id is not None else false()
    place = Ticket.place_text == matter.place_text if matter.place_text else false()
    return or_(topic, place)


def _best(
    session: Session, matter: Matter, wanted: Select[*tuple[Any, ...]], least: float, at_most: int
) -> list[Guess]:
    rows = session.execute(wanted.order_by(Ticket.id.desc()).limit(at_most)).all()
    matters = (
        Matter(mask_text(row.text), row.place_id, row.place_text, row.topic_id, row.registered_at) for row in rows
    )
    guesses = [
        Guess(row.id, row.similar_to_id or row.id, score)
        for row, score in zip(rows, scored(matter, matters), strict=True)
        if score >= least
    ]
    return sorted(guesses, key=lambda guess: (-guess.score, guess.ticket_id))[:PILE]


def _shown(session: Session, matter: Matter, guesses: Sequence[Guess]) -> list[Similar]:
    ids = [guess.ticket_id for guess in guesses]
    found = session.scalars(select(Ticket).where(Ticket.id.in_(ids)).options(*PRESENTED)) if ids else ()
    tickets = {ticket.id: ticket for ticket in found}
    sayable = _sayable(session, list(tickets.values())) if tickets else {}
    return [
        Similar(ticket, round(guess.score, 3), reasons_of(matter, sayable[ticket.id]))
        for guess in guesses
        if (ticket := tickets.get(guess.ticket_id)) is not None
    ]


def repeat_guesses(session: Session, ticket: Ticket, *, by: Actor) -> list[Guess]:
    """The same phone with the same matter in the last 90 days, answered or not."""
    if not ticket.phone_hash:
        return []
    earlier = select(*_COMPARED).where(
        Ticket.phone_hash == ticket.phone_hash,
        Ticket.id < ticket.id,
        Ticket.registered_at >= ticket.registered_at - REPEAT_WITHIN,
        Ticket.id.not_in(_same_breath(ticket)),
        visible_to(by),
    )
    return _best(session, matter_of(ticket), earlier, SAME_AGAIN, EARLIER)


def _same_breath(ticket: Ticket) -> Select[int]:
    """The ticket of which this one was divided: what was said at once is no repeat."""
    divided = select(HistoryLine.particulars["first"].as_string()).where(
        HistoryLine.ticket_id == ticket.id, HistoryLine.action == "divided_from"
    )
    return select(_FIRST.id).where(_FIRST.number.in_(divided))


def likes_of(session: Session, ticket_id: int, *, by: Actor) -> Likes:
    """What a new ticket is like: found between two transactions, kept by record_suggestion."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.secrecy is Secrecy.SEALED:
        return Likes()
    pile = similar_guesses(session, matter_of(ticket), by=by, leave_out=ticket.id)
    older = [guess for guess in pile if guess.ticket_id < ticket.id]
    earlier = repeat_guesses(session, ticket, by=by)
    return Likes(
        similar_to_id=older[0].head_id if older else None, repeat_of_id=earlier[0].ticket_id if earlier else None
    )


def _with_answers(session: Session, repeats: Sequence[Similar]) -> list[Similar]:
    """Only answers that an auditor has passed."""
    ids = [one.ticket.reply_id for one in repeats if one.ticket.answered_at is not None]
    found = session.scalars(select(Reply).where(Reply.id.in_(ids))) if ids else ()
    texts = {reply.id: reply.text for reply in found}
    return [replace(one, answer=texts.get(one.ticket.reply_id or 0, "")) for one in repeats]


@dataclass(frozen=True)
class Around:
    """同一事项 and 重复: what the dispatch list shows beside a ticket."""

    similar: Sequence[Similar]
    repeats: Sequence[Similar]
    #: the same person's, whatever they were about; the newest first
    earlier: Sequence[Ticket]


def around(session: Session, number: str, *, by: Actor) -> Around:
    """Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    matter = matter_of(ticket)
    repeats = _with_answers(session, _shown(session, matter, repeat_guesses(session, ticket, by=by)))
    again = {one.ticket.id for one in repeats}
    similar = similar_to(session, matter, by=by, leave_out=ticket.id)
    return Around(
        [one for one in similar if one.ticket.id not in again], repeats, recent_of_caller(session, ticket, by=by)
    )
