"""What stands beside the headline: other places' formulas, channels, agents, and what 合理诉求 leaves out."""

from collections.abc import Sequence
from typing import Self

from sqlalchemy.orm import Session

from evaluation.classes.rules import MatterClass
from evaluation.formulas import Formula
from evaluation.office import EvaluationOffice
from evaluation.rules import Channel, Subject
from indicators.answers import answers
from indicators.elsewhere import Elsewhere, Share, elsewhere
from indicators.exclusions import ExclusionRow, exclusion_rows
from indicators.formula_cards import name_of
from indicators.given import AgentAnswers, given, given_by_channel, given_to_agents
from indicators.periods import asked_period, shanghai_day
from indicators.recounts.model import RecountRun
from indicators.recounts.queries import last_recount
from indicators.repairs import UnitRepairs, repairs_of_units
from indicators.satisfaction import Slice
from indicators.tree import branches
from staff.model import Unit
from web.api import Api, Moment, Request, RowId, View
from web.ledger import READERS
from web.satisfaction import SatisfactionQuery
from web.satisfaction_views import PAGE_ROWS, AnswersView

api = Api()


class ShareView(View):
    """A part of a formula."""

    name: str
    numerator: int
    n: int
    rate: float | None

    @classmethod
    def of(cls, share: Share) -> Self:
        return cls(name=share.name, numerator=share.numerator, n=share.n, rate=share.rate)


class ElsewhereView(View):
    """What the formula of another place makes of the same matters; `card` is its formula card's name.

    `imputed` matters without an answer are counted as one by the rule `rule_id`; empty: it imputes nothing.
    `difference`: by how much it lies above the headline, None where one of the two says nothing.
    """

    formula: Formula
    name: str
    card: str
    words: str
    why: str
    source: str
    rate: float | None
    difference: float | None
    shares: list[ShareView]
    rule_id: str
    imputed: int

    @classmethod
    def of(cls, found: Elsewhere, headline: float | None) -> Self:
        one = found.definition
        return cls(
            formula=one.formula,
            name=one.formula.name_zh,
            card=name_of(one),
            words=one.words,
            why=one.why,
            source=one.source,
            rate=found.rate,
            difference=None if found.rate is None or headline is None else found.rate - headline,
            shares=[ShareView.of(share) for share in found.shares],
            rule_id=one.rule_id,
            imputed=found.imputed,
        )


class ElsewhereList(View):
    """`reported` is the one that goes upward."""

    headline: AnswersView
    reported: Formula | None
    weights: list[int]
    rows: list[ElsewhereView]


class ChannelLine(View):
    channel: Channel
    name: str
    answers: AnswersView


class AgentLine(View):
    """One agent's calls; those whose answers prove nothing stand together below, and nobody has a rank."""

    person_id: int | None
    name: str
    staff_number: str
    answers: AnswersView

    @classmethod
    def of(cls, line: AgentAnswers) -> Self:
        return cls(
            person_id=line.person_id,
            name=line.name,
            staff_number=line.staff_number,
            answers=AnswersView.of(line.answers),
        )


class SatisfactionSlices(View):
    """The same answers by channel and, of calls, by agent."""

    channels: list[ChannelLine]
    agents: list[AgentLine]


class ExclusionView(View):
    """A rated matter of a class that is left out; decided after the rating it is listed and counts all the same."""

    id: int
    ticket_number: str
    ticket_title: str
    unit_name: str | None
    matter_class: MatterClass
    class_name: str
    reason: str
    decided_by: str
    decided_at: Moment
    level: int
    rated_at: Moment
    is_before_rating: bool

    @classmethod
    def of(cls, row: ExclusionRow) -> Self:
        return cls(**vars(row), class_name=row.matter_class.name_zh)


class ExclusionRows(View):
    rows: list[ExclusionView]
    next: int | None

    @classmethod
    def of(cls, rows: Sequence[ExclusionRow]) -> Self:
        shown = [ExclusionView.of(row) for row in rows]
        return cls(rows=shown, next=shown[-1].id if len(shown) == PAGE_ROWS else None)


class RecountView(View):
    """What the last independent recount of these days found; until one finds nothing the figures are in doubt."""

    at: Moment | None = None
    differences: int = 0
    named: tuple[str, ...] = ()

    @classmethod
    def of(cls, run: RecountRun | None) -> Self:
        return cls() if run is None else cls.model_validate(run)


class UnitRepairsLine(View):
    """A unit's bad ratings, as its line of the page: `rate` are those mended in time, None where there are none."""

    unit_id: int
    with_below: bool
    valid: int
    fixed: int
    in_time: int
    rate: float | None

    @classmethod
    def of(cls, unit_id: int, counted: UnitRepairs, *, with_below: bool) -> Self:
        rate = counted.in_time / counted.valid if counted.valid else None
        return cls(unit_id=unit_id, with_below=with_below, rate=rate, **vars(counted))


class UnitRepairsList(View):
    rows: list[UnitRepairsLine]


class ExclusionsQuery(SatisfactionQuery):
    after: RowId | None = None


@api.get("/satisfaction/elsewhere", role=READERS)
async def show_elsewhere(request: Request, query: SatisfactionQuery) -> ElsewhereList:
    """The same matters under the formulas of other places, each with its difference to the headline and why."""
    settings = request.service(EvaluationOffice).settings

    def view(session: Session) -> ElsewhereList:
        wanted = query.slice(shanghai_day(request.now), query.units(session))
        headline = given(session, wanted) if wanted.has_answers_only else answers(session, wanted)
        has_tickets = wanted.subject in (Subject.HANDLING, Subject.DIRECT)
        found = elsewhere(session, wanted, weights=settings.three_rate_weights) if has_tickets else []
        return ElsewhereList(
            headline=AnswersView.of(headline),
            reported=settings.reported_formula,
            weights=list(settings.three_rate_weights),
            rows=[ElsewhereView.of(one, headline.rate) for one in found],
        )

    return await request.read(view)


@api.get("/satisfaction/slices", role=READERS)
async def show_slices(request: Request, query: SatisfactionQuery) -> SatisfactionSlices:
    """The same answers by channel and, of calls, by agent."""

    def view(session: Session) -> SatisfactionSlices:
        wanted = query.slice(shanghai_day(request.now), query.units(session))
        return _slices(session, wanted)

    return await request.read(view)


@api.get("/satisfaction/repairs", role=READERS)
async def show_unit_repairs(request: Request, query: SatisfactionQuery) -> UnitRepairsList:
    """整改按期, for each line of the units: of bad ratings given in the period those mended in time."""

    def view(session: Session) -> UnitRepairsList:
        units = query.units(session)
        found = repairs_of_units(session, query.slice(shanghai_day(request.now), units))
        return UnitRepairsList(rows=_repair_lines(query, units, found))

    return await request.read(view)


@api.get("/satisfaction/recount", role=READERS)
async def show_recount(request: Request, query: SatisfactionQuery) -> RecountView:
    """Whether the figures of these days agreed when they were last computed a second way."""
    period = asked_period(query.first, query.last, shanghai_day(request.now))
    return await request.read(last_recount, period, view=RecountView.of)


@api.get("/satisfaction/exclusions", role=READERS)
async def list_exclusions(request: Request, query: ExclusionsQuery) -> ExclusionRows:
    """Who decided what is left out, when, and whether before the rating; newest first."""
    rule = request.service(EvaluationOffice).settings.exclusions

    def view(session: Session) -> ExclusionRows:
        wanted = query.slice(shanghai_day(request.now), query.units(session))
        return ExclusionRows.of(exclusion_rows(session, wanted, rule, after=query.after, limit=PAGE_ROWS))

    return await request.read(view)


def _repair_lines(
    query: SatisfactionQuery, units: Sequence[Unit], found: dict[int, UnitRepairs]
) -> list[UnitRepairsLine]:
    """Only what was handled is mended."""
    if query.subject is not Subject.HANDLING:
        return []
    if not query.with_below:
        return [UnitRepairsLine.of(unit_id, counted, with_below=False) for unit_id, counted in found.items()]
    top = next((unit for unit in units if unit.id == query.unit_id), None)
    rolled = branches(units, found, top=top)
    return [UnitRepairsLine.of(one.unit.id, one.part, with_below=not one.is_own) for one in rolled]


def _slices(session: Session, wanted: Slice) -> SatisfactionSlices:
    channels = given_by_channel(session, wanted)
    return SatisfactionSlices(
        channels=[
            ChannelLine(channel=channel, name=channel.name_zh, answers=AnswersView.of(counted))
            for channel, counted in channels.items()
        ],
        agents=[AgentLine.of(line) for line in given_to_agents(session, wanted)],
    )
