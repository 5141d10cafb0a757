"""公开 behind log-in: months in preview and as they were told, and the typical cases beside them."""

from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.bounds import Day
from indicators.periods import Period, shanghai_day, statistical_month
from indicators.publications.actions import publish_case, publish_month, withdraw_case
from indicators.publications.issue import issue_of
from indicators.publications.model import Publication, TypicalCase
from indicators.publications.queries import all_cases, newest_publications, versions_of
from indicators.publications.rules import PUBLISHERS, READERS, CaseForm, is_month, month_faults
from staff.rules import Actor
from tickets.forms import refuse_faults
from web.api import Api, Body, Moment, Query, Request, RowId, View
from web.ticket_acts import ALSO

api = Api()


class CountView(View):
    name: str
    n: int


class RatedLineView(View):
    """A subject or a unit; shares are 0…1 and None without answers."""

    name: str
    closed: int
    answered: int
    satisfied: int
    rate: float | None
    low: float | None
    high: float | None
    verdict: str


class CellView(View):
    """So many answers of one level about one unit's matters of one topic."""

    unit: str
    topic: str
    level: int
    n: int


class IssueView(View):
    """A month as everybody reads it; answers about few are told together, `left_out` are too few even so."""

    registered: int
    standing: list[CountView]
    sources: list[CountView]
    types: list[CountView]
    topics: list[CountView]
    due: int
    in_time: int
    subjects: list[RatedLineView]
    units: list[RatedLineView]
    levels: list[CountView]
    #: months told before have none
    repairs: list[CountView] = Field(default_factory=list)
    cells: list[CellView]
    left_out: int
    versions: dict[str, int]


class PublicationView(View):
    """One version of a month as it was told."""

    id: int
    first: date
    last: date
    version: int
    note: str
    published_at: Moment
    published_by: str
    issue: IssueView

    @classmethod
    def of(cls, told: Publication) -> Self:
        return cls(
            issue=IssueView.model_validate(told.body),
            **{
                name: getattr(told, name)
                for name in ("id", "first", "last", "version", "note", "published_at", "published_by")
            },
        )


class OpenMonthView(View):
    """A month that could be told: what it would say now, and what was told of it, the newest version first."""

    first: date
    last: date
    may_publish: bool
    issue: IssueView
    told: list[PublicationView]


def _publications(session: Session) -> list[PublicationView]:
    return [PublicationView.of(told) for told in newest_publications(session)]


@api.get("/publications", role=READERS)
async def show_publications(request: Request) -> list[PublicationView]:
    """List the months that were told, each in its newest version, the latest month first."""
    shown: list[PublicationView] = await request.read(_publications)
    return shown


class MonthQuery(Query):
    """A day of the statistical month; without it the last month that is over."""

    day: Day | None = None


def _month(session: Session, query: MonthQuery, request: Request) -> OpenMonthView:
    today = shanghai_day(request.now)
    month = statistical_month(query.day) if query.day else statistical_month(today).before()
    body = issue_of(session, month, now=request.now).body
    return OpenMonthView(
        first=month.first,
        last=month.last,
        may_publish=not month_faults(month, today=today) and is_month(month),
        issue=IssueView.model_validate(body),
        told=[PublicationView.of(told) for told in versions_of(session, month.first)],
    )


@api.get("/publications/preview", role=READERS)
async def preview_month(request: Request, query: MonthQuery) -> OpenMonthView:
    """What a month would say if it were told now, beside what was told of it."""
    shown: OpenMonthView = await request.read(_month, query, request)
    return shown


class PublishMonth(Body):
    """A whole statistical month by its first day; `note`: why it is told again."""

    first: Day
    note: str = Field("", max_length=200)


def _publish(session: Session, body: PublishMonth, *, by: Actor, request: Request) -> PublicationView:
    month = statistical_month(body.first)
    if month.first != body.first:
        refuse_faults([(("body", "first"), "not_a_month", "统计月从 26 日开始")])
    return PublicationView.of(
        publish_month(session, Period(month.first, month.last), note=body.note, by=by, now=request.now)
    )


@api.post("/publications", role=PUBLISHERS, status=201, also=(409,), idempotent=True)
async def publish(request: Request, body: PublishMonth) -> PublicationView:
    """Tell everybody what a month came to."""
    shown: PublicationView = await request.write(_publish, body, by=request.actor, request=request)
    return shown


class TypicalCaseView(View):
    """One typical case, and whether it was withdrawn."""

    id: int
    title: str
    text: str
    unit: str
    published_at: Moment
    published_by: str
    withdrawn_at: Moment | None
    withdrawn_by: str
    withdraw_reason: str


class CasesQuery(Query):
    after: RowId | None = None
    limit: int = Field(50, ge=1, le=100)


def _cases(found: Sequence[TypicalCase]) -> list[TypicalCaseView]:
    return [TypicalCaseView.model_validate(case) for case in found]


@api.get("/typical-cases", role=READERS)
async def show_cases(request: Request, query: CasesQuery) -> list[TypicalCaseView]:
    """List typical cases, withdrawn ones as well, the newest first."""
    shown: list[TypicalCaseView] = await request.read(all_cases, after=query.after, limit=query.limit, view=_cases)
    return shown


class PublishCase(Body):
    """What is told, in words that point at nobody."""

    form: CaseForm


@api.post("/typical-cases", role=PUBLISHERS, status=201, idempotent=True)
async def publish_one_case(request: Request, body: PublishCase) -> TypicalCaseView:
    """Tell everybody a typical case."""
    shown: TypicalCaseView = await request.write(
        publish_case, body.form, by=request.actor, now=request.now, view=TypicalCaseView.model_validate
    )
    return shown


class WithdrawCase(Body):
    """Why it is told no more."""

    reason: str = Field(min_length=1, max_length=200)


@api.post("/typical-cases/{case_id}/withdraw", role=PUBLISHERS, also=ALSO)
async def withdraw_one_case(request: Request, case_id: RowId, body: WithdrawCase) -> TypicalCaseView:
    """Take it off the public page."""
    shown: TypicalCaseView = await request.write(
        withdraw_case,
        case_id,
        reason=body.reason,
        by=request.actor,
        now=request.now,
        view=TypicalCaseView.model_validate,
    )
    return shown
