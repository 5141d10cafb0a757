"""What the figures need to know of tickets, read from the rows of the trade."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, Subquery, case, func, select, type_coerce
from sqlalchemy.orm import aliased

from evaluation.classes.model import ClassDecision
from evaluation.model import Invitation, Rating
from evaluation.rules import Subject
from indicators.counts.model import CountedTicket
from indicators.counts.questions import counted_question
from indicators.counts.rules import (
    LEVEL_DIGITS,
    LEVELS,
    NOBODY,
    NOT_REGISTERED,
    Facts,
    Put,
    Rated,
    Said,
    Standing,
    standing_of,
)
from indicators.counts.units import counting_unit, rated_elsewhere
from indicators.periods import shanghai_day
from staff.model import Unit
from tickets.kinds import ContactMade
from tickets.model import HistoryLine, Reply, Ticket
from tickets.rules import OPEN_STATES, State

#: a limit that ends at 24:00 of a day is stored as the next 00:00 and is of that day
_JUST_BEFORE = timedelta(microseconds=1)


def facts_query(tickets: Subquery) -> Select[*tuple[Any, ...]]:
    """What facts_of wants of each ticket in the column `ticket_id`, nulls for one that is no more; the names of the
    units for which it counts; and as it was counted last.
    """
    facts, handled, direct = ticket_facts(tickets).subquery(), aliased(Unit), aliased(Unit)
    names = handled.name.label("handled_unit_name"), direct.name.label("direct_unit_name")
    return (
        select(facts, *names, CountedTicket)
        .outerjoin(handled, handled.id == facts.c.handled_unit_id)
        .outerjoin(direct, direct.id == facts.c.direct_unit_id)
        .outerjoin(CountedTicket, CountedTicket.ticket_id == facts.c.ticket_id)
    )


def ticket_facts(tickets: Subquery) -> Select[*tuple[Any, ...]]:
    """The same without names and what was counted."""
    handled, direct = aliased(Rating), aliased(Rating)
    handled_asked, direct_asked = aliased(Invitation), aliased(Invitation)
    query = select(
        tickets.c.ticket_id,
        Ticket.id,
        Ticket.unit_id,
        Ticket.topic_id,
        Ticket.state,
        Ticket.registered_at,
        Ticket.citizen_due_at,
        Ticket.answered_at,
        Ticket.closed_at,
        Ticket.close_reason,
        _archived_from().label("archived_from"),
        *_said_columns("handled", handled, Subject.HANDLING),
        *_said_columns("direct", direct, Subject.DIRECT),
        _class_before(handled).label("handled_class"),
        _contact().label("contact"),
        handled_asked.state.label("invitation"),
        handled_asked.delivered_at.is_not(None).label("is_delivered"),
        direct_asked.state.label("direct_invitation"),
        direct_asked.delivered_at.is_not(None).label("direct_delivered"),
    )
    return (
        query.select_from(tickets)
        .outerjoin(Ticket, Ticket.id == tickets.c.ticket_id)
        .outerjoin(handled, handled.id == last_rating(Subject.HANDLING))
        .outerjoin(direct, direct.id == last_rating(Subject.DIRECT))
        .outerjoin(handled_asked, handled_asked.id == counted_question(handled, Subject.HANDLING))
        .outerjoin(direct_asked, direct_asked.id == counted_question(direct, Subject.DIRECT))
    )


def _said_columns(name: str, rating: Any, subject: Subject) -> tuple[Any, ...]:
    return (
        rating.level.label(f"{name}_level"),
        rating.recorded_at.label(f"{name}_at"),
        rating.channel.label(f"{name}_channel"),
        rating.is_solved.label(f"{name}_solved"),
        _every_level(subject).label(f"{name}_every"),
        rated_elsewhere(rating, subject).label(f"{name}_elsewhere"),
        counting_unit(rating, subject).label(f"{name}_unit_id"),
    )


def last_rating(subject: Subject) -> Any:
    """The id of the rating of a ticket that counts: of its last rework that was rated, the last correction."""
    given = aliased(Rating)
    return (
        select(given.id)
        .join(Invitation, Invitation.id == given.invitation_id)
        .where(given.ticket_id == Ticket.id, given.is_current, given.subject == subject)
        .order_by(Invitation.rework_no.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _every_level(subject: Subject) -> Any:
    """How many answers of each level every round of a ticket gave, of whichever unit, as Said.every holds them."""
    given = aliased(Rating)
    digits = case(*((given.level == level, LEVEL_DIGITS ** (level - 1)) for level in LEVELS), else_=0)
    every = select(func.sum(type_coerce(digits, BigInteger))).where(
        given.ticket_id == Ticket.id, given.is_current, given.subject == subject
    )
    return every.correlate(Ticket).scalar_subquery()


def _class_before(rating: Any) -> Any:
    """What a third party had decided about the answer of a rating before anybody rated it."""
    asked, first = aliased(Invitation), aliased(Rating)
    first_at = select(func.min(first.recorded_at)).where(first.invitation_id == rating.invitation_id)
    decided = (
        select(ClassDecision.matter_class)
        .join(asked, (asked.ticket_id == ClassDecision.ticket_id) & (asked.rework_no == ClassDecision.rework_no))
        .where(
            asked.id == rating.invitation_id,
            ClassDecision.is_current,
            ClassDecision.decided_at < first_at.correlate(rating).scalar_subquery(),
        )
        .limit(1)
    )
    return decided.correlate(rating).scalar_subquery()


def _contact() -> Any:
    """How the citizen was reached before the last reply."""
    newest = select(Reply.contact).where(Reply.ticket_id == Ticket.id).order_by(Reply.id.desc()).limit(1)
    return newest.correlate(Ticket).scalar_subquery()


def _archived_from() -> Any:
    """The state in which a ticket was archived."""
    line = select(HistoryLine.from_state).where(
        HistoryLine.ticket_id == Ticket.id, HistoryLine.to_state == State.ARCHIVED, Ticket.state == State.ARCHIVED
    )
    return line.order_by(HistoryLine.id.desc()).limit(1).correlate(Ticket).scalar_subquery()


def facts_of(row: Any) -> Facts | None:
    """What a row of facts_query says; None for a ticket that is no more."""
    if row.id is None:
        return None
    standing = _standing(row)
    is_due = row.state in OPEN_STATES or row.close_reason is not None
    due_at, answered_at = row.citizen_due_at, row.answered_at
    is_in_time = answered_at is not None and due_at is not None and answered_at < due_at
    return Facts(
        unit_id=row.unit_id or NOBODY,
        topic_id=row.topic_id or NOBODY,
        handled_unit_id=row.handled_unit_id or NOBODY,
        direct_unit_id=row.direct_unit_id or NOBODY,
        registered_on=None if standing is None else shanghai_day(row.registered_at),
        standing=standing,
        due_on=shanghai_day(due_at - _JUST_BEFORE) if is_due and due_at is not None else None,
        is_in_time=is_in_time,
        handled=_rated(row.close_reason is not None, row.closed_at, row.handled_level, row.handled_at),
        direct=_rated(_is_answered_at_once(row), row.closed_at, row.direct_level, row.direct_at),
        handled_question=Put(row.invitation, bool(row.is_delivered)),
        direct_question=Put(row.direct_invitation, bool(row.direct_delivered)),
        is_responded=is_in_time and row.contact not in {None, ContactMade.NONE},
        handled_said=_said(row, "handled"),
        handled_said_on=None if row.handled_at is None else shanghai_day(row.handled_at),
        direct_said=_said(row, "direct"),
        direct_said_on=None if row.direct_at is None else shanghai_day(row.direct_at),
    )


def _standing(row: Any) -> Standing | None:
    """Where it stands, an archived one where it was before; a draft is not registered yet, a void one never was."""
    if row.state in NOT_REGISTERED:
        return None
    if row.state is not State.ARCHIVED:
        return standing_of(row.state)
    if row.close_reason is not None or row.answered_at is not None:
        return Standing.CLOSED
    return standing_of(row.archived_from)


def _is_answered_at_once(row: Any) -> bool:
    return row.close_reason is None and row.answered_at is not None and row.state in {State.ANSWERED, State.ARCHIVED}


def _rated(is_closed: bool, closed_at: datetime | None, level: int | None, rated_at: datetime | None) -> Rated | None:
    """On the day it was closed; else when it was rated: leaving it open does not hide a bad answer."""
    at = closed_at if is_closed else rated_at
    return None if at is None else Rated(shanghai_day(at), level)


def _said(row: Any, name: str) -> Said | None:
    """The sum is a decimal on PostgreSQL, and of every unit: here stands what was said of this one."""
    channel, level, is_solved, every, elsewhere = (
        getattr(row, f"{name}_{part}") for part in ("channel", "level", "solved", "every", "elsewhere")
    )
    if channel is None or level is None:
        return None
    others = read_elsewhere(elsewhere)
    own = int(every) - sum(LEVEL_DIGITS ** (level - 1) for _, level in others)
    return Said(str(channel), level, is_solved, own, _class(row) if name == "handled" else None, others)


def _class(row: Any) -> str | None:
    return str(row.handled_class) if row.handled_class else None


def read_elsewhere(said: str | None) -> tuple[tuple[int, int], ...]:
    """(unit, level) in order, whatever the order in which the database added them."""
    pairs = (one.split(":") for one in said.split(",")) if said else ()
    return tuple(sorted((int(unit_id), int(level)) for unit_id, level in pairs))


def counted_facts(counted: CountedTicket | None) -> Facts | None:
    """A ticket as it was counted last; None for one that never was."""
    if counted is None:
        return None
    return Facts(
        unit_id=counted.unit_id,
        topic_id=counted.topic_id,
        handled_unit_id=counted.handled_unit_id,
        direct_unit_id=counted.direct_unit_id,
        registered_on=counted.registered_on,
        standing=counted.standing,
        due_on=counted.due_on,
        is_in_time=counted.is_in_time,
        handled=None if counted.handled_on is None else Rated(counted.handled_on, counted.handled_level),
        direct=None if counted.direct_on is None else Rated(counted.direct_on, counted.direct_level),
        handled_question=Put(counted.invitation, counted.is_delivered),
        direct_question=Put(counted.direct_invitation, counted.direct_delivered),
        is_responded=counted.is_responded,
        handled_said=_counted_said(counted, "handled"),
        handled_said_on=counted.handled_said_on,
        direct_said=_counted_said(counted, "direct"),
        direct_said_on=counted.direct_said_on,
    )


def _counted_said(counted: CountedTicket, name: str) -> Said | None:
    channel, level, is_solved, every, elsewhere = (
        getattr(counted, f"{name}_{part}") for part in ("channel", "level", "solved", "every", "elsewhere")
    )
    if channel is None:
        return None
    matter_class = _class(counted) if name == "handled" else None
    return Said(channel, level, is_solved, every, matter_class, read_elsewhere(elsewhere))


def counted_row(ticket_id: int, facts: Facts) -> dict[str, Any]:
    """The row of counted_tickets that says so."""
    return {
        "ticket_id": ticket_id,
        "unit_id": facts.unit_id,
        "topic_id": facts.topic_id,
        "handled_unit_id": facts.handled_unit_id,
        "direct_unit_id": facts.direct_unit_id,
        "registered_on": facts.registered_on,
        "standing": facts.standing,
        "due_on": facts.due_on,
        "is_in_time": facts.is_in_time,
        "handled_said_on": facts.handled_said_on,
        "direct_said_on": facts.direct_said_on,
        **_row_of("handled", facts.handled, facts.handled_said),
        "handled_class": facts.handled_said.matter_class if facts.handled_said else None,
        **_row_of("direct", facts.direct, facts.direct_said),
        "invitation": facts.handled_question.state,
        "is_delivered": facts.handled_question.is_delivered,
        "direct_invitation": facts.direct_question.state,
        "direct_delivered": facts.direct_question.is_delivered,
        "is_responded": facts.is_responded,
    }


def _row_of(name: str, rated: Rated | None, said: Said | None) -> dict[str, Any]:
    return {
        f"{name}_on": rated.day if rated else None,
        f"{name}_level": said.level if said else None,
        f"{name}_channel": said.channel if said else None,
        f"{name}_solved": said.is_solved if said else None,
        f"{name}_every": said.every if said else None,
        f"{name}_elsewhere": _written(said.elsewhere) if said else None,
    }


def _written(elsewhere: tuple[tuple[int, int], ...]) -> str | None:
    return ",".join(f"{unit_id}:{level}" for unit_id, level in elsewhere) or None
