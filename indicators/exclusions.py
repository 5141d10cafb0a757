"""合理诉求: the answers without those about matters that a third party had classed: counted, capped and listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from evaluation.classes.model import ClassDecision
from evaluation.classes.rules import ExclusionRule, MatterClass
from evaluation.model import Invitation, Rating
from evaluation.rules import Channel, Subject
from evaluation.verdict import Answers
from indicators.answers import UnitAnswers, in_order, unit_names
from indicators.counts.queries import Changes, Counts, Owner, changes, counts_by_unit
from indicators.counts.rules import AGAIN, CLASSED, NOBODY, SAID_OF, said_of_part
from indicators.satisfaction import Basis, Slice, rated_tickets
from staff.model import Unit
from tickets.model import Ticket
from tickets.rules import SATISFIED_FROM


@dataclass(frozen=True)
class ClassedAnswers:
    """Rated matters of the classes that are left out, decided before the rating."""

    satisfied: int = 0
    dissatisfied: int = 0

    @property
    def n(self) -> int:
        return self.satisfied + self.dissatisfied


@dataclass(frozen=True)
class ExclusionRow:
    """A rated matter of such a class; `is_before_rating` False: it leaves nothing out, and is listed all the same."""

    id: int
    ticket_number: str
    ticket_title: str
    unit_name: str | None
    matter_class: MatterClass
    reason: str
    decided_by: str
    decided_at: datetime
    level: int
    rated_at: datetime
    is_before_rating: bool


def without(answers: Answers, classed: ClassedAnswers, rule: ExclusionRule) -> Answers:
    """Of one unit: no more than the cap allows, the satisfied ones first, so that nobody gains by classing more.

    Which of them go does not depend on the order in which they were decided.
    """
    gone = min(classed.n, rule.at_most(answers.answered))
    satisfied = min(classed.satisfied, gone)
    return Answers(answers.closed - gone, answers.answered - gone, answers.satisfied - satisfied)


def with_exclusions(
    session: Session,
    wanted: Slice,
    lines: Sequence[UnitAnswers],
    rule: ExclusionRule,
    changed: Changes | None = None,
) -> list[UnitAnswers]:
    """The lines of single units, each with its reasonable matters and the bad answers before beside it.

    Of whom nothing is left but such an answer has a line for it.
    """
    changed = changes(session) if changed is None else changed
    kind, owner = SAID_OF[Subject.HANDLING][wanted.basis is Basis.RATED], Owner(wanted.unit_ids, wanted.topic_id)
    [said], names = counts_by_unit(session, changed, [wanted.period], kind=kind, owner=owner, parts=(CLASSED, AGAIN))
    classed = {unit_id: _classed_in(counted, wanted.channel, rule) for unit_id, counted in said.items()}
    bad = {unit_id: _bad_before(counted, wanted.channel) for unit_id, counted in said.items()}
    every = in_order([*lines, *_lines_of_bad_only(session, lines, bad, names)])
    beside = [_beside(line, classed.get(line.unit_id or NOBODY, ClassedAnswers()), rule) for line in every]
    return [replace(line, bad_before=bad.get(line.unit_id or NOBODY, 0)) for line in beside]


def _lines_of_bad_only(
    session: Session, lines: Sequence[UnitAnswers], bad: Mapping[int, int], names: Mapping[int, str]
) -> list[UnitAnswers]:
    """Units without a line of their own; few, so that most pages ask for no name."""
    known = {line.unit_id or NOBODY for line in lines}
    others = [unit_id for unit_id, n in bad.items() if n and unit_id not in known]
    unnamed = [unit_id for unit_id in others if not names.get(unit_id)]
    found = {**names, **(unit_names(session, unnamed) if unnamed else {})}
    return [UnitAnswers(unit_id or None, found.get(unit_id, ""), Answers(0, 0, 0), 0) for unit_id in others]


def _bad_before(counted: Counts, channel: Channel | None) -> int:
    """Of those whose later answer came by `channel`."""
    total = 0
    for (_, part), n in counted.items():
        said = said_of_part(part.removeprefix(AGAIN)) if part.startswith(AGAIN) else None
        if said is not None and said[1] < SATISFIED_FROM and channel in {None, said[0]}:
            total += n
    return total


def _classed_in(counted: Counts, channel: Channel | None, rule: ExclusionRule) -> ClassedAnswers:
    satisfied = dissatisfied = 0
    for (_, part), n in counted.items():
        if not part.startswith(CLASSED):
            continue
        matter_class, way, level = part.removeprefix(CLASSED).split(".")
        if matter_class in rule.classes and channel in {None, way}:
            is_good = int(level) >= SATISFIED_FROM
            satisfied, dissatisfied = satisfied + n * is_good, dissatisfied + n * (not is_good)
    return ClassedAnswers(satisfied, dissatisfied)


def exclusion_rows(
    session: Session, wanted: Slice, rule: ExclusionRule, *, after: int | None = None, limit: int = 50
) -> list[ExclusionRow]:
    """Every rated matter of these classes, also those decided too late, newest first, below the one with id `after`.

    Only what a unit handled has a class.
    """
    if wanted.subject is not Subject.HANDLING:
        return []
    query, rating, first_at = _classed(wanted, rule)
    found = query.outerjoin(Unit, Unit.id == rating.unit_id).with_only_columns(
        Ticket.id,
        Ticket.number.label("ticket_number"),
        Ticket.title.label("ticket_title"),
        Unit.name.label("unit_name"),
        ClassDecision.matter_class,
        ClassDecision.reason,
        ClassDecision.decided_by,
        ClassDecision.decided_at,
        rating.level,
        first_at.label("rated_at"),
        (ClassDecision.decided_at < first_at).label("is_before_rating"),
    )
    if after is not None:
        found = found.where(Ticket.id < after)
    rows = session.execute(found.order_by(Ticket.id.desc()).limit(limit))
    return [ExclusionRow(**row) for row in rows.mappings()]


def _classed(wanted: Slice, rule: ExclusionRule) -> tuple[Select[Any], Any, Any]:
    """The slice's rated tickets whose rated answer is of such a class, the rating, and when it was rated first."""
    base, rating = rated_tickets(wanted)
    first = aliased(Rating)
    first_at = (
        select(func.min(first.recorded_at))
        .where(first.invitation_id == rating.invitation_id)
        .correlate(rating)
        .scalar_subquery()
    )
    query = (
        base.join(ClassDecision, ClassDecision.ticket_id == Ticket.id)
        .join(Invitation, Invitation.id == rating.invitation_id)
        .where(
            ClassDecision.rework_no == Invitation.rework_no,
            ClassDecision.is_current,
            ClassDecision.matter_class.in_(rule.classes),
        )
    )
    return query, rating, first_at


def _beside(line: UnitAnswers, classed: ClassedAnswers, rule: ExclusionRule) -> UnitAnswers:
    return replace(line, reasonable=without(line.answers, classed, rule), classed=classed.n)
