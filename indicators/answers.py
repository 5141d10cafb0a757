"""Satisfaction with what was closed in a period, counted: three denominators, units, what became of the questions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.rules import InvitationState, Subject
from evaluation.verdict import Answers
from indicators.counts.alone import ALONE
from indicators.counts.alone_queries import counts_alone, counts_by_owner
from indicators.counts.queries import Changes, Counts, Owner, Tally, changes, counts, counts_by_unit
from indicators.counts.rules import KIND_OF, CountedPart, Kind, said_of_part
from indicators.periods import Period
from indicators.satisfaction import Slice
from indicators.tree import branches
from staff.model import Unit
from tickets.rules import SATISFIED_FROM


@dataclass(frozen=True)
class UnitAnswers:
    """A unit's part of the figure, alone or with all below it; `unit_id` None where no unit held it.

    `reasonable`: without what 合理诉求 leaves out, None where that is not asked; of `classed` not all may be left out.
    `bad_before`: bad answers that a later round's has replaced, of this unit or of another, in no other number here.
    """

    unit_id: int | None
    unit_name: str
    answers: Answers
    not_invited: int
    with_below: bool = False
    has_below: bool = False
    reasonable: Answers | None = None
    classed: int = 0
    bad_before: int = 0

    def __add__(self, other: "UnitAnswers") -> "UnitAnswers":
        return replace(
            self,
            answers=self.answers + other.answers,
            not_invited=self.not_invited + other.not_invited,
            reasonable=self.reasonable + other.reasonable if self.reasonable and other.reasonable else None,
            classed=self.classed + other.classed,
            bad_before=self.bad_before + other.bad_before,
        )


@dataclass(frozen=True)
class Asked:
    """What became of the question about each ticket's present answer, and of how many it arrived."""

    states: dict[InvitationState, int]
    delivered: int


NOBODY_ASKED = Asked({}, 0)


def answers(session: Session, wanted: Slice, changed: Changes | None = None) -> Answers:
    """Closed, answered and satisfied of a slice."""
    return course(session, wanted, [wanted.period], changed)[0][0]


def course(
    session: Session, wanted: Slice, periods: Sequence[Period], changed: Changes | None = None
) -> tuple[list[Answers], Asked]:
    """The slice's answers in each of these periods, which do not overlap, and what was asked in the last of them."""
    kind = KIND_OF.get(wanted.subject)
    if kind is None:
        return _alone(session, wanted, periods, changed)
    changed = changes(session) if changed is None else changed
    owner = Owner(wanted.unit_ids, wanted.topic_id)
    if owner.is_kept:
        found = counts(session, changed, Tally(periods, [kind], owner))
    else:
        found = [together(one) for one in counts_by_unit(session, changed, periods, kind=kind, owner=owner)[0]]
    return course_of(found, kind)


def course_of(found: Sequence[Counts], kind: Kind) -> tuple[list[Answers], Asked]:
    """The same in what was counted of each period."""
    return [_answers(one, kind) for one in found], _asked(found[-1], kind)


def unit_answers(session: Session, wanted: Slice, changed: Changes | None = None) -> list[UnitAnswers]:
    """One line per unit with something closed, in order of verdict, then of bad answers; no rank."""
    kind = KIND_OF.get(wanted.subject)
    if kind is None:
        return _counter_units(session, wanted, changed) if wanted.subject is Subject.COUNTER else []
    changed = changes(session) if changed is None else changed
    owner = Owner(wanted.unit_ids, wanted.topic_id)
    found, names = counts_by_unit(session, changed, [wanted.period], kind=kind, owner=owner)
    return lines_of(found[0], names, kind)


def together(by_unit: Mapping[int, Counts]) -> Counts:
    """Of all these units."""
    total: Counts = Counter()
    for counted in by_unit.values():
        total.update(counted)
    return total


def lines_of(found: Mapping[int, Counts], names: Mapping[int, str], kind: Kind) -> list[UnitAnswers]:
    """The lines in what was counted of each unit."""
    lines = [
        UnitAnswers(unit_id or None, names.get(unit_id, ""), _answers(one, kind), one[kind, CountedPart.NOT_INVITED])
        for unit_id, one in found.items()
    ]
    return in_order([line for line in lines if line.answers.closed])


def in_order(lines: Sequence[UnitAnswers]) -> list[UnitAnswers]:
    """Of verdict, then of bad answers: no rank."""
    return sorted(lines, key=lambda line: (*line.answers.place, line.unit_name))


def rolled_up(lines: Sequence[UnitAnswers], units: Sequence[Unit], top: Unit | None) -> list[UnitAnswers]:
    """The lines of single units by the unit right below `top` (None: below nobody) that they stand under.

    `units`: `top` and all below it, or the whole city's.
    """
    parts = {line.unit_id: line for line in lines if line.unit_id is not None}
    rolled = [
        replace(
            branch.part,
            unit_id=branch.unit.id,
            unit_name=branch.unit.name,
            with_below=not branch.is_own,
            has_below=branch.has_below,
        )
        for branch in branches(units, parts, top=top)
    ]
    return in_order([*rolled, *(line for line in lines if line.unit_id is None)])


def _alone(
    session: Session, wanted: Slice, periods: Sequence[Period], changed: Changes | None
) -> tuple[list[Answers], Asked]:
    """Calls and counter matters."""
    if wanted.has_no_rows or wanted.subject not in ALONE:
        return [Answers(0, 0, 0) for _ in periods], NOBODY_ASKED
    if wanted.subject is Subject.AGENT:
        found = counts_alone(session, periods, Kind.AGENT_SAID, changed=changed)
        return [answers_alone(one) for one in found], NOBODY_ASKED
    found = counts_alone(session, periods, Kind.COUNTER_SAID, wanted.unit_ids, changed)
    course = [answers_alone(one) for one in found]
    asked = found[-1][Kind.COUNTER_SAID, CountedPart.ASKED]
    states = {InvitationState.ANSWERED: course[-1].answered, InvitationState.INVITED: asked - course[-1].answered}
    states = {state: n for state, n in states.items() if n}
    return course, Asked(states, sum(states.values()))


def answers_alone(counted: Counts) -> Answers:
    """Of calls or counter matters: by what was said, and by how many said nothing."""
    n = good = silent = 0
    for (_, part), count in counted.items():
        if (said := said_of_part(part)) is not None:
            n, good = n + count, good + count * (said[1] >= SATISFIED_FROM)
        elif part == CountedPart.SILENT:
            silent += count
    return Answers(n + silent, n, good)


def _counter_units(session: Session, wanted: Slice, changed: Changes | None) -> list[UnitAnswers]:
    if wanted.has_no_rows:
        return []
    found = counts_by_owner(session, wanted.period, Subject.COUNTER, Kind.COUNTER_SAID, wanted.unit_ids, changed)
    names = unit_names(session, found)
    lines = []
    for unit_id, counted in found.items():
        own, asked = answers_alone(counted), counted[Kind.COUNTER_SAID, CountedPart.ASKED]
        lines.append(UnitAnswers(unit_id, names.get(unit_id, ""), own, own.closed - asked))
    return in_order([line for line in lines if line.answers.closed])


def unit_names(session: Session, unit_ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(list(unit_ids))))
    return {unit_id: name for unit_id, name in rows}  # noqa: C416  no dict() of rows


def _answers(found: Counts, kind: Kind) -> Answers:
    satisfied, dissatisfied, silent = (
        found[kind, part] for part in (CountedPart.SATISFIED, CountedPart.DISSATISFIED, CountedPart.SILENT)
    )
    answered = satisfied + dissatisfied
    return Answers(closed=answered + silent, answered=answered, satisfied=satisfied)


def _asked(found: Counts, kind: Kind) -> Asked:
    states = {state: found[kind, state] for state in InvitationState if found[kind, state]}
    return Asked(states, found[kind, CountedPart.DELIVERED])
