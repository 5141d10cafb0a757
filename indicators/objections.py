"""有异议: a unit objects to a row of its scores, and a supervisor answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from core.errors import Invalid
from core.events import announce
from indicators.errors import AlreadyObjected, ObjectionAnswered, ObjectionNotFound, ScoreRowNotFound
from indicators.events import ObjectionChanged
from indicators.model import ObjectionState, ScoreObjection
from indicators.periods import Period
from indicators.unit_scores import score_named, ticket_id_of_row
from staff.rules import Actor
from tickets.actions.writing import locked_ticket, write_history
from tickets.model import Ticket
from tickets.queries.access import not_kept_from

TEXT_LEAST = 10
OBJECTED, OBJECTION_ANSWERED = "object_score", "answer_objection"


def object_to(
    session: Session, name: str, row_id: int, period: Period, *, text: str, by: Actor, now: datetime
) -> ScoreObjection:
    """Once for each row of a score; the ticket's history says so too.

    Raises Invalid, IndicatorUnknown, ScoreRowNotFound, TicketNotFound, AlreadyObjected.  Announces ObjectionChanged.
    """
    _refuse_short("text", text)
    unit_id = by.unit_id or 0
    ticket_id = ticket_id_of_row(session, name, unit_id, row_id, period, now=now)
    if ticket_id is None:
        raise ScoreRowNotFound
    ticket = locked_ticket(session, ticket_id, by)
    own = (ScoreObjection.unit_id == unit_id, ScoreObjection.score == name, ScoreObjection.row_id == row_id)
    if (before := session.scalar(select(ScoreObjection).where(*own))) is not None:
        raise AlreadyObjected(state=before.state.name_zh)
    objection = ScoreObjection(
        unit_id=unit_id, score=name, row_id=row_id, ticket_id=ticket.id, text=text, made_at=now, made_by=by.label
    )
    session.add(objection)
    _write(session, ticket, OBJECTED, f"{score_named(name).card.title}：{text}", by=by, now=now)
    session.flush()
    announce(session, ObjectionChanged(objection.id, unit_id))
    return objection


def answer_objection(
    session: Session, objection_id: int, *, is_upheld: bool, answer: str, by: Actor, now: datetime
) -> ScoreObjection:
    """The row stays in the figure; what is upheld is counted apart beside it.

    Raises Invalid, ObjectionNotFound, ObjectionAnswered.  Announces ObjectionChanged.
    """
    _refuse_short("answer", answer)
    objection = session.get(ScoreObjection, objection_id, with_for_update=True)
    if objection is None:
        raise ObjectionNotFound
    if objection.state is not ObjectionState.OPEN:
        raise ObjectionAnswered(state=objection.state.name_zh)
    ticket = locked_ticket(session, objection.ticket_id, by)
    objection.state = ObjectionState.UPHELD if is_upheld else ObjectionState.REFUSED
    objection.answer, objection.answered_at, objection.answered_by = answer, now, by.label
    _write(session, ticket, OBJECTION_ANSWERED, f"{objection.state.name_zh}：{answer}", by=by, now=now)
    session.flush()
    announce(session, ObjectionChanged(objection.id, objection.unit_id))
    return objection


def _refuse_short(field: str, text: str) -> None:
    if len(text) < TEXT_LEAST:
        raise Invalid([(("body", field), "text_too_short", f"请写明理由，至少 {TEXT_LEAST} 个字")])


def _write(session: Session, ticket: Ticket, action: str, reason: str, *, by: Actor, now: datetime) -> None:
    ticket.version += 1
    ticket.changed_at = now
    write_history(session, ticket, action, before=ticket.state, by=by, now=now, reason=reason, is_internal=True)


def objections(
    session: Session, state: ObjectionState | None, *, by: Actor, after: int | None = None, limit: int = 50
) -> Sequence[ScoreObjection]:
    """With unit and ticket; open ones the oldest first, others the newest first; without what is kept from `by`."""
    is_open = state is ObjectionState.OPEN
    query = (
        select(ScoreObjection)
        .where(ScoreObjection.ticket_id.in_(select(Ticket.id).where(not_kept_from(by))))
        .options(joinedload(ScoreObjection.unit), joinedload(ScoreObjection.ticket))
    )
    if state is not None:
        query = query.where(ScoreObjection.state == state)
    if after is not None:
        query = query.where(ScoreObjection.id > after if is_open else ScoreObjection.id < after)
    return session.scalars(
        query.order_by(ScoreObjection.id if is_open else ScoreObjection.id.desc()).limit(limit)
    ).all()


def open_objections(session: Session) -> int:
    waiting = ScoreObjection.state == ObjectionState.OPEN
    return session.scalar(select(func.count()).select_from(ScoreObjection).where(waiting)) or 0
