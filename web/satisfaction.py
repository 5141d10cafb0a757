"""The supervisor's satisfaction page: the headline with its three denominators, where people went, units, ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.rules import Channel, InvitationState, Subject
from evaluation.verdict import TARGET, Answers, Verdict, needed_for_proof, needed_for_target
from indicators.answers import UnitAnswers, rolled_up
from indicators.cards import card
from indicators.counts.rules import Standing
from indicators.overview import Overview, overview
from indicators.periods import Period, asked_period, shanghai_day
from indicators.population import Population
from indicators.satisfaction import AnswerRow, Part, Slice, answer_rows, repairs
from staff.model import Unit
from staff.queries import every_unit, units_within
from web.api import Api, Moment, Query, Request, RowId, View
from web.ledger import READERS, CheckpointView, read_checkpoint

api = Api()
TREND_PERIODS = 12
PAGE_ROWS = 50


class SatisfactionQuery(Query):
    """Days in Shanghai, both included; without them the present statistical month (26th to 25th).

    `with_below`: of the unit with all below it, and a line for each unit right below it.
    """

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    subject: Subject = Subject.HANDLING
    unit_id: RowId | None = None
    with_below: bool = False
    topic_id: RowId | None = None

    def slice(self, today: date, units: Sequence[Unit]) -> Slice:
        """`units`: what `units` has read.  Raises PeriodBackwards, PeriodTooFar."""
        period = asked_period(self.first, self.last, today)
        return Slice(period, self.subject, self._unit_ids(units), self.topic_id)

    def _unit_ids(self, units: Sequence[Unit]) -> tuple[int, ...] | None:
        if self.unit_id is None:
            return None
        return tuple(unit.id for unit in units) if self.with_below else (self.unit_id,)

    def units(self, session: Session) -> Sequence[Unit]:
        """The tree that lines are rolled up by: from the unit down, or the whole city's; none when they are not."""
        if not self.with_below:
            return []
        return every_unit(session) if self.unit_id is None else units_within(session, self.unit_id)


class SatisfactionRowsQuery(SatisfactionQuery):
    part: Part = Part.ANSWERED
    after: RowId | None = None


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
    """办结 → 已邀 → 送达 → 参评; `states` are the last invitations of the closed tickets."""

    closed: int
    invited: int
    not_invited: int
    delivered: int
    answered: int
    states: dict[InvitationState, int]


class UnitLine(View):
    """`with_below`: counted with all below the unit; `has_below`: it can be opened into lines of its own."""

    unit_id: int | None
    unit_name: str
    answers: AnswersView
    not_invited: int
    bad: int
    with_below: bool
    has_below: bool

    @classmethod
    def of(cls, line: UnitAnswers) -> Self:
        return cls(
            unit_id=line.unit_id,
            unit_name=line.unit_name,
            answers=AnswersView.of(line.answers),
            not_invited=line.not_invited,
            bad=line.answers.answered - line.answers.satisfied,
            with_below=line.with_below,
            has_below=line.has_below,
        )


class RepairLine(View):
    """A ticket whose citizen was not satisfied and who has not been called back."""

    ticket_number: str
    title: str
    unit_id: int | None
    level: int | None
    changed_at: Moment


class SatisfactionView(View):
    """`basis` is the moment tickets are counted by; units come in order of verdict, never ranked."""

    period: PeriodView
    subject: Subject
    subject_name: str
    basis: str
    target: float
    headline: AnswersView
    trend: list[TrendPoint]
    population: PopulationView
    asked: AskedView
    units: list[UnitLine]
    repairs: list[RepairLine]
    checkpoint: CheckpointView | None
    card_version: int
    as_of: Moment


class SatisfactionRow(View):
    """`level` is None where nobody answered, `closed_at` where a rated ticket is still open."""

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


class SatisfactionRows(View):
    rows: list[SatisfactionRow]
    next: int | None

    @classmethod
    def of(cls, rows: list[AnswerRow]) -> Self:
        shown = [SatisfactionRow.model_validate(row) for row in rows]
        return cls(rows=shown, next=shown[-1].id if len(shown) == PAGE_ROWS else None)


@api.get("/satisfaction", role=READERS)
async def show_satisfaction(request: Request, query: SatisfactionQuery) -> SatisfactionView:
    """The whole page for one subject and period; subjects are never added up."""
    return await request.read(_page, query, now=request.now)


@api.get("/satisfaction/rows", role=READERS)
async def list_satisfaction_rows(request: Request, query: SatisfactionRowsQuery) -> SatisfactionRows:
    """The rows behind a number, newest first."""

    def view(session: Session) -> SatisfactionRows:
        wanted = query.slice(shanghai_day(request.now), query.units(session))
        return SatisfactionRows.of(answer_rows(session, wanted, query.part, after=query.after, limit=PAGE_ROWS))

    return await request.read(view)


def _page(session: Session, query: SatisfactionQuery, *, now: datetime) -> SatisfactionView:
    units = query.units(session)
    wanted = query.slice(shanghai_day(now), units)
    periods = _periods(wanted.period)
    shown = overview(session, wanted, periods)
    return SatisfactionView(
        period=PeriodView.model_validate(wanted.period),
        subject=wanted.subject,
        subject_name=wanted.subject.name_zh,
        basis="closed",
        target=float(TARGET),
        headline=AnswersView.of(shown.trend[-1]),
        trend=[
            TrendPoint(period=PeriodView.model_validate(period), answers=AnswersView.of(counted))
            for period, counted in zip(periods, shown.trend, strict=True)
        ],
        population=PopulationView.of(shown.population),
        asked=_asked(wanted, shown),
        units=[UnitLine.of(line) for line in _lines(query, units, shown.units)],
        repairs=_repairs(session),
        checkpoint=read_checkpoint(session, now=now),
        card_version=card("satisfaction").version,
        as_of=now,
    )


def _lines(query: SatisfactionQuery, units: Sequence[Unit], lines: list[UnitAnswers]) -> list[UnitAnswers]:
    if not query.with_below:
        return lines
    return rolled_up(lines, units, next((unit for unit in units if unit.id == query.unit_id), None))


def _periods(period: Period) -> list[Period]:
    """Twelve of its kind, the oldest first, this one last."""
    periods = [period]
    while len(periods) < TREND_PERIODS:
        periods.append(periods[-1].before())
    return periods[::-1]


def _asked(wanted: Slice, shown: Overview) -> AskedView:
    counted, invited = shown.trend[-1], sum(shown.asked.states.values())
    return AskedView(
        closed=counted.closed,
        invited=invited,
        not_invited=counted.closed - invited if wanted.subject is not Subject.AGENT else 0,
        delivered=shown.asked.delivered,
        answered=counted.answered,
        states=shown.asked.states,
    )


def _repairs(session: Session) -> list[RepairLine]:
    return [RepairLine.model_validate(repair) for repair in repairs(session, limit=PAGE_ROWS)]
