"""What the satisfaction page shows of a slice, read together: one page, few statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from evaluation.classes.rules import EXCLUSIONS, ExclusionRule
from evaluation.rules import Subject
from evaluation.verdict import Answers
from indicators.answers import NOBODY_ASKED, Asked, UnitAnswers, course, course_of, lines_of, together, unit_answers
from indicators.counts.alone import ALONE
from indicators.counts.alone_queries import with_alone
from indicators.counts.queries import Changes, Owner, Tally, changes, counts_by_unit, tallies
from indicators.counts.rules import KIND_OF, Kind
from indicators.exclusions import with_exclusions
from indicators.given import given, given_to_units
from indicators.periods import Period
from indicators.population import Population, population, population_of
from indicators.satisfaction import Slice
from indicators.tree import added


@dataclass(frozen=True)
class Overview:
    """The course over periods, and of the last of them the questions, the units and where everybody's tickets stand."""

    trend: list[Answers]
    asked: Asked
    units: list[UnitAnswers]
    population: Population

    @property
    def reasonable(self) -> Answers | None:
        """合理诉求 of all units; None where nothing is classed."""
        lines = [line.reasonable for line in self.units]
        return added(line for line in lines if line) if lines and all(lines) else None

    @property
    def classed(self) -> int:
        return sum(line.classed for line in self.units)


def overview(session: Session, wanted: Slice, periods: Sequence[Period], rule: ExclusionRule = EXCLUSIONS) -> Overview:
    """`periods`: they do not overlap, and the last is the slice's own; of answers alone there is no course but it."""
    changed = changes(session)
    if wanted.subject in ALONE:
        changed = with_alone(session, changed)
    if wanted.has_answers_only:
        lines = given_to_units(session, wanted, changed)
        total = added(line.answers for line in lines) if lines else given(session, wanted)
        found = Overview([total], NOBODY_ASKED, lines, population(session, wanted.period, changed))
    else:
        found = _counted(session, wanted, periods, changed)
    if wanted.subject is not Subject.HANDLING:
        return found
    return replace(found, units=with_exclusions(session, wanted, found.units, rule, changed))


def _counted(session: Session, wanted: Slice, periods: Sequence[Period], changed: Changes) -> Overview:
    """From what is kept."""
    kind = KIND_OF.get(wanted.subject)
    owner = Owner(wanted.unit_ids, wanted.topic_id)
    if kind is None:
        trend, asked = course(session, wanted, periods, changed)
        return Overview(
            trend, asked, unit_answers(session, wanted, changed), population(session, wanted.period, changed)
        )
    if owner.is_kept:
        standing = Tally([wanted.period], [Kind.STANDING])
        found, stood = tallies(session, changed, [Tally(periods, [kind], owner), standing])
        lines = unit_answers(session, wanted, changed)
        return Overview(*course_of(found, kind), lines, population_of(stood[0]))
    by_unit, names = counts_by_unit(session, changed, periods, kind=kind, owner=owner)
    totals = [together(units) for units in by_unit]
    lines = lines_of(by_unit[-1], names, kind)
    return Overview(*course_of(totals, kind), lines, population(session, wanted.period, changed))
