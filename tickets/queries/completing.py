"""待补正: tickets whose citizens are to be asked for what is missing, one's own first, then the most pressing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from staff.rules import Actor, Role
from tickets.kinds import CompletionBy, CompletionState, Secrecy
from tickets.model import Completion, Ticket
from tickets.queries.access import PRESENTED, not_kept_from

MOST = 200


@dataclass(frozen=True)
class Waiting:
    """A ticket, what is to be asked, and whether whoever looks registered it."""

    ticket: Ticket
    completion: Completion
    is_own: bool


@dataclass(frozen=True)
class WaitingList:
    """The first ones; `n` and `own` count all of them."""

    rows: Sequence[Waiting]
    n: int
    own: int


def _asked_of(by: Actor) -> ColumnElement[bool]:
    """What waits for somebody's role; what units ask for dispatchers may know, callback agents hear from citizens."""
    roles = {CompletionBy.AGENT: (Role.AGENT, Role.SPECIALIST), CompletionBy.CALLBACK: (Role.CALLBACK,)}
    asks = [one for one, who in roles.items() if by.may_act_as(who)]
    of_dispatchers = and_(Completion.unit_id.is_(None), Completion.asks.in_(asks))
    answers_units = by.may_act_as((Role.DISPATCHER, Role.CALLBACK))
    return or_(of_dispatchers, Completion.unit_id.is_not(None)) if answers_units else of_dispatchers


def waiting_list(session: Session, *, by: Actor, text: str = "", limit: int = MOST) -> WaitingList:
    """What waits for this person's role: whoever registered it may be off duty, so anybody of the role sees it.

    Two statements.
    """
    conditions = [
        Completion.state == CompletionState.OPEN,
        _asked_of(by),
        not_kept_from(by),
        *_about(text),
    ]
    is_own = Ticket.registered_by_id == by.person_id
    joined = select(Completion, Ticket).join(Ticket, Ticket.completion_id == Completion.id).where(*conditions)
    first = joined.order_by(case((is_own, 0), else_=1), Ticket.step_due_at.is_(None), Ticket.step_due_at, Ticket.id)
    found = session.execute(first.options(*PRESENTED, joinedload(Completion.unit)).limit(limit)).all()
    counting = select(func.count(), func.count(case((is_own, 1)))).select_from(Completion)
    n, own = session.execute(counting.join(Ticket, Ticket.completion_id == Completion.id).where(*conditions)).one()
    rows = [Waiting(ticket, asked, ticket.registered_by_id == by.person_id) for asked, ticket in found]
    return WaitingList(rows, n, own)


def _about(text: str) -> list[ColumnElement[bool]]:
    """Of the question, the title or the number; of a sealed ticket only its number can be searched."""
    words = text.strip()
    if not words:
        return []
    digits = "".join(words.split())
    said = or_(Completion.question.contains(words, autoescape=True), Ticket.title.contains(words, autoescape=True))
    named = and_(Ticket.secrecy != Secrecy.SEALED, said)
    return [or_(named, Ticket.number.contains(digits)) if digits.isascii() and digits.isdecimal() else named]


def completion_of(session: Session, ticket: Ticket) -> Completion | None:
    """The latest one of a ticket, with the unit that asked."""
    if ticket.completion_id is None:
        return None
    return session.get(Completion, ticket.completion_id, options=[joinedload(Completion.unit)])
