"""人口账: where everything registered in a period stands now; it must add up."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from indicators.periods import Period
from tickets.kinds import Named
from tickets.model import HistoryLine, Ticket
from tickets.rules import State


class Standing(Named):
    """The columns of the account."""

    CLOSED = "closed", "办结"
    OPEN = "open", "在办"
    MERGED = "merged", "并案"
    REJECTED = "rejected", "不予受理"
    TERMINATED = "terminated", "终止"
    PARKED = "parked", "挂账"
    TRANSFERRED = "transferred", "转出"
    WITHDRAWN = "withdrawn", "撤回"


_STANDING = {
    State.CLOSED: Standing.CLOSED,
    State.ANSWERED: Standing.CLOSED,
    State.MERGED: Standing.MERGED,
    State.REJECTED: Standing.REJECTED,
    State.TERMINATED: Standing.TERMINATED,
    State.PARKED: Standing.PARKED,
    State.TRANSFERRED: Standing.TRANSFERRED,
    State.WITHDRAWN: Standing.WITHDRAWN,
}
#: a draft is not registered yet, and one thrown away never was
NOT_REGISTERED = (State.DRAFT, State.VOID)


@dataclass(frozen=True)
class Population:
    """`registered` is counted by itself, so that `adds_up` says something."""

    registered: int
    standing: dict[Standing, int]

    @property
    def adds_up(self) -> bool:
        return self.registered == sum(self.standing.values())


def population(session: Session, period: Period) -> Population:
    """Where the tickets registered in the period stand now; an archived one stands where it was before."""
    standing = dict.fromkeys(Standing, 0)
    counted = _standing_tickets(period).with_only_columns(_STOOD, func.count()).group_by(_STOOD)
    for state, count in session.execute(counted):
        standing[_STANDING.get(state, Standing.OPEN)] += count
    total = session.scalar(select(func.count(Ticket.id)).where(*_registered(period))) or 0
    return Population(total, standing)


def population_rows(
    session: Session, period: Period, standing: Standing | None, *, after: int | None = None, limit: int = 50
) -> Sequence[Ticket]:
    """The tickets behind a column (None: all that were registered), newest first, below the one with id `after`."""
    query = _standing_tickets(period).order_by(Ticket.id.desc()).limit(limit)
    if standing is not None:
        states = [state for state in State if _STANDING.get(state, Standing.OPEN) is standing]
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
