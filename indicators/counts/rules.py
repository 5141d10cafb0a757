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
    """What is counted; each counts a ticket on one day."""

    STANDING = "standing", "登记的现状"
    DUE = "due", "到期"
    HANDLING = "handling", "转办件评价"
    DIRECT = "direct", "直接答复评价"
    #: what was said, by channel and level, on the day on which the ticket counts as closed
    HANDLING_SAID = "handling_said", "转办件答案"
    DIRECT_SAID = "direct_said", "直接答复答案"
    #: the same on the day on which it was said
    HANDLING_RATED = "handling_rated", "转办件答案（评价时间）"
    DIRECT_RATED = "direct_rated", "直接答复答案（评价时间）"
    AGENT_SAID = "agent_said", "坐席答案"
    AGENT_RATED = "agent_rated", "坐席答案（评价时间）"
    COUNTER_SAID = "counter_said", "窗口答案"
    COUNTER_RATED = "counter_rated", "窗口答案（评价时间）"


class CountedPart(Named):
    """Of which part of its kind; a standing counts under its own name, a question under that of its state."""

    IN_TIME = "in_time", "按期"
    LATE = "late", "逾期"
    SATISFIED = "satisfied", "满意"
    DISSATISFIED = "dissatisfied", "不满意"
    SILENT = "silent", "未评价"
    NOT_INVITED = "not_invited", "未邀请"
    DELIVERED = "delivered", "已送达"
    RESPONDED = "responded", "已响应"
    SOLVED = "solved", "已解决"
    UNSOLVED = "unsolved", "未解决"
    ASKED = "asked", "已请评"


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
    PERSON = "person", "坐席"


#: the first three add up to what was closed
OF_UNITS = (CountedPart.SATISFIED, CountedPart.DISSATISFIED, CountedPart.SILENT, CountedPart.NOT_INVITED)
KIND_OF = {Subject.HANDLING: Kind.HANDLING, Subject.DIRECT: Kind.DIRECT}
#: by the moment of closing, and by that of rating
SAID_OF = {
    Subject.HANDLING: (Kind.HANDLING_SAID, Kind.HANDLING_RATED),
    Subject.DIRECT: (Kind.DIRECT_SAID, Kind.DIRECT_RATED),
}
#: sums of these are not kept by topic: a topic's tickets are few enough to be added up when it is looked at
NOT_BY_TOPIC = frozenset(kind for kinds in SAID_OF.values() for kind in kinds)
#: how many answers of each level a number holds: two decimal digits a level, the lowest first
LEVEL_DIGITS = 100
LEVELS = range(1, 6)
#: before the part of an answer that a later round's has replaced
AGAIN = "again."
#: before the class of a matter and the part of its answer
CLASSED = "classed."


def standing_of(state: State | None) -> Standing:
    """What is not over is open."""
    return Standing.OPEN if state is None else _STANDING.get(state, Standing.OPEN)


@dataclass(frozen=True)
class Rated:
    """The day on which a ticket counts as closed for one subject, and the level it was given."""

    day: date
    level: int | None


@dataclass(frozen=True)
class Said:
    """The answer that counts; `every`: how many of each level all rounds of its unit together gave (LEVEL_DIGITS).

    `matter_class` is what a third party had decided before the round was rated.  `elsewhere`: (unit, level) of the
    rounds of other units, which stay theirs.
    """

    channel: str
    level: int
    is_solved: bool | None
    every: int
    matter_class: str | None = None
    elsewhere: tuple[tuple[int, int], ...] = ()


class Put(NamedTuple):
    """What became of the question about the answer that counts; `state` None: nobody was asked."""

    state: InvitationState | None = None
    is_delivered: bool = False


NOT_PUT = Put()


@dataclass(frozen=True)
class Facts:
    """What the figures need to know of one ticket; a day is None where it is no part of that figure.

    `unit_id` holds it; the others are those for which it counts (indicators.counts.units), which need not hold it.
    """

    unit_id: int
    topic_id: int
    handled_unit_id: int
    direct_unit_id: int
    registered_on: date | None = None
    standing: str | None = None
    due_on: date | None = None
    is_in_time: bool = False
    handled: Rated | None = None
    direct: Rated | None = None
    handled_question: Put = NOT_PUT
    direct_question: Put = NOT_PUT
    is_responded: bool = False
    handled_said: Said | None = None
    handled_said_on: date | None = None
    direct_said: Said | None = None
    direct_said_on: date | None = None


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


def cells(facts: Facts | None) -> Iterator[tuple[Cell, int]]:
    """Every count to which the ticket adds something, and how much; none for a ticket that is no more."""
    if facts is None:
        return
    holds = (facts.unit_id, facts.topic_id)
    if facts.registered_on is not None and facts.standing is not None:
        yield Cell(Kind.STANDING, facts.registered_on, facts.standing, *holds), 1
    if facts.due_on is not None:
        yield Cell(Kind.DUE, facts.due_on, CountedPart.IN_TIME if facts.is_in_time else CountedPart.LATE, *holds), 1
    for subject, unit_id, rated, said, said_on in (
        (Subject.HANDLING, facts.handled_unit_id, facts.handled, facts.handled_said, facts.handled_said_on),
        (Subject.DIRECT, facts.direct_unit_id, facts.direct, facts.direct_said, facts.direct_said_on),
    ):
        for kind, day, part, n in _cells_of(subject, rated, said, said_on, facts):
            yield Cell(kind, day, part, unit_id, facts.topic_id), n
        for kind, day, other_id, part in _cells_elsewhere(subject, rated, said, said_on):
            yield Cell(kind, day, part, other_id, facts.topic_id), 1


def _cells_of(
    subject: Subject, rated: Rated | None, said: Said | None, said_on: date | None, facts: Facts
) -> Iterator[tuple[Kind, date, str, int]]:
    by_closing, by_rating = SAID_OF[subject]
    if rated is not None:
        question = facts.handled_question if subject is Subject.HANDLING else facts.direct_question
        for part in rated_parts(rated.level, question.state, is_delivered=question.is_delivered):
            yield KIND_OF[subject], rated.day, part, 1
        for part, n in said_parts(said, is_by_closing=True, is_responded=facts.is_responded):
            yield by_closing, rated.day, part, n
    if said_on is not None:
        for part, n in said_parts(said, is_by_closing=False):
            yield by_rating, said_on, part, n


def _cells_elsewhere(
    subject: Subject, rated: Rated | None, said: Said | None, said_on: date | None
) -> Iterator[tuple[Kind, date, int, str]]:
    days = (rated.day if rated else None, said_on)
    for kind, day in zip(SAID_OF[subject], days, strict=True):
        if day is not None:
            yield from ((kind, day, unit_id, part) for unit_id, part in parts_elsewhere(said))


def parts_elsewhere(said: Said | None) -> Iterator[tuple[int, str]]:
    """(unit, part) of what was said before of other units than the one that was rated last."""
    if said is not None:
        for unit_id, level in said.elsewhere:
            yield unit_id, f"{AGAIN}{said_part(said.channel, level)}"


def said_parts(said: Said | None, *, is_by_closing: bool, is_responded: bool = False) -> Iterator[tuple[str, int]]:
    """What a ticket counts as by its answer: channel and level, those that came before it, and where silence counts
    as well whether the unit responded and solved it.
    """
    if is_by_closing and is_responded:
        yield CountedPart.RESPONDED, 1
    if said is None:
        return
    yield said_part(said.channel, said.level), 1
    if said.matter_class is not None:
        yield f"{CLASSED}{said.matter_class}.{said_part(said.channel, said.level)}", 1
    for level in LEVELS:
        before = said.every // LEVEL_DIGITS ** (level - 1) % LEVEL_DIGITS - (level == said.level)
        if before:
            yield f"{AGAIN}{said_part(said.channel, level)}", before
    if is_by_closing and said.is_solved is not None:
        yield CountedPart.SOLVED if said.is_solved else CountedPart.UNSOLVED, 1


def said_part(channel: str, level: int) -> str:
    """The part of an answer."""
    return f"{channel}.{level}"


def said_of_part(part: str) -> tuple[str, int] | None:
    """Channel and level of the part of an answer that counts; None for any other part."""
    channel, _, level = part.partition(".")
    return (channel, int(level)) if level.isdigit() else None


def rated_parts(level: int | None, invitation: InvitationState | None, *, is_delivered: bool) -> Iterator[str]:
    """What a closed ticket counts as: by what was said, by what became of the question, and whether it arrived."""
    if level is None:
        yield CountedPart.SILENT
    else:
        yield CountedPart.SATISFIED if level >= SATISFIED_FROM else CountedPart.DISSATISFIED
    yield invitation or CountedPart.NOT_INVITED
    if is_delivered:
        yield CountedPart.DELIVERED


def keys(cell: Cell) -> tuple[Key, ...]:
    """The kept counts that hold this one: everybody's, its unit's, and of most kinds its topic's."""
    kept = (
        Key(cell.kind, Scope.ALL, NOBODY, cell.day, cell.part),
        Key(cell.kind, Scope.UNIT, cell.unit_id, cell.day, cell.part),
    )
    if cell.kind in NOT_BY_TOPIC:
        return kept
    return (*kept, Key(cell.kind, Scope.TOPIC, cell.topic_id, cell.day, cell.part))


def difference(before: Facts | None, after: Facts | None) -> Counter[Cell]:
    """What a change of the ticket adds to each count, or takes away."""
    found: Counter[Cell] = Counter()
    for cell, n in cells(after):
        found[cell] += n
    for cell, n in cells(before):
        found[cell] -= n
    return Counter({cell: n for cell, n in found.items() if n})
