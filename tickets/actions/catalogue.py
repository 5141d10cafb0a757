"""Every write to topics, places and the dispatch catalogue."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.rules import Role, unit_path
from tickets.catalogue import of_key
from tickets.errors import PlaceNotFound, TopicNotFound
from tickets.kinds import Urgency
from tickets.model import CatalogueLine, Place, Topic, TopicRecord

#: who keeps the catalogue, and the list of legal bases beside it
KEEPERS = (Role.ADMINISTRATOR, Role.SUPERVISOR)


def add_topic(session: Session, *, code: str, name: str, parent_id: int | None = None, limit_class: str = "") -> Topic:
    """Raises TopicNotFound for an unknown parent."""
    parent = session.get(Topic, parent_id) if parent_id is not None else None
    if parent_id is not None and parent is None:
        raise TopicNotFound(topic_id=parent_id)
    topic = Topic(
        parent_id=parent_id,
        code=code,
        level=parent.level + 1 if parent else 1,
        name=name,
        full_name=f"{parent.full_name} › {name}" if parent else name,
        limit_class=limit_class,
    )
    session.add(topic)
    session.flush()
    return topic


def add_place(session: Session, *, code: str, name: str, parent_id: int | None = None) -> Place:
    """Raises PlaceNotFound for an unknown parent."""
    parent = session.get(Place, parent_id) if parent_id is not None else None
    if parent_id is not None and parent is None:
        raise PlaceNotFound(place_id=parent_id)
    full_name = f"{parent.full_name} › {name}" if parent else name
    place = Place(parent_id=parent_id, code=code, name=name, full_name=full_name, path="")
    session.add(place)
    session.flush()
    place.path = unit_path(parent.path if parent else "", place.id)
    session.flush()
    return place


def add_catalogue_line(
    session: Session,
    *,
    topic_id: int,
    unit_id: int,
    place_id: int | None = None,
    urgency: Urgency | None = None,
    basis: str = "",
    limit_class: str = "",
) -> CatalogueLine:
    words = {"urgency": urgency, "basis": basis, "limit_class": limit_class}
    line = CatalogueLine(topic_id=topic_id, unit_id=unit_id, place_id=place_id, **words)
    session.add(line)
    session.flush()
    return line


@dataclass(frozen=True)
class LineWords:
    """What a line says of its topic in its place."""

    unit_id: int
    urgency: Urgency | None = None
    limit_class: str = ""
    basis: str = ""


def put_next_version(
    session: Session, topic_id: int, place_id: int | None, words: LineWords, *, began_at: datetime, changed_by: str
) -> CatalogueLine:
    """What held until then ends, what was to hold later never does; every version stays to be read."""
    versions = session.scalars(select(CatalogueLine).where(of_key(topic_id, place_id)).with_for_update()).all()
    for version in versions:
        if version.retired_at is None or version.retired_at > began_at:
            version.retired_at = began_at
    line = CatalogueLine(
        topic_id=topic_id,
        place_id=place_id,
        unit_id=words.unit_id,
        urgency=words.urgency,
        limit_class=words.limit_class,
        basis=words.basis,
        version=max((version.version for version in versions), default=0) + 1,
        began_at=began_at,
        changed_by=changed_by,
    )
    session.add(line)
    session.flush()
    return line


def record_topic(
    session: Session, *, topic_id: int, model_name: str, n: int, wrong: int, threshold: float, now: datetime
) -> TopicRecord:
    """Keep how automatic dispatch did on past tickets of a topic."""
    record = TopicRecord(
        topic_id=topic_id, model_name=model_name, n=n, wrong=wrong, threshold=threshold, measured_at=now
    )
    session.add(record)
    session.flush()
    return record
