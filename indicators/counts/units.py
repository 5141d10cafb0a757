"""For which unit a matter counts: the one that was rated, else the one that was asked about, else who has it."""

from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, select
from sqlalchemy.orm import aliased

from evaluation.model import Invitation, Rating
from evaluation.rules import Subject
from indicators.counts.rules import NOBODY
from tickets.model import Ticket


def counting_unit(rating: Any, subject: Subject) -> ColumnElement[int | None]:
    """Of a ticket, joined with the rating that counts (silence: nulls); null where that is no unit.

    Whoever holds the ticket now neither inherits an answer nor leaves one behind.  A question about an earlier round
    says nothing of who is silent about this one.
    """
    unit_id: ColumnElement[int | None] = case(
        (rating.id.is_not(None), rating.unit_id), else_=func.coalesce(_asked_about(subject), Ticket.unit_id)
    )
    return unit_id


def _asked_about(subject: Subject) -> Any:
    """The unit of the question about the present answer."""
    asked = aliased(Invitation)
    present = select(asked.unit_id).where(
        asked.ticket_id == Ticket.id, asked.rework_no == Ticket.rework_no, asked.subject == subject
    )
    return present.order_by(asked.id.desc()).limit(1).correlate(Ticket).scalar_subquery()


def rated_elsewhere(rating: Any, subject: Subject) -> Any:
    """What was said of other units than that of the rating that counts, as `unit:level,unit:level`; null of none."""
    given = aliased(Rating)
    said = cast(func.coalesce(given.unit_id, NOBODY), String) + ":" + cast(given.level, String)
    elsewhere = select(func.aggregate_strings(said, ",")).where(
        given.ticket_id == Ticket.id,
        given.is_current,
        given.subject == subject,
        given.unit_id.is_distinct_from(rating.unit_id),
    )
    return elsewhere.correlate(Ticket, rating).scalar_subquery()
