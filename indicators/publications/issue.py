"""One month as everybody may read it, computed from the figures and rows that the office itself reads."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evaluation.rules import HEADLINES, LEVEL_NAMES, Level
from evaluation.verdict import Answers
from indicators.answers import UnitAnswers, answers, rolled_up, unit_answers
from indicators.cards import CARDS
from indicators.counts.queries import Changes, changes
from indicators.counts.rules import NOT_REGISTERED
from indicators.on_time import timely_counts
from indicators.periods import Period
from indicators.population import population
from indicators.publications.rules import GROUP_LEAST, OTHER_UNITS, Cell, groups, safe_cells
from indicators.repairs import repair_counts
from indicators.satisfaction import Slice, rated_tickets
from staff.model import Unit
from staff.queries import every_unit
from tickets.kinds import Source, TicketType
from tickets.model import Ticket, Topic

#: the rest is told in one line
TOPICS_MOST = 10
NO_TOPIC, NO_UNIT, REST = "未分类", "未派出", "其余"


@dataclass(frozen=True)
class Count:
    name: str
    n: int


@dataclass(frozen=True)
class RatedLine:
    """A subject or a unit: shares are 0…1 to four places, None without answers."""

    name: str
    closed: int
    answered: int
    satisfied: int
    rate: float | None
    low: float | None
    high: float | None
    verdict: str

    @classmethod
    def of(cls, name: str, counted: Answers) -> "RatedLine":
        low, high = counted.interval or (None, None)
        return cls(
            name,
            counted.closed,
            counted.answered,
            counted.satisfied,
            rate=_rounded(counted.rate),
            low=_rounded(low),
            high=_rounded(high),
            verdict=counted.verdict.name_zh if counted.answered else "",
        )


@dataclass(frozen=True)
class Issue:
    """What is told of a month; counts of answers are put together until they point at nobody (see rules.groups)."""

    registered: int
    standing: list[Count]
    sources: list[Count]
    types: list[Count]
    topics: list[Count]
    due: int
    in_time: int
    subjects: list[RatedLine]
    units: list[RatedLine]
    levels: list[Count]
    repairs: list[Count]
    cells: list[Cell]
    left_out: int
    versions: dict[str, int]

    @property
    def body(self) -> dict[str, Any]:
        return asdict(self)


def issue_of(session: Session, period: Period, *, now: datetime) -> Issue:
    """The month as it stands now."""
    changed = changes(session)
    account = population(session, period, changed)
    timely = timely_counts(session, period, now=now, changed=changed)
    units = every_unit(session)
    cells = _cells(session, period, units)
    safe = safe_cells(cells)
    levels: Counter[int] = Counter()
    for cell in cells:
        levels[cell.level] += cell.n
    return Issue(
        registered=account.registered,
        standing=[Count(place.name_zh, n) for place, n in account.standing.items()],
        sources=_by(session, period, Ticket.source, Source),
        types=_by(session, period, Ticket.type, TicketType),
        topics=_topics(session, period),
        due=timely.due,
        in_time=timely.in_time,
        subjects=[
            RatedLine.of(subject.name_zh, answers(session, Slice(period, subject), changed)) for subject in HEADLINES
        ],
        units=_units(session, period, units, changed),
        levels=[Count(LEVEL_NAMES[level], levels[level]) for level in Level],
        repairs=_repairs(session, period),
        cells=safe.cells,
        left_out=safe.left_out,
        versions={name: CARDS[name].version for name in ("satisfaction", "on_time_rate", "repair_rate", "population")},
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _registered(period: Period) -> tuple[Any, ...]:
    return (
        Ticket.registered_at >= period.begins_at,
        Ticket.registered_at < period.ends_at,
        Ticket.state.not_in(NOT_REGISTERED),
    )


def _by(session: Session, period: Period, column: Any, kinds: type[Any]) -> list[Count]:
    rows = session.execute(select(column, func.count()).where(*_registered(period)).group_by(column))
    found = {kind: n for kind, n in rows}  # noqa: C416  no dict() of rows
    return [Count(kind.name_zh, found[kind]) for kind in kinds if kind in found]


def _topics(session: Session, period: Period) -> list[Count]:
    """By the topics' first level, the most frequent first."""
    names = _first_levels(session)
    counted: Counter[str] = Counter()
    rows = select(Ticket.topic_id, func.count()).where(*_registered(period)).group_by(Ticket.topic_id)
    for topic_id, n in session.execute(rows):
        counted[names.get(topic_id, NO_TOPIC)] += n
    most = counted.most_common(TOPICS_MOST)
    rest = counted.total() - sum(n for _, n in most)
    return [*(Count(name, n) for name, n in most), *([Count(REST, rest)] if rest else [])]


def _first_levels(session: Session) -> dict[int | None, str]:
    rows = session.execute(select(Topic.id, Topic.full_name))
    return {topic_id: full_name.split(" › ")[0] for topic_id, full_name in rows}


def _units(session: Session, period: Period, units: Sequence[Unit], changed: Changes) -> list[RatedLine]:
    """In the order of the tree, never of the figure; whoever has few answers stands with the others who have."""
    lines = rolled_up(unit_answers(session, Slice(period), changed), units, None)
    told_as = groups({_name(line): line.answers.answered for line in lines}, other=OTHER_UNITS)
    added: dict[str, Answers] = {}
    for line in sorted(lines, key=lambda line: line.unit_id or 0):
        name = told_as[_name(line)]
        added[name] = added[name] + line.answers if name in added else line.answers
    if sum(counted.answered for counted in added.values()) < GROUP_LEAST:
        return []
    last = {OTHER_UNITS: 1}
    return [RatedLine.of(name, added[name]) for name in sorted(added, key=lambda name: last.get(name, 0))]


def _name(line: UnitAnswers) -> str:
    return line.unit_name or NO_UNIT


def _repairs(session: Session, period: Period) -> list[Count]:
    """差评整改: what became of the bad answers of the month, and which of them are left out."""
    found = repair_counts(session, period)
    return [
        Count("有效差评", found.valid),
        Count("已整改", found.fixed),
        Count("其中按期", found.in_time),
        Count("本人改为满意，不计", found.withdrawn),
        Count("申诉成立，不计", found.upheld),
    ]


def _cells(session: Session, period: Period, units: Sequence[Unit]) -> list[Cell]:
    """Answers about handled matters: the top of the tree above the unit rated, the topic's first level, the level."""
    base, rating = rated_tickets(Slice(period))
    rows: Iterable[Any] = session.execute(
        base.with_only_columns(rating.unit_id, Ticket.topic_id, rating.level, func.count())
        .where(rating.level.is_not(None))
        .group_by(rating.unit_id, Ticket.topic_id, rating.level)
    )
    tops, topics = _tops(units), _first_levels(session)
    counted: Counter[tuple[str, str, int]] = Counter()
    for unit_id, topic_id, level, n in rows:
        counted[tops.get(unit_id, NO_UNIT), topics.get(topic_id, NO_TOPIC), level] += n
    return [Cell(*place, n) for place, n in counted.items()]


def _tops(units: Sequence[Unit]) -> dict[int | None, str]:
    """The name of the unit at the top of the tree, by the id of each unit under it."""
    names = {unit.id: unit.name for unit in units}
    return {unit.id: names.get(int(unit.path.split("/")[1]), unit.name) for unit in units}
