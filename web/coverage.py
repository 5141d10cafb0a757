"""覆盖普查: the account that adds up, every number with its rows, what looks bent, and what was found about it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, Self

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.rules import Reason, Subject
from indicators.counts.rules import Standing
from indicators.coverage.actions import record_check
from indicators.coverage.fates import Loss, fate_rows
from indicators.coverage.flags import Wanted
from indicators.coverage.keeping import FRESH_FOR, KeptFlags, count_soon, keep_flags, kept_flags
from indicators.coverage.model import CoverageCheck
from indicators.coverage.queries import (
    ON_TICKETS,
    Account,
    Audit,
    FlagCount,
    Flagged,
    audit,
    flagged,
    flagged_keys,
    flagged_row,
)
from indicators.coverage.rules import Fate, Flag, Stage, reaching
from indicators.periods import Period, shanghai_day
from indicators.population import population_rows
from staff.model import Unit
from staff.rules import Actor, Role
from tickets.model import Ticket
from tickets.queries.access import not_kept_from
from web.api import Api, Body, Moment, Request, RowId, View
from web.indicators import PeriodQuery
from web.masked_views import title_of

api = Api()
READERS = (Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
#: the flags alone stand on the satisfaction page, which shift leaders read as well
FLAG_READERS = (*READERS, Role.SHIFT_LEADER)
#: who may say what was found; an administrator keeps the machine and judges nobody
JUDGES = (Role.SUPERVISOR, Role.INSPECTOR)
PAGE_ROWS = 50


class AccountLine(View):
    """How many stand where."""

    standing: Standing
    name: str
    n: int


class StageView(View):
    """How many closed matters came at least so far."""

    stage: Stage
    name: str
    n: int


class LossView(View):
    """Why so many came to `stage` and no farther; `is_finding`: nobody can say why."""

    stage: Stage
    fate: Fate
    name: str
    reason: Reason | None
    reason_name: str
    n: int
    is_finding: bool

    @classmethod
    def of(cls, loss: Loss) -> Self:
        return cls(
            stage=loss.fate.stage,
            fate=loss.fate,
            name=loss.fate.name_zh,
            reason=loss.reason,
            reason_name=loss.reason.name_zh if loss.reason else "",
            n=loss.n,
            is_finding=loss.fate.is_finding,
        )


class FlagView(View):
    """A flag, how many rows it has (at most 1,000 are counted), and how many nobody has looked at."""

    flag: Flag
    name: str
    n: int
    unchecked: int
    is_finding: bool

    @classmethod
    def of(cls, counted: FlagCount) -> Self:
        flag = counted.flag
        return cls(flag=flag, name=flag.name_zh, n=counted.n, unchecked=counted.unchecked, is_finding=flag.is_finding)


class AskedAbout(View):
    """What became of each question about what units closed, or about what was answered at once; never added up.

    `rated_open`: rated and not closed, which satisfaction counts with them.
    """

    subject: Subject
    name: str
    stages: list[StageView]
    losses: list[LossView]
    rated_open: int

    @classmethod
    def of(cls, account: Account, subject: Subject) -> Self:
        return cls(
            subject=subject,
            name=subject.name_zh,
            stages=[StageView(stage=stage, name=stage.name_zh, n=n) for stage, n in account.stages_of(subject).items()],
            losses=[LossView.of(loss) for loss in account.losses if loss.subject is subject],
            rated_open=account.rated_open[subject],
        )


class CoverageView(View):
    """`registered` is counted from the tickets, `standing` from the kept counts: together they must add up."""

    first: date
    last: date
    registered: int
    standing: list[AccountLine]
    adds_up: bool
    asked: list[AskedAbout]
    flags: list[FlagView]
    has_finding: bool

    @classmethod
    def of(cls, found: Audit, period: Period) -> Self:
        account = found.account
        return cls(
            first=period.first,
            last=period.last,
            registered=account.registered,
            standing=[
                AccountLine(standing=place, name=place.name_zh, n=n) for place, n in account.standing.standing.items()
            ],
            adds_up=account.adds_up,
            asked=[AskedAbout.of(account, subject) for subject in ON_TICKETS],
            flags=[FlagView.of(counted) for counted in found.flags],
            has_finding=found.has_finding,
        )


class FlagList(View):
    """As of `at`; what was looked at since then counts as looked at."""

    at: Moment
    flags: list[FlagView]

    @classmethod
    def of(cls, kept: KeptFlags) -> Self:
        return cls(at=kept.at, flags=[FlagView.of(one) for one in kept.counts])


class RowsQuery(PeriodQuery):
    """Behind which number: of a standing, of a stage, of a fate (with its reason), or of a flag.

    `subject` narrows stages and fates to what units closed, or to what was answered at once.
    """

    standing: Standing | None = None
    stage: Stage | None = None
    fate: Fate | None = None
    reason: Reason | None = None
    subject: Literal[Subject.HANDLING, Subject.DIRECT] | None = None
    flag: Flag | None = None
    after: RowId | None = None


class CheckView(View):
    """Who looked, when, and what they found."""

    finding: str
    checked_at: Moment
    checked_by: str


class CoverageRow(View):
    """A ticket, or whatever else is behind a number; `key` names a flagged row, and is empty otherwise."""

    id: int
    key: str
    numbers: list[str]
    title: str
    unit_name: str
    at: Moment | None
    what: str
    checks: list[CheckView]


class CoverageRows(View):
    rows: list[CoverageRow]
    next: int | None


class CheckBody(Body):
    """Which row, and what was found."""

    flag: Flag
    key: str = Field(min_length=1, max_length=80)
    finding: str = Field(max_length=500)


@api.get("/coverage", role=READERS)
async def show_coverage(request: Request, query: PeriodQuery) -> CoverageView:
    """The whole audit of a period."""
    period = query.period(shanghai_day(request.now))

    def view(session: Session) -> CoverageView:
        return CoverageView.of(audit(session, period, now=request.now), period)

    return await request.read(view)


@api.get("/coverage/flags", role=FLAG_READERS)
async def list_flags(request: Request, query: PeriodQuery) -> FlagList:
    """How many rows each flag has, as counted within the last quarter of an hour or when it was last asked for.

    What is older is counted again in the background; a period that nobody ever asked for is counted now.
    """
    period = query.period(shanghai_day(request.now))
    kept = await request.read(kept_flags, period)
    if kept is None:
        keys = await request.read(flagged_keys, period, now=request.now)
        kept = await request.write(keep_flags, period, keys, now=request.now)
    elif request.now - kept.at > FRESH_FOR:
        await request.write(count_soon, period, now=request.now)
    return FlagList.of(kept)


@api.get("/coverage/rows", role=READERS)
async def list_coverage_rows(request: Request, query: RowsQuery) -> CoverageRows:
    """The rows behind a number, newest first; without any choice all that were closed."""
    period = query.period(shanghai_day(request.now))
    wanted = Wanted(period, request.now, after=query.after, limit=PAGE_ROWS)

    def view(session: Session) -> CoverageRows:
        if query.flag is not None:
            return _flag_page(session, query.flag, wanted, request.actor)
        if query.standing is not None:
            return _standing_page(session, query.standing, wanted, request.actor)
        return _fate_page(session, query, wanted, request.actor)

    return await request.read(view)


@api.post("/coverage/checks", role=JUDGES, also=(404,))
async def check_row(request: Request, query: PeriodQuery, body: CheckBody) -> CheckView:
    """已核查: keep what was found about a flagged row; it stays listed, as dealt with."""
    period = query.period(shanghai_day(request.now))
    row = await request.read(flagged_row, body.flag, body.key, period, now=request.now)
    checked: CheckView = await request.write(
        record_check, row, finding=body.finding, by=request.actor, now=request.now, view=CheckView.model_validate
    )
    return checked


def _flag_page(session: Session, flag: Flag, wanted: Wanted, by: Actor) -> CoverageRows:
    found = flagged(session, flag, wanted)
    seen = shown_tickets(session, [number for one in found for number in one.row.numbers], by=by)
    rows = [_flag_row(one, seen) for one in found if not one.row.numbers or seen.keys() & set(one.row.numbers)]
    return CoverageRows(rows=rows, next=_next([one.row.id for one in found]))


def _flag_row(one: Flagged, seen: Mapping[str, Ticket]) -> CoverageRow:
    numbers = [number for number in one.row.numbers if number in seen]
    return CoverageRow(
        id=one.row.id,
        key=one.row.key,
        numbers=numbers,
        title=title_of(seen[numbers[0]]) if len(numbers) == 1 else "",
        unit_name=one.row.unit_name,
        at=one.row.at,
        what=one.row.what,
        checks=[_check(check) for check in one.checks],
    )


def _check(check: CoverageCheck) -> CheckView:
    return CheckView.model_validate(check)


def _standing_page(session: Session, standing: Standing, wanted: Wanted, by: Actor) -> CoverageRows:
    found = population_rows(session, wanted.period, standing, after=wanted.after, limit=wanted.limit)
    seen = shown_tickets(session, [ticket.number for ticket in found], by=by)
    names = _unit_names(session, found)
    rows = [
        _ticket_row(ticket, names.get(ticket.unit_id or 0, ""), ticket.state.name_zh, is_registered=True)
        for ticket in found
        if ticket.number in seen
    ]
    return CoverageRows(rows=rows, next=_next([ticket.id for ticket in found]))


def _fate_page(session: Session, query: RowsQuery, wanted: Wanted, by: Actor) -> CoverageRows:
    fates = (query.fate,) if query.fate is not None else reaching(query.stage or Stage.CLOSED)
    found = fate_rows(
        session,
        wanted.period,
        fates,
        reason=query.reason,
        subject=query.subject,
        now=wanted.now,
        after=wanted.after,
        limit=wanted.limit,
    )
    seen = shown_tickets(session, [row.ticket.number for row in found], by=by)
    rows = [
        _ticket_row(row.ticket, row.unit_name or "", "：".join(_words(row.fate, row.reason)))
        for row in found
        if row.ticket.number in seen
    ]
    return CoverageRows(rows=rows, next=_next([row.ticket.id for row in found]))


def _words(fate: Fate, reason: Reason | None) -> Iterable[str]:
    return [fate.name_zh, reason.name_zh] if reason else [fate.name_zh]


def _ticket_row(ticket: Ticket, unit_name: str, what: str, *, is_registered: bool = False) -> CoverageRow:
    return CoverageRow(
        id=ticket.id,
        key="",
        numbers=[ticket.number],
        title=title_of(ticket),
        unit_name=unit_name,
        at=ticket.registered_at if is_registered else ticket.closed_at,
        what=what,
        checks=[],
    )


def shown_tickets(session: Session, numbers: Iterable[str], *, by: Actor) -> dict[str, Ticket]:
    """Those of these that are not kept from the reader; the counts hold all of them."""
    found = session.scalars(select(Ticket).where(Ticket.number.in_(list(numbers)), not_kept_from(by)))
    return {ticket.number: ticket for ticket in found}


def _unit_names(session: Session, tickets: Sequence[Ticket]) -> dict[int, str]:
    wanted = {ticket.unit_id for ticket in tickets}
    return {unit.id: unit.name for unit in session.scalars(select(Unit).where(Unit.id.in_(wanted)))}


def _next(ids: Sequence[int]) -> int | None:
    return ids[-1] if len(ids) == PAGE_ROWS else None
