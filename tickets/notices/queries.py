"""Every read of notices."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from tickets.model import Ticket
from tickets.notices.model import UnitNotice
from tickets.notices.rules import NoticeState, NoticeWay


def way_of(session: Session, notice_id: int) -> NoticeWay:
    return session.get_one(UnitNotice, notice_id).way


@dataclass(frozen=True)
class NoticeList:
    """A page of notices; `next` is the id to go on after."""

    rows: Sequence[UnitNotice]
    next: int | None


def newest_notices(
    session: Session,
    *,
    state: NoticeState | None = None,
    way: NoticeWay | None = None,
    unit_id: int | None = None,
    digits: str = "",
    before: int | None = None,
    limit: int = 50,
) -> NoticeList:
    """Newest first, after the notice with id `before`; `digits` of the ticket's number; with unit and ticket."""
    query = select(UnitNotice).options(selectinload(UnitNotice.unit), selectinload(UnitNotice.ticket))
    wanted = {UnitNotice.state: state, UnitNotice.way: way, UnitNotice.unit_id: unit_id}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    if digits:
        query = query.join(Ticket, Ticket.id == UnitNotice.ticket_id).where(Ticket.number.contains(digits))
    if before is not None:
        query = query.where(UnitNotice.id < before)
    rows = session.scalars(query.order_by(UnitNotice.id.desc()).limit(limit + 1)).all()
    kept = rows[:limit]
    return NoticeList(kept, kept[-1].id if len(rows) > limit else None)


def count_by_state(session: Session) -> dict[NoticeState, int]:
    """How many stand in each state that a person may have to look at."""
    shown = (NoticeState.WAITING, NoticeState.FAILED, NoticeState.UNKNOWN)
    found = select(UnitNotice.state, func.count()).where(UnitNotice.state.in_(shown)).group_by(UnitNotice.state)
    counted = {row[0]: int(row[1]) for row in session.execute(found)}
    return {state: counted.get(state, 0) for state in shown}
