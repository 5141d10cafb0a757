"""Every ticket counted at once, by the database itself: what counts/facts.py and counts/rules.py say, in SQL."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, delete, func, insert, literal, null, select, text, true, union_all
from sqlalchemy.orm import Session

from core.leases import take_lease
from evaluation.model import Rating
from evaluation.rules import Subject
from indicators.counts.actions import LEASE, count_marked
from indicators.counts.alone import ALONE, OWNER_OF, answered
from indicators.counts.facts import ticket_facts
from indicators.counts.model import CountedAnswer, CountedTicket, DayCount, MonthCount, StaleAnswer, StaleTicket
from indicators.counts.queries import question_columns
from indicators.counts.rules import (
    AGAIN,
    CLASSED,
    KIND_OF,
    LEVEL_DIGITS,
    LEVELS,
    NOBODY,
    NOT_BY_TOPIC,
    NOT_REGISTERED,
    SAID_OF,
    CountedPart,
    Kind,
    Scope,
    Standing,
    standing_of,
)
from indicators.counts.shanghai import day_before, day_of
from tickets.kinds import ContactMade
from tickets.model import Ticket
from tickets.rules import OPEN_STATES, SATISFIED_FROM, State

_NAMES = {Subject.HANDLING: "handled", Subject.DIRECT: "direct"}


_UNIT_OF = {
    kind: getattr(CountedTicket, f"{name}_unit_id")
    for subject, name in _NAMES.items()
    for kind in (KIND_OF[subject], *SAID_OF[subject])
}


def count_afresh(session: Session, *, now: datetime) -> int:
    """Forget what is kept and count every ticket; how many.  In one transaction, so that no figure is ever half.

    The marks go first: what commits meanwhile leaves one of its own.  On SQLite nobody else writes while it runs.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))  # of a million tickets one statement takes a minute
    take_lease(session, LEASE, holder=LEASE, for_s=0, now=now)
    for model in (StaleTicket, StaleAnswer, DayCount, MonthCount, CountedTicket, CountedAnswer):
        session.execute(delete(model))
    session.execute(insert(StaleTicket).from_select(["ticket_id"], _rated_in_turn()))
    facts = _facts()
    told_here = facts["ticket_id"].not_in(select(StaleTicket.ticket_id))
    session.execute(insert(CountedTicket).from_select(list(facts), select(*facts.values()).where(told_here)))
    for one in _sums():
        _add_up(session, one)
    for subject in ALONE:
        every = answered(subject)
        session.execute(insert(CountedAnswer).from_select([one.name for one in every.selected_columns], every))
        for alone in _sums_alone(subject):
            _add_up(session, alone)
    names = ["kind", "scope", "day", "owner_id", "part", "n"]
    place = DayCount.kind, literal(Scope.ALL.value), DayCount.day, literal(NOBODY), DayCount.part
    everybody = select(*place, func.sum(DayCount.n)).where(DayCount.scope.in_([Scope.UNIT, Scope.PERSON]))
    session.execute(insert(DayCount).from_select(names, everybody.group_by(DayCount.kind, DayCount.day, DayCount.part)))
    while count_marked(session):
        pass
    return session.scalar(select(func.count()).select_from(CountedTicket)) or 0


def _rated_in_turn() -> Select[Any]:
    """The few that were rated as the work of several units: these are counted one by one."""
    unit_id = func.coalesce(Rating.unit_id, NOBODY)
    rated = select(Rating.ticket_id).where(
        Rating.ticket_id.is_not(None), Rating.is_current, Rating.subject.in_(list(_NAMES))
    )
    several = rated.group_by(Rating.ticket_id, Rating.subject).having(func.min(unit_id) != func.max(unit_id))
    return select(several.subquery().c.ticket_id).distinct()


def _facts() -> dict[str, ColumnElement[Any]]:
    """By column of counted_tickets."""
    row = ticket_facts(select(Ticket.id.label("ticket_id")).subquery()).subquery().c
    is_closed = row.close_reason.is_not(None)
    is_at_once = ~is_closed & row.answered_at.is_not(None) & row.state.in_([State.ANSWERED, State.ARCHIVED])
    is_in_time = func.coalesce(row.answered_at < row.citizen_due_at, False)
    is_contacted = func.coalesce(row.contact != ContactMade.NONE, False)
    return {
        "ticket_id": row.ticket_id,
        "unit_id": func.coalesce(row.unit_id, NOBODY),
        "topic_id": func.coalesce(row.topic_id, NOBODY),
        "handled_unit_id": func.coalesce(row.handled_unit_id, NOBODY),
        "direct_unit_id": func.coalesce(row.direct_unit_id, NOBODY),
        "registered_on": case((row.state.not_in(NOT_REGISTERED), day_of(row.registered_at))),
        "standing": _standing(row),
        "due_on": case((row.state.in_(OPEN_STATES) | is_closed, day_before(row.citizen_due_at))),
        "is_in_time": is_in_time,
        "invitation": row.invitation,
        "is_delivered": row.is_delivered,
        "direct_invitation": row.direct_invitation,
        "direct_delivered": row.direct_delivered,
        "is_responded": is_in_time & is_contacted,
        "handled_on": case((is_closed, day_of(row.closed_at)), else_=day_of(row.handled_at)),
        "direct_on": case((is_at_once, day_of(row.closed_at)), else_=day_of(row.direct_at)),
        **_said(row, "handled"),
        "handled_class": row.handled_class,
        **_said(row, "direct"),
    }


def _said(row: Any, name: str) -> dict[str, ColumnElement[Any]]:
    same = ("level", "channel", "solved", "every")
    return {f"{name}_said_on": day_of(row[f"{name}_at"])} | {f"{name}_{part}": row[f"{name}_{part}"] for part in same}


def _standing(row: Any) -> ColumnElement[Any]:
    def of(state: Any) -> ColumnElement[Any]:
        return case(
            *((state == one, standing_of(one).value) for one in State if standing_of(one) is not Standing.OPEN),
            else_=Standing.OPEN.value,
        )

    is_over = row.close_reason.is_not(None) | row.answered_at.is_not(None)
    return case(
        (row.state.in_(NOT_REGISTERED), null()),
        ((row.state == State.ARCHIVED) & is_over, Standing.CLOSED.value),
        (row.state == State.ARCHIVED, of(row.archived_from)),
        else_=of(row.state),
    )


class _Sum(NamedTuple):
    """Of which kind, on which day, as which part, how many for each ticket, and for which of them; kept for whom."""

    kind: Kind
    day: Any
    part: Any
    n: Any
    condition: Any
    owners: tuple[tuple[Scope, Any], ...] | None = None


def _owners(one: _Sum) -> tuple[tuple[Scope, Any], ...]:
    """By the unit for which it counts, and by topic where that is kept."""
    if one.owners is not None:
        return one.owners
    of_unit = (Scope.UNIT, _UNIT_OF.get(one.kind, CountedTicket.unit_id))
    return (of_unit,) if one.kind in NOT_BY_TOPIC else (of_unit, (Scope.TOPIC, CountedTicket.topic_id))


def _add_up(session: Session, one: _Sum) -> None:
    for scope, owner in _owners(one):
        # grouped outside: PostgreSQL does not see that two expressions with values are one
        rows = (
            select(one.day.label("day"), owner.label("owner_id"), one.part.label("part"), one.n.label("n"))
            .where(one.day.is_not(None), one.condition)
            .subquery()
            .c
        )
        grouped = rows.day, rows.owner_id, rows.part
        kept = select(literal(one.kind.value), literal(scope.value), *grouped, func.sum(rows.n)).group_by(*grouped)
        session.execute(insert(DayCount).from_select(["kind", "scope", "day", "owner_id", "part", "n"], kept))


def _sums() -> Iterator[_Sum]:
    """As indicators.counts.rules.cells has them."""
    counted = CountedTicket
    timely = case((counted.is_in_time, CountedPart.IN_TIME.value), else_=CountedPart.LATE.value)
    yield _Sum(Kind.STANDING, counted.registered_on, counted.standing, literal(1), counted.standing.is_not(None))
    yield _Sum(Kind.DUE, counted.due_on, timely, literal(1), true())
    for subject, name in _NAMES.items():
        yield from _sums_of(subject, *(getattr(counted, f"{name}_{part}") for part in ("on", "said_on", "level")))


def _sums_of(subject: Subject, day: Any, said_on: Any, level: Any) -> Iterator[_Sum]:
    kind, (by_closing, by_rating), one = KIND_OF[subject], SAID_OF[subject], literal(1)
    channel, solved, every = (
        getattr(CountedTicket, f"{_NAMES[subject]}_{part}") for part in ("channel", "solved", "every")
    )
    answer = case(
        (level.is_(None), CountedPart.SILENT.value),
        (level >= SATISFIED_FROM, CountedPart.SATISFIED.value),
        else_=CountedPart.DISSATISFIED.value,
    )
    yield _Sum(kind, day, answer, one, true())
    state, is_delivered = question_columns(kind)
    yield _Sum(kind, day, func.coalesce(state, CountedPart.NOT_INVITED.value), one, true())
    yield _Sum(kind, day, literal(CountedPart.DELIVERED.value), one, is_delivered)
    yield _Sum(by_closing, day, literal(CountedPart.RESPONDED.value), one, CountedTicket.is_responded)
    is_solved = case((solved, CountedPart.SOLVED.value), else_=CountedPart.UNSOLVED.value)
    yield _Sum(by_closing, day, is_solved, one, solved.is_not(None) & level.is_not(None))
    digits = _digits()
    before = every // digits.power % LEVEL_DIGITS - case((level == digits.level, 1), else_=0)
    is_again = (every != case(*((level == one, LEVEL_DIGITS ** (one - 1)) for one in LEVELS))) & (before > 0)
    for said_kind, at in ((by_closing, day), (by_rating, said_on)):
        yield _Sum(said_kind, at, channel + "." + digits.said, one, digits.level == level)
        if subject is Subject.HANDLING:
            matter_class = CountedTicket.handled_class
            classed = CLASSED + matter_class + "." + channel + "." + digits.said
            yield _Sum(said_kind, at, classed, one, (digits.level == level) & matter_class.is_not(None))
        yield _Sum(said_kind, at, AGAIN + channel + "." + digits.said, before, (every >= digits.power) & is_again)


def _sums_alone(subject: Subject) -> Iterator[_Sum]:
    """As indicators.counts.alone.Answered.keys has them."""
    (by_closing, by_rating), one, counted = ALONE[subject], literal(1), CountedAnswer
    owners = ((OWNER_OF[subject], counted.owner_id),)
    ours, digits = counted.subject == subject, _digits()
    part = counted.channel + "." + digits.said
    yield _Sum(by_closing, counted.day, literal(CountedPart.SILENT.value), one, ours & counted.level.is_(None), owners)
    yield _Sum(by_closing, counted.day, literal(CountedPart.ASKED.value), one, ours & counted.is_asked, owners)
    yield _Sum(by_closing, counted.day, part, one, ours & (digits.level == counted.level), owners)
    yield _Sum(by_rating, counted.said_on, part, one, ours & (digits.level == counted.level), owners)


def _digits() -> Any:
    """One row for each level, with which a ticket is joined."""
    rows = [
        select(
            literal(level).label("level"),
            literal(str(level)).label("said"),
            literal(LEVEL_DIGITS ** (level - 1)).label("power"),
        )
        for level in LEVELS
    ]
    return union_all(*rows).subquery().c
