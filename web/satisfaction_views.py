"""How the satisfaction page looks over the wire."""

from datetime import date
from typing import Self

from evaluation.classes.rules import ExclusionRule, MatterClass
from evaluation.rules import BadReason, Channel, InvitationState, Subject
from evaluation.verdict import Answers, Verdict, needed_for_proof, needed_for_target
from indicators.answers import UnitAnswers
from indicators.counts.rules import Standing
from indicators.overview import Overview
from indicators.population import Population
from indicators.satisfaction import AnswerRow, Basis
from web.api import Moment, View
from web.ledger import CheckpointView

PAGE_ROWS = 50


class PeriodView(View):
    first: date
    last: date


class AnswersView(View):
    """Shares are 0…1 and None without answers; `low` and `high` are the two-sided 95 % Wilson interval."""

    closed: int
    answered: int
    satisfied: int
    rate: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    verdict_name: str
    point_below_target: bool | None
    answer_rate: float | None
    silence_as_satisfied: float | None
    of_all_closed: float | None
    needed_for_target: int
    needed_for_proof: int

    @classmethod
    def of(cls, counted: Answers) -> Self:
        low, high = counted.interval or (None, None)
        return cls(
            closed=counted.closed,
            answered=counted.answered,
            satisfied=counted.satisfied,
            rate=counted.rate,
            low=low,
            high=high,
            verdict=counted.verdict,
            verdict_name=counted.verdict.name_zh,
            point_below_target=counted.point_below_target,
            answer_rate=counted.answer_rate,
            silence_as_satisfied=counted.silence_as_satisfied,
            of_all_closed=counted.of_all_closed,
            needed_for_target=needed_for_target(counted.satisfied, counted.answered),
            needed_for_proof=needed_for_proof(counted.satisfied, counted.answered),
        )


class TrendPoint(View):
    period: PeriodView
    answers: AnswersView


class StandingCount(View):
    standing: Standing
    name: str
    count: int


class PopulationView(View):
    """登记 = 办结 + 在办 + …; `adds_up` says whether it does."""

    registered: int
    standing: list[StandingCount]
    adds_up: bool

    @classmethod
    def of(cls, account: Population) -> Self:
        standing = [
            StandingCount(standing=place, name=place.name_zh, count=count) for place, count in account.standing.items()
        ]
        return cls(registered=account.registered, standing=standing, adds_up=account.adds_up)


class AskedView(View):
    """办结 → 已邀 → 送达 → 参评; `states` are of the questions about present answers."""

    closed: int
    invited: int
    not_invited: int
    delivered: int
    answered: int
    states: dict[InvitationState, int]

    @classmethod
    def of(cls, subject: Subject, shown: Overview, *, has_answers_only: bool) -> Self:
        counted, invited = shown.trend[-1], sum(shown.asked.states.values())
        is_asked_so = subject is not Subject.AGENT and not has_answers_only
        return cls(
            closed=counted.closed,
            invited=invited,
            not_invited=counted.closed - invited if is_asked_so else 0,
            delivered=shown.asked.delivered,
            answered=counted.answered,
            states=shown.asked.states,
        )


class ReasonableView(View):
    """合理诉求 beside the headline: of `classed` matters `left_out` are not counted, as the cap allows."""

    answers: AnswersView
    classed: int
    left_out: int
    percent: int
    classes: list[str]

    @classmethod
    def of(cls, shown: Overview, rule: ExclusionRule) -> Self | None:
        if shown.reasonable is None:
            return None
        return cls(
            answers=AnswersView.of(shown.reasonable),
            classed=shown.classed,
            left_out=shown.trend[-1].answered - shown.reasonable.answered,
            percent=int(rule.cap * 100),
            classes=[one.name_zh for one in MatterClass if one in rule.classes],
        )


class UnitLine(View):
    """`with_below`: counted with all below the unit; `has_below`: it can be opened into lines of its own.

    `bad_before`: bad answers that a later round's has replaced.
    `reasonable_rate` is that without `left_out` of the `classed` matters.
    """

    unit_id: int | None
    unit_name: str
    answers: AnswersView
    not_invited: int
    bad: int
    bad_before: int
    classed: int
    left_out: int
    reasonable_rate: float | None
    with_below: bool
    has_below: bool

    @classmethod
    def of(cls, line: UnitAnswers) -> Self:
        return cls(
            unit_id=line.unit_id,
            unit_name=line.unit_name,
            answers=AnswersView.of(line.answers),
            not_invited=line.not_invited,
            bad=line.answers.bad,
            bad_before=line.bad_before,
            classed=line.classed,
            left_out=line.answers.answered - line.reasonable.answered if line.reasonable else 0,
            reasonable_rate=line.reasonable.rate if line.reasonable else None,
            with_below=line.with_below,
            has_below=line.has_below,
        )


class SatisfactionView(View):
    """`basis` is the moment tickets are counted by; units come in order of verdict, never ranked."""

    period: PeriodView
    subject: Subject
    subject_name: str
    basis: Basis
    has_answers_only: bool
    target: float
    headline: AnswersView
    reasonable: ReasonableView | None
    trend: list[TrendPoint]
    population: PopulationView
    asked: AskedView
    units: list[UnitLine]
    checkpoint: CheckpointView | None
    card_version: int
    as_of: Moment


class SatisfactionRow(View):
    """`level` is None where nobody answered, `closed_at` where a rated ticket is still open; `reasons` of a bad one."""

    id: int
    ticket_number: str | None
    ticket_title: str | None
    unit_name: str | None
    closed_at: Moment | None
    level: int | None
    channel: Channel | None
    rated_at: Moment | None
    is_invited: bool
    is_delivered: bool
    is_solved: bool | None
    reasons: list[BadReason]


class SatisfactionRows(View):
    rows: list[SatisfactionRow]
    next: int | None

    @classmethod
    def of(cls, rows: list[AnswerRow]) -> Self:
        shown = [SatisfactionRow.model_validate(row) for row in rows]
        return cls(rows=shown, next=shown[-1].id if len(shown) == PAGE_ROWS else None)
