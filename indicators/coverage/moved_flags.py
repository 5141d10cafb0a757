"""差评后改派他单位: a bad rating that may leave a unit's figure since the matter went to another one."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from evaluation.model import Invitation, Rating
from evaluation.rules import LEVEL_NAMES, Level, Subject
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.rules import Flag
from staff.model import Unit
from tickets.model import Holding, Ticket
from tickets.rules import SATISFIED_FROM


def moved_after_bad(session: Session, wanted: Wanted) -> list[FlagRow]:
    """In the period in which it was rated badly, and in that in which another unit was rated for the same matter."""
    of_unit, to_unit = aliased(Unit), aliased(Unit)
    query = (
        select(
            Rating.id,
            Rating.level,
            Ticket.number,
            Holding.dispatched_at,
            of_unit.name,
            to_unit.name.label("to_name"),
            _said_of_another().label("said"),
        )
        .join(Ticket, Ticket.id == Rating.ticket_id)
        .join(Holding, Holding.id == _first_of_another())
        .join(of_unit, of_unit.id == Rating.unit_id)
        .join(to_unit, to_unit.id == Holding.unit_id)
        .where(
            Rating.subject == Subject.HANDLING,
            Rating.is_current,
            Rating.level < SATISFIED_FROM,
            Rating.ticket_id.in_(_rated_in(wanted)),
        )
    )
    return [_row(row) for row in session.execute(wanted.page(query, Rating.id))]


def _rated_in(wanted: Wanted) -> Any:
    """Tickets about which a unit was rated in the period."""
    period, given = wanted.period, aliased(Rating)
    return select(given.ticket_id).where(
        given.subject == Subject.HANDLING,
        given.recorded_at >= period.begins_at,
        given.recorded_at < period.ends_at,
        given.ticket_id.is_not(None),
    )


def _first_of_another() -> Any:
    """The id of the first dispatch to another unit after the rating."""
    moved = select(func.min(Holding.id)).where(
        Holding.ticket_id == Rating.ticket_id,
        Holding.unit_id != Rating.unit_id,
        Holding.dispatched_at > Rating.recorded_at,
    )
    return moved.correlate(Rating).scalar_subquery()


def _said_of_another() -> Any:
    """The last answer about another unit in a later round, which counts in place of this one."""
    given, asked, own = aliased(Rating), aliased(Invitation), aliased(Invitation)
    own_round = select(own.rework_no).where(own.id == Rating.invitation_id).correlate(Rating).scalar_subquery()
    said = (
        select(given.level)
        .join(asked, asked.id == given.invitation_id)
        .where(
            given.ticket_id == Rating.ticket_id,
            given.subject == Subject.HANDLING,
            given.is_current,
            given.unit_id != Rating.unit_id,
            asked.rework_no > own_round,
        )
        .order_by(asked.rework_no.desc())
        .limit(1)
    )
    return said.correlate(Rating).scalar_subquery()


def _row(row: Any) -> FlagRow:
    what = f"评“{LEVEL_NAMES[Level(row.level)]}”后改派{row.to_name}"
    if row.said is not None:
        what += f"，其后评“{LEVEL_NAMES[Level(row.said)]}”"
    return FlagRow(
        Flag.MOVED_AFTER_BAD, row.id, f"rating:{row.id}", row.dispatched_at, row.name or "", what, [row.number]
    )
