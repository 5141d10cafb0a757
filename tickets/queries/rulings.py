"""The library of rulings, and those that speak to a ticket at hand."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from staff.rules import Actor
from tickets.catalogue import place_ids
from tickets.model import Place, Ruling, Topic
from tickets.queries.access import not_kept_from
from tickets.queries.lists import topic_subtree

PRESENTED = (joinedload(Ruling.unit), joinedload(Ruling.topic), joinedload(Ruling.place))
SHOWN = 5
_NUMBER = re.compile(r"裁?\s*[〔\[（(]?([0-9]{4})[〕\]）)]\s*([0-9]{1,6})\s*号?", re.ASCII)


def rulings(
    session: Session,
    *,
    by: Actor,
    topic_id: int | None = None,
    text: str = "",
    after: int | None = None,
    limit: int = 25,
) -> Sequence[Ruling]:
    """The newest first, below the one with id `after`; `text`: a number, or words of reasons and topics.

    Without those on matters that are kept from `by`.
    """
    found = select(Ruling).outerjoin(Topic, Topic.id == Ruling.topic_id).options(*PRESENTED).where(_may_read(by))
    if topic_id is not None:
        found = found.where(Ruling.topic_id.in_(topic_subtree(topic_id)))
    if text:
        words = (Ruling.reason.contains(text, autoescape=True), Topic.full_name.contains(text, autoescape=True))
        found = found.where(or_(*words, has_number(text)))
    if after is not None:
        found = found.where(Ruling.id < after)
    return session.scalars(found.order_by(Ruling.id.desc()).limit(limit)).all()


def rulings_for(session: Session, topic_ids: Sequence[int], place: Place | None, *, by: Actor) -> Sequence[Ruling]:
    """Precedents of these topics: those of the place, or one it lies in, or of no place; the newest first.

    Without those on matters that are kept from `by`.
    """
    if not topic_ids:
        return ()
    found = select(Ruling).where(Ruling.topic_id.in_(topic_ids), speaks_to(place), _may_read(by)).options(*PRESENTED)
    return session.scalars(found.order_by(Ruling.id.desc()).limit(SHOWN)).all()


def _may_read(by: Actor) -> ColumnElement[bool]:
    return not_kept_from(by, Ruling.ticket_id)


def has_number(text: str) -> ColumnElement[bool]:
    """Of the ruling that is cited as 裁〔2026〕12号, with whatever brackets."""
    cited = _NUMBER.fullmatch(text.strip())
    return and_(Ruling.year == int(cited[1]), Ruling.running == int(cited[2])) if cited else false()


def speaks_to(place: Place | None) -> ColumnElement[bool]:
    return or_(Ruling.place_id.is_(None), Ruling.place_id.in_(place_ids(place)))
