"""The library of rulings, and those that speak to a ticket at hand."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from tickets.catalogue import place_ids
from tickets.model import Place, Ruling, Topic
from tickets.queries.lists import topic_subtree

_PRESENTED = (joinedload(Ruling.unit), joinedload(Ruling.topic), joinedload(Ruling.place))
SHOWN = 5


def rulings(
    session: Session, *, topic_id: int | None = None, text: str = "", after: int | None = None, limit: int = 25
) -> Sequence[Ruling]:
    """The newest first, below the one with id `after`; `text` is looked for in reasons and topics."""
    found = select(Ruling).outerjoin(Topic, Topic.id == Ruling.topic_id).options(*_PRESENTED)
    if topic_id is not None:
        found = found.where(Ruling.topic_id.in_(topic_subtree(topic_id)))
    if text:
        words = (Ruling.reason.contains(text, autoescape=True), Topic.full_name.contains(text, autoescape=True))
        found = found.where(or_(*words))
    if after is not None:
        found = found.where(Ruling.id < after)
    return session.scalars(found.order_by(Ruling.id.desc()).limit(limit)).all()


def rulings_for(session: Session, topic_ids: Sequence[int], place: Place | None) -> Sequence[Ruling]:
    """Precedents of these topics: those of the place, or one it lies in, or of no place; the newest first."""
    if not topic_ids:
        return ()
    found = select(Ruling).where(Ruling.topic_id.in_(topic_ids), _speaks_to(place)).options(*_PRESENTED)
    return session.scalars(found.order_by(Ruling.id.desc()).limit(SHOWN)).all()


def _speaks_to(place: Place | None) -> ColumnElement[bool]:
    return or_(Ruling.place_id.is_(None), Ruling.place_id.in_(place_ids(place)))
