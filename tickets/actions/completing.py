"""退回补正 and 请求补正: somebody asks the citizen for what is missing, and every clock runs on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from staff.rules import Actor
from tickets.actions.claims import drop_claim
from tickets.actions.writing import (
    TicketKey,
    allowed_move,
    check_version,
    locked_ticket,
    make_move,
    take,
    tell_reworded,
)
from tickets.events import CompletionAnswered
from tickets.guard_errors import NothingMissing
from tickets.kinds import CompletionBy, CompletionState
from tickets.model import Completion, Ticket
from tickets.rules import Action

SUPPLEMENT_LEAST = 2
#: a question for a phone call, not a letter
MISSING_MOST = 200


def send_back_for_completion(
    session: Session,
    key: TicketKey,
    *,
    missing: str,
    by: Actor,
    now: datetime,
    asks: CompletionBy = CompletionBy.AGENT,
) -> Ticket:
    """To the agents, the one who registered it first, or to callback.  Raises Invalid, TicketNotFound, MoveRefused."""
    ticket = _named(session, key, missing, by=by)
    make_move(session, ticket, Action.SEND_BACK, by=by, now=now, reason=missing, particulars={"asks": asks.value})
    _note_missing(session, ticket, Completion(asks=asks, question=missing, asked_at=now, asked_by=by.label))
    drop_claim(session, ticket.id)
    return ticket


def ask_completion(
    session: Session, key: TicketKey, *, missing: str, by: Actor, now: datetime, version: int | None = None
) -> Ticket:
    """请求补正: the unit names what it lacks and keeps the ticket; a dispatcher or callback agent answers.

    One at a time.  Raises Invalid, TicketNotFound, MoveRefused, NotOwnUnit, CompletionAsked, VersionConflict.
    """
    ticket = _named(session, key, missing, by=by)
    check_version(ticket, version, current={"missing": ticket.missing}, yours={"missing": missing})
    make_move(session, ticket, Action.ASK_COMPLETION, by=by, now=now, reason=missing)
    asked = Completion(asks=CompletionBy.CALLBACK, question=missing, asked_at=now, asked_by=by.label)
    asked.unit_id = ticket.unit_id
    _note_missing(session, ticket, asked)
    return ticket


def _named(session: Session, key: TicketKey, missing: str, *, by: Actor) -> Ticket:
    if not missing:
        raise Invalid([(("body", "missing"), "missing_required", "请写明缺少什么，例如门牌号")])
    return locked_ticket(session, key, by)


def _note_missing(session: Session, ticket: Ticket, asked: Completion) -> None:
    asked.ticket_id = ticket.id
    session.add(asked)
    session.flush()
    ticket.missing, ticket.completion_id = asked.question, asked.id


@dataclass(frozen=True)
class Supplement:
    """What the citizen added, also as a new word for the place; or why it could not be had."""

    text: str
    place_text: str = ""
    is_unable: bool = False


def complete_ticket(
    session: Session, key: TicketKey, supplement: Supplement, *, by: Actor, now: datetime, version: int | None = None
) -> Ticket:
    """Back onto the dispatch list, from which it came, and first among nobody: its limit has been running.

    What a unit asked for it is told, and goes on.
    Raises Invalid, TicketNotFound, MoveRefused, RoleRefused, NothingMissing, VersionConflict.
    Announces CompletionAnswered where a unit waits for it.
    """
    if len(supplement.text) < SUPPLEMENT_LEAST:
        raise Invalid([(("body", "supplement"), "supplement_missing", "请写明补充的内容，或无法补正的原因")])
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"missing": ticket.missing}, yours={"supplement": supplement.text})
    move = allowed_move(session, ticket, Action.COMPLETE, by, now=now)
    if ticket.completion_id is None:
        raise NothingMissing(reason="没有待补正的事项")
    asked = session.get_one(Completion, ticket.completion_id)
    asked.state = CompletionState.UNABLE if supplement.is_unable else CompletionState.DONE
    asked.ended_at, asked.ended_by, asked.supplement = now, by.label, supplement.text
    particulars = {"outcome": asked.state.value, "question": ticket.missing}
    if supplement.place_text:
        particulars |= {"place_before": ticket.place_text, "place_after": supplement.place_text}
        ticket.place_text = supplement.place_text
    ticket.missing = ""
    take(session, ticket, move, by=by, now=now, reason=supplement.text, particulars=particulars)
    tell_reworded(session, ticket)
    if asked.unit_id is not None:
        announce(session, CompletionAnswered(ticket.id, asked.id, asked.unit_id))
    return ticket
