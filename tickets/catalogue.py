"""Who answers for a topic in a place: every read of the dispatch catalogue (派单目录)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, String, and_, bindparam, cast, literal, or_, select
from sqlalchemy.orm import Session

from core.model import UtcDateTime
from tickets.errors import PlaceNotFound, TopicNotFound
from tickets.kinds import Urgency
from tickets.model import CatalogueLine, Place, Topic, TopicRecord


def holding_at(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Lines that count at that moment; `began_at` None: from the beginning."""
    return and_(or_(CatalogueLine.began_at.is_(None), CatalogueLine.began_at <= now), not_over(now))


def not_over(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Lines that count, or will."""
    return or_(CatalogueLine.retired_at.is_(None), CatalogueLine.retired_at > now)


def of_key(topic_id: int, place_id: int | None) -> ColumnElement[bool]:
    """Every version of a topic in a place; no place: in the whole city."""
    same_place = CatalogueLine.place_id.is_(None) if place_id is None else CatalogueLine.place_id == place_id
    return and_(CatalogueLine.topic_id == topic_id, same_place)


def catalogue_line_for(
    session: Session, topic_id: int | None, place: Place | None, *, now: datetime
) -> CatalogueLine | None:
    """The line of the nearest place, else the city's; None when nobody is named (then a person decides)."""
    if topic_id is None:
        return None
    lines = session.scalars(
        select(CatalogueLine).where(
            CatalogueLine.topic_id == topic_id,
            holding_at(now),
            or_(CatalogueLine.place_id.is_(None), CatalogueLine.place_id.in_(place_ids(place))),
        )
    )
    return nearest(lines, place)


def nearest(lines: Iterable[CatalogueLine], place: Place | None) -> CatalogueLine | None:
    """Of lines of one topic that hold in that place."""
    places = place_ids(place)
    return min(lines, key=lambda line: _distance(line, places), default=None)


#: topic and place with every line of the catalogue for that topic in that place, or around it
_NAMED = (
    select(Topic, Place, CatalogueLine)
    .select_from(Topic)
    .join(Place, Place.id == bindparam("place_id", type_=Place.id.type))
    .outerjoin(
        CatalogueLine,
        and_(
            CatalogueLine.topic_id == Topic.id,
            holding_at(bindparam("now", type_=UtcDateTime())),
            or_(
                CatalogueLine.place_id.is_(None),
                Place.path.contains(literal("/").concat(cast(CatalogueLine.place_id, String)).concat("/")),
            ),
        ),
    )
    .where(Topic.id == bindparam("topic_id"))
)


def topic_place_and_line(
    session: Session, topic_id: int | None, place_id: int | None, *, now: datetime
) -> tuple[Topic | None, Place | None, CatalogueLine | None]:
    """What these name, and the line for both; one statement where both are given.

    Raises TopicNotFound, PlaceNotFound.
    """
    if topic_id is not None and place_id is not None:
        asked = {"topic_id": topic_id, "place_id": place_id, "now": now}
        rows = session.execute(_NAMED, asked).all()
        if rows and rows[0].Topic.is_active:
            topic, place = rows[0].Topic, rows[0].Place
            return topic, place, nearest([row.CatalogueLine for row in rows if row.CatalogueLine], place)
    topic = session.get(Topic, topic_id) if topic_id is not None else None
    if topic_id is not None and (topic is None or not topic.is_active):
        raise TopicNotFound(topic_id=topic_id)
    place = session.get(Place, place_id) if place_id is not None else None
    if place_id is not None and place is None:
        raise PlaceNotFound(place_id=place_id)
    return topic, place, catalogue_line_for(session, topic_id, place, now=now)


def place_ids(place: Place | None) -> list[int]:
    """The place and everything it lies in, the nearest first."""
    return [int(part) for part in reversed(place.path.strip("/").split("/"))] if place is not None else []


def _distance(line: CatalogueLine, places: list[int]) -> tuple[int, int]:
    """Nearest place first; of two lines for one place the newer."""
    near = places.index(line.place_id) if line.place_id is not None else len(places)
    return near, -line.id


def lines_for_topics(
    session: Session, topic_ids: Sequence[int], place: Place | None, *, now: datetime
) -> dict[int, CatalogueLine]:
    """The line of each topic that has one, in one query."""
    places = place_ids(place)
    lines = session.scalars(
        select(CatalogueLine).where(
            CatalogueLine.topic_id.in_(topic_ids),
            holding_at(now),
            or_(CatalogueLine.place_id.is_(None), CatalogueLine.place_id.in_(places)),
        )
    ).all()
    return {line.topic_id: line for line in sorted(lines, key=lambda line: _distance(line, places), reverse=True)}


def class_and_urgency(line: CatalogueLine | None, topic: Topic | None, urgency: Urgency) -> tuple[str, Urgency]:
    """What limits a ticket: the class of the line, else of the topic; and its urgency, which is the line's at least."""
    topics_class = topic.limit_class if topic is not None else ""
    if line is None:
        return topics_class, urgency
    least = line.urgency or urgency
    return line.limit_class or topics_class, max(urgency, least, key=lambda one: one.degree)


def all_topics(session: Session) -> Sequence[Topic]:
    """Active topics, parents before children."""
    return session.scalars(select(Topic).where(Topic.is_active).order_by(Topic.level, Topic.full_name)).all()


def places_like(session: Session, text: str, *, at_most: int = 20) -> Sequence[Place]:
    """Places whose name begins with the text, the shortest name first; without text the districts."""
    found = (
        select(Place).where(Place.name.startswith(text, autoescape=True))
        if text
        else select(Place).where(Place.parent_id.is_(None))
    )
    return session.scalars(found.order_by(Place.name).limit(at_most)).all()


def latest_records(session: Session, topic_ids: Sequence[int], *, model_name: str) -> dict[int, TopicRecord]:
    """How automatic dispatch did on each topic with this model: the newest record of each."""
    rows = session.scalars(
        select(TopicRecord)
        .where(TopicRecord.topic_id.in_(topic_ids), TopicRecord.model_name == model_name)
        .order_by(TopicRecord.measured_at, TopicRecord.id)
    )
    return {row.topic_id: row for row in rows}
