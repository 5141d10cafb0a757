"""Every read of imports, of the lines of the catalogue, and of the names that a file may use."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from staff.model import Unit
from staff.rules import UnitKind
from tickets.catalogue import not_over, of_key
from tickets.importing.errors import ImportNotFound, LineNotFound
from tickets.importing.model import CatalogueImport
from tickets.importing.rules import CLASS_NAMES, Names, plain_path
from tickets.model import CatalogueLine, Limit, Place, Topic


def file_of(session: Session, import_id: int) -> tuple[str, bytes | None]:
    """Its name and content; None when it has been read.  Raises ImportNotFound."""
    found = session.execute(
        select(CatalogueImport.file_name, CatalogueImport.content).where(CatalogueImport.id == import_id)
    ).first()
    if found is None:
        raise ImportNotFound(import_id=import_id)
    return found[0], found[1]


def import_by_id(session: Session, import_id: int) -> CatalogueImport:
    """Raises ImportNotFound."""
    found = session.get(CatalogueImport, import_id, populate_existing=True)
    if found is None:
        raise ImportNotFound(import_id=import_id)
    return found


def newest_imports(session: Session, *, limit: int = 20) -> Sequence[CatalogueImport]:
    return session.scalars(select(CatalogueImport).order_by(CatalogueImport.id.desc()).limit(limit)).all()


def names_in_use(session: Session) -> Names:
    """Every name that a row may use for a topic, a place or a unit: four statements."""
    topics = session.execute(
        select(Topic.id, Topic.parent_id, Topic.code, Topic.name, Topic.full_name).where(Topic.is_active)
    ).all()
    places = session.execute(select(Place.id, Place.code, Place.name, Place.full_name)).all()
    units = session.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.short_name).where(Unit.is_active, Unit.kind != UnitKind.HOTLINE)
    ).all()
    branches = frozenset(row.parent_id for row in topics if row.parent_id is not None)
    leaves = [(row.id, (row.name,)) for row in topics if row.id not in branches]
    return Names(
        topics=_by_name([(row.id, (row.code, row.full_name)) for row in topics], leaves),
        places=_by_name(
            [(row.id, (row.code, row.full_name)) for row in places], [(row.id, (row.name,)) for row in places]
        ),
        units=_by_name(
            [(row.id, (row.code, row.name)) for row in units], [(row.id, (row.short_name,)) for row in units]
        ),
        branches=branches,
        classes=classes_in_use(session),
    )


def classes_in_use(session: Session) -> frozenset[str]:
    """What chooses rows of a profile."""
    named = session.scalars(select(Limit.limit_class).where(Limit.limit_class.is_not(None)).distinct())
    return frozenset(name for name in named if name) | frozenset(CLASS_NAMES.values())


Named = Iterable[tuple[int, tuple[str, ...]]]


def _by_name(exact: Named, short: Named) -> Mapping[str, Sequence[int]]:
    """A full name or code counts before a short name."""
    first, second = _collected(exact), _collected(short)
    return {**second, **first}


def _collected(named: Named) -> dict[str, list[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for one, names in named:
        for name in names:
            found[plain_path(name)].add(one)
    return {name: sorted(ids) for name, ids in found.items()}


@dataclass(frozen=True)
class Line:
    """A line of the catalogue with the names it stands for."""

    line: CatalogueLine
    topic: str
    place: str | None
    unit: str


@dataclass(frozen=True)
class Lines:
    """A page of lines, how many there are in all (counted to 1,000), and where to go on."""

    rows: Sequence[Line]
    n: int
    next: int | None


COUNTED = 1000


def catalogue_lines(
    session: Session,
    *,
    now: datetime,
    text: str = "",
    topic_id: int | None = None,
    unit_id: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Lines:
    """Lines that hold now or will, by id; `topic_id` with all below it; `text` in topic, place, unit or basis."""
    query = named_lines().where(not_over(now))
    if topic_id is not None:
        query = query.where(CatalogueLine.topic_id.in_(_below(topic_id)))
    if unit_id is not None:
        query = query.where(CatalogueLine.unit_id == unit_id)
    if text:
        columns = (Topic.full_name, Place.full_name, Unit.name, Unit.short_name, CatalogueLine.basis)
        query = query.where(or_(*(column.contains(text, autoescape=True) for column in columns)))
    counted = session.scalar(select(func.count()).select_from(query.limit(COUNTED + 1).subquery())) or 0
    if after is not None:
        query = query.where(CatalogueLine.id > after)
    rows = [Line(*row) for row in session.execute(query.order_by(CatalogueLine.id).limit(limit + 1))]
    return Lines(rows[:limit], counted, rows[limit - 1].line.id if len(rows) > limit else None)


def versions_of(session: Session, line_id: int) -> Sequence[Line]:
    """Every version of this topic and place, the newest first.  Raises LineNotFound."""
    line = session.get(CatalogueLine, line_id)
    if line is None:
        raise LineNotFound(line_id=line_id)
    query = named_lines().where(of_key(line.topic_id, line.place_id))
    return [Line(*row) for row in session.execute(query.order_by(CatalogueLine.id.desc()))]


def count_by_topic(session: Session, *, now: datetime) -> dict[int, int]:
    """How many lines hold for each topic that has any."""
    found = select(CatalogueLine.topic_id, func.count()).where(not_over(now)).group_by(CatalogueLine.topic_id)
    return {row[0]: int(row[1]) for row in session.execute(found)}


def named_lines() -> Select[CatalogueLine, str, str | None, str]:
    """Lines with the full names of topic and place, and the short one of the unit."""
    return (
        select(CatalogueLine, Topic.full_name, Place.full_name, Unit.short_name)
        .join(Topic, Topic.id == CatalogueLine.topic_id)
        .join(Unit, Unit.id == CatalogueLine.unit_id)
        .outerjoin(Place, Place.id == CatalogueLine.place_id)
    )


def _below(topic_id: int) -> Select[int]:
    """A topic of the tree of three levels, and what stands below it."""
    child = select(Topic.id).where(Topic.parent_id == topic_id)
    return select(Topic.id).where(or_(Topic.id == topic_id, Topic.parent_id == topic_id, Topic.parent_id.in_(child)))
