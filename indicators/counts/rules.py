"""What one ticket adds to which count of which day, and how such counts are added up."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from evaluation.rules import InvitationState, Subject
from tickets.kinds import Named
from tickets.rules import SATISFIED_FROM, State

#: the owner of what no unit held, or what has no topic
NOBODY = 0


class Kind(Named):
    """What is counted; each counts a ticket once, on one day."""

    STANDING = "standing", "登记的现状"
    DUE = "due", "到期"
    HANDLING = "handling", "转办件评价"
    DIRECT = "direct", "直接答复评价"


class CountedPart(Named):
    """Of which part of its kind; a standing counts under its own name, a question under that of its state."""

    IN_TIME = "in_time", "按期"
    LATE = "late", "逾期"
    SATISFIED = "satisfied", "满意"
    DISSATISFIED = "dissatisfied", "不满意"
    SILENT = "silent", "未评价"
    NOT_INVITED = "not_invited", "未邀请"
    DELIVERED = "delivered", "已送达"


class Standing(Named):
    """Where a registered ticket stands: the columns of 人口账."""

    CLOSED = "closed", "办结"
    OPEN = "open", "在办"
    MERGED = "merged", "并案"
    REJECTED = "rejected", "不予受理"
    TERMINATED = "terminated", "终止"
    PARKED = "parked", "挂账"
    TRANSFERRED = "transferred", "转出"
    WITHDRAWN = "withdrawn", "撤回"


#: a draft is not registered yet, and one thrown away never was
NOT_REGISTERED = (State.DRAFT, State.VOID)
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


class Scope(Named):
    """Whose tickets a kept count adds up."""

    ALL = "all", "全部"
    UNIT = "unit", "单位"
    TOPIC = "topic", "诉求分类"


#: the first three add up to what was closed
OF_UNITS = (CountedPart.SATISFIED, CountedPart.DISSATISFIED, CountedPart.SILENT, CountedPart.NOT_INVITED)
KIND_OF = {Subject.HANDLING: Kind.HANDLING, Subject.DIRECT: Kind.DIRECT}


def standing_of(state: State | None) -> Standing:
    """What is not over is open."""
    return Standing.OPEN if state is None else _STANDING.get(state, Standing.OPEN)


@dataclass(frozen=True)
class Rated:
    """The day on which a ticket counts as closed for one subject, and the level it was given."""

    day: date
    level: int | None


@dataclass(frozen=True)
class Facts:
    """What the figures need to know of one ticket; a day is None where it is no part of that figure."""

    unit_id: int
    topic_id: int
    registered_on: date | None = None
    standing: str | None = None
    due_on: date | None = None
    is_in_time: bool = False
    handled: Rated | None = None
    direct: Rated | None = None
    invitation: InvitationState | None = None
    is_delivered: bool = False


class Cell(NamedTuple):
    """One count that a ticket adds one to."""

    kind: str
    day: date
    part: str
    unit_id: int
    topic_id: int


class Key(NamedTuple):
    """One kept count."""

    kind: str
    scope: str
    owner_id: int
    day: date
    part: str


def cells(facts: Facts | None) -> Iterator[Cell]:
    """Every count to which the ticket adds one; none for a ticket that is no more."""
    if facts is None:
        return
    owners = (facts.unit_id, facts.topic_id)
    if facts.registered_on is not None and facts.standing is not None:
        yield Cell(Kind.STANDING, facts.registered_on, facts.standing, *owners)
    if facts.due_on is not None:
        yield Cell(Kind.DUE, facts.due_on, CountedPart.IN_TIME if facts.is_in_time else CountedPart.LATE, *owners)
    for kind, rated in ((Kind.HANDLING, facts.handled), (Kind.DIRECT, facts.direct)):
        if rated is not None:
            for part in rated_parts(rated.level, facts.invitation, is_delivered=facts.is_delivered):
                yield Cell(kind, rated.day, part, *owners)


def rated_parts(level: int | None, invitation: InvitationState | None, *, is_delivered: bool) -> Iterator[str]:
    """What a closed ticket counts as: by what was said, by what became of the question, and whether it arrived."""
    if level is None:
        yield CountedPart.SILENT
    else:
        yield CountedPart.SATISFIED if level >= SATISFIED_FROM else CountedPart.DISSATISFIED
    yield invitation or CountedPart.NOT_INVITED
    if is_delivered:
        yield CountedPart.DELIVERED


def keys(cell: Cell) -> tuple[Key, Key, Key]:
    """The kept counts that hold this one: everybody's, its unit's, its topic's."""
    return (
        Key(cell.kind, Scope.ALL, NOBODY, cell.day, cell.part),
        Key(cell.kind, Scope.UNIT, cell.unit_id, cell.day, cell.part),
        Key(cell.kind, Scope.TOPIC, cell.topic_id, cell.day, cell.part),
    )


def difference(before: Facts | None, after: Facts | None) -> Counter[Cell]:
    """What a change of the ticket adds to each count, or takes away."""
    found = Counter(cells(after))
    found.subtract(cells(before))
    return Counter({cell: n for cell, n in found.items() if n})
