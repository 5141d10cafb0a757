"""The supervisor's satisfaction page: the headline with its three denominators, where people went, units, ledger."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.classes.rules import ExclusionRule
from evaluation.office import EvaluationOffice
from evaluation.rules import Channel, Headline, Subject
from evaluation.verdict import TARGET
from indicators.answers import UnitAnswers, rolled_up
from indicators.cards import card
from indicators.overview import overview
from indicators.periods import Period, asked_period, shanghai_day
from indicators.satisfaction import Basis, Part, Slice, answer_rows
from staff.model import Unit
from staff.queries import every_unit, units_within
from web.api import Api, Query, Request, RowId
from web.ledger import READERS, read_checkpoint
from web.satisfaction_views import (
    PAGE_ROWS,
    AnswersView,
    AskedView,
    PeriodView,
    PopulationView,
    ReasonableView,
    SatisfactionRows,
    SatisfactionView,
    TrendPoint,
    UnitLine,
)

api = Api()
TREND_PERIODS = 12


class SatisfactionQuery(Query):
    """Days in Shanghai, both included; without them the present statistical month (26th to 25th).

    `with_below`: of the unit with all below it, and a line for each unit right below it.  Of one channel, or by the
    moment of rating, there are answers only.
    """

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    subject: Headline = Subject.HANDLING
    unit_id: RowId | None = None
    with_below: bool = False
    topic_id: RowId | None = None
    channel: Channel | None = None
    basis: Basis = Basis.CLOSED

    def slice(self, today: date, units: Sequence[Unit]) -> Slice:
        """`units`: what `units` has read.  Raises PeriodBackwards, PeriodTooFar."""
        period = asked_period(self.first, self.last, today)
        return Slice(period, self.subject, self._unit_ids(units), self.topic_id, self.channel, self.basis)

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


@api.get("/satisfaction", role=READERS)
async def show_satisfaction(request: Request, query: SatisfactionQuery) -> SatisfactionView:
    """The whole page for one subject and period; subjects are never added up."""
    rule = request.service(EvaluationOffice).settings.exclusions
    return await request.read(_page, query, rule=rule, now=request.now)


@api.get("/satisfaction/rows", role=READERS)
async def list_satisfaction_rows(request: Request, query: SatisfactionRowsQuery) -> SatisfactionRows:
    """The rows behind a number, newest first."""

    def view(session: Session) -> SatisfactionRows:
        wanted = query.slice(shanghai_day(request.now), query.units(session))
        return SatisfactionRows.of(answer_rows(session, wanted, query.part, after=query.after, limit=PAGE_ROWS))

    return await request.read(view)


def _page(session: Session, query: SatisfactionQuery, *, rule: ExclusionRule, now: datetime) -> SatisfactionView:
    units = query.units(session)
    wanted = query.slice(shanghai_day(now), units)
    periods = trend_periods(wanted)
    shown = overview(session, wanted, periods, rule)
    return SatisfactionView(
        period=PeriodView.model_validate(wanted.period),
        subject=wanted.subject,
        subject_name=wanted.subject.name_zh,
        basis=wanted.basis,
        has_answers_only=wanted.has_answers_only,
        target=float(TARGET),
        headline=AnswersView.of(shown.trend[-1]),
        reasonable=ReasonableView.of(shown, rule),
        trend=[
            TrendPoint(period=PeriodView.model_validate(period), answers=AnswersView.of(counted))
            for period, counted in zip(periods, shown.trend, strict=True)
        ],
        population=PopulationView.of(shown.population),
        asked=AskedView.of(wanted.subject, shown, has_answers_only=wanted.has_answers_only),
        units=[UnitLine.of(line) for line in _lines(query, units, shown.units)],
        checkpoint=read_checkpoint(session, now=now),
        card_version=card("satisfaction").version,
        as_of=now,
    )


def _lines(query: SatisfactionQuery, units: Sequence[Unit], lines: list[UnitAnswers]) -> list[UnitAnswers]:
    if not query.with_below:
        return lines
    return rolled_up(lines, units, next((unit for unit in units if unit.id == query.unit_id), None))


def trend_periods(wanted: Slice) -> list[Period]:
    """Twelve of its kind, the oldest first, this one last; of answers alone only this one."""
    periods = [wanted.period]
    while len(periods) < TREND_PERIODS and not wanted.has_answers_only:
        periods.append(periods[-1].before())
    return periods[::-1]
