"""人口账: where everything registered in a period stands now; it must add up."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from indicators.counts.queries import Changes, Counts, Tally, changes, counts
from indicators.counts.rules import NOT_REGISTERED, Kind, Standing, standing_of
from indicators.periods import Period
from tickets.model import HistoryLine, Ticket
from tickets.rules import State


@dataclass(frozen=True)
class Population:
    """How many stand where; what stands nowhere that has a name would be missing in the sum."""

    registered: int
    standing: dict[Standing, int]

    @property
    def adds_up(self) -> bool:
        return self.registered == sum(self.standing.values())


def population(session: Session, period: Period, changed: Changes | None = None) -> Population:
    """Where the tickets registered in the period stand now; an archived one stands where it was before."""
    changed = changes(session) if changed is None else changed
    return population_of(counts(session, changed, Tally([period], [Kind.STANDING]))[0])


def population_of(found: Counts) -> Population:
    """The account in what was counted of one period."""
    standing = {place: found[Kind.STANDING, place] for place in Standing}
    return Population(sum(n for (kind, _), n in found.items() if kind == Kind.STANDING), standing)


def population_rows(
    session: Session, period: Period, standing: Standing | None, *, after: int | None = None, limit: int = 50
) -> Sequence[Ticket]:
    """The tickets behind a column (None: all that were registered), newest first, below the one with id `after`."""
    query = _standing_tickets(period).order_by(Ticket.id.desc()).limit(limit)
    if standing is not None:
        states = [state for state in State if standing_of(state) is standing]
        query = query.where(_STOOD.in_(states))
    if after is not None:
        query = query.where(Ticket.id < after)
    return session.scalars(query).all()


_STOOD = case(
    (Ticket.state != State.ARCHIVED, Ticket.state),
    (or_(Ticket.close_reason.is_not(None), Ticket.answered_at.is_not(None)), State.CLOSED),
    else_=HistoryLine.from_state,
)


def _registered(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Ticket.registered_at >= period.begins_at,
        Ticket.registered_at < period.ends_at,
        Ticket.state.not_in(NOT_REGISTERED),
    )


def _standing_tickets(period: Period) -> Select[Ticket]:
    """Registered tickets, joined with the line of the history that archived them."""
    archived = (HistoryLine.ticket_id == Ticket.id) & (HistoryLine.to_state == State.ARCHIVED)
    return select(Ticket).outerjoin(HistoryLine, archived).where(*_registered(period))


def registered_count(session: Session, period: Period) -> int:
    """How many were registered in the period, counted from the tickets themselves."""
    return session.scalar(select(func.count()).select_from(Ticket).where(*_registered(period))) or 0
