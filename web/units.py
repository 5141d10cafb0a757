"""The unit's inbox, and who the units are."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.repairs.queries import open_repairs
from evaluation.verdict import Answers, Verdict
from indicators.answers import answers
from indicators.periods import shanghai_day, statistical_month
from indicators.satisfaction import Slice
from nlp.initials import initials
from staff.model import Unit
from staff.queries import all_units, units_within
from staff.rules import Actor, Role, UnitKind
from tickets.model import Oversight, Ticket
from tickets.queries.inbox import (
    Figure,
    InboxHead,
    InboxPage,
    Tab,
    figure_list,
    inbox_head,
    inbox_list,
    papers_without_receipt,
)
from tickets.queries.lists import Filters
from tickets.settings import TicketOffice
from web.api import ANYONE, Api, Count, Moment, Page, Query, Request, RowId, View
from web.cutting import words_sought
from web.masked_views import title_of
from web.sharing_views import PaperView
from web.ticket_filters import TicketFilters
from web.ticket_rows import TicketRow

api = Api()


class UnitView(View):
    """A unit of the tree; `path` is /1/12/, `initials` are those of name and short name, a group for each character."""

    id: int
    parent_id: int | None
    path: str
    code: str
    name: str
    short_name: str
    kind: UnitKind
    initials: list[str]

    @classmethod
    def of(cls, unit: Unit) -> Self:
        return cls(
            id=unit.id,
            parent_id=unit.parent_id,
            path=unit.path,
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            initials=[initials(unit.name), initials(unit.short_name)],
        )


@api.get("/units", role=ANYONE)
async def show_units(request: Request) -> list[UnitView]:
    """List active units, parents before children."""

    def view(units: list[Unit]) -> list[UnitView]:
        return [UnitView.of(unit) for unit in units]

    shown: list[UnitView] = await request.read(all_units, view=view)
    return shown


class MonthView(View):
    """Satisfaction of this month's answers, never without its n; rate and interval are null without answers."""

    rated: int
    satisfied: int
    rate: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    verdict_name: str


class InboxHeadView(View):
    """待签收 · 今日到期 · 已超期 · 本月满意, papers without a receipt, and each tab's count (to 1,000).

    `repairs`: bad ratings for which the unit, or whoever decides on its appeal, still has something to do.
    """

    to_sign: int
    due_today: int
    overdue: int
    month: MonthView
    papers: int
    tabs: dict[Tab, int]
    repairs: int
    has_below: bool

    @classmethod
    def of(cls, head: InboxHead, rated: Answers, *, repairs: int, has_below: bool) -> Self:
        """`rated`: the answers whose rows stand behind 我的数据, of which silence is none."""
        said = replace(rated, closed=rated.answered)
        low, high = said.interval or (None, None)
        month = MonthView(
            rated=said.answered,
            satisfied=said.satisfied,
            rate=said.rate,
            low=low,
            high=high,
            verdict=said.verdict,
            verdict_name=said.verdict.name_zh,
        )
        return cls(
            to_sign=head.to_sign,
            due_today=head.due_today,
            overdue=head.overdue,
            month=month,
            papers=head.papers,
            tabs=head.tabs,
            repairs=repairs,
            has_below=has_below,
        )


class InboxRow(View):
    """A ticket of the unit, with who works on it and until when it may be given back.

    `first_due_at` is the limit of the first step (首次处置), null once it was taken.
    `below` is the unit it was sent down to (or this one), with its inner due time; `task` is a helper's own part.
    """

    ticket: TicketRow
    handler: str
    dispatched_at: Moment | None
    signed_at: Moment | None
    sign_due_at: Moment | None
    first_due_at: Moment | None
    return_until: Moment | None
    due_why: str
    below: str
    inner_due_at: Moment | None
    task: str


class InboxQuery(TicketFilters):
    """Which tab; or the rows of which figure, of the unit or with all below it; and what is looked for there.

    `working_unit_id`: with whom it is now, a unit or what lies below it.
    """

    tab: Tab = Tab.TO_SIGN
    figure: Figure | None = None
    with_below: bool = False
    working_unit_id: RowId | None = None
    after: str | None = Field(None, max_length=80)
    limit: int = Field(25, ge=1, le=100)

    def filters(self, words: Sequence[str]) -> Filters:
        return replace(self.narrowed_to(words), working_unit_id=self.working_unit_id)


def unit_of(actor: Actor) -> int:
    """The inbox belongs to the unit of whoever asks."""
    return actor.unit_id or 0


class HeadQuery(Query):
    """`with_below`: the four figures of the unit with all below it; the tabs are always its own."""

    with_below: bool = False


@api.get("/unit/inbox/head", role=Role.UNIT_OFFICER)
async def show_head(request: Request, query: HeadQuery) -> InboxHeadView:
    """Show the four figures and the tabs' counts; satisfaction is of the present statistical month."""
    unit_id, now = unit_of(request.actor), request.now

    def view(session: Session) -> InboxHeadView:
        below = _within(session, unit_id)
        reach = below if query.with_below else [unit_id]
        month = Slice(statistical_month(shanghai_day(now)), unit_ids=tuple(reach))
        rated = answers(session, month)
        head = inbox_head(session, unit_id=unit_id, by=request.actor, now=now, reach=reach)
        waiting = open_repairs(session, unit_id, by=request.actor)
        return InboxHeadView.of(head, rated, repairs=waiting, has_below=len(below) > 1)

    return await request.read(view)


@api.get("/unit/inbox", role=Role.UNIT_OFFICER)
async def show_inbox(request: Request, query: InboxQuery) -> Page[InboxRow]:
    """List one tab, or the rows of one figure, or what is looked for among them, due first."""
    unit_id, figure = unit_of(request.actor), query.figure
    wanted: dict[str, Any] = {
        "by": request.actor,
        "now": request.now,
        "filters": query.filters(await words_sought(request, query.q)),
        "phone_key": request.service(TicketOffice).phone_key,
        "after": query.after,
        "limit": query.limit,
    }

    def shown(session: Session) -> InboxPage:
        if figure is None:
            return inbox_list(session, unit_id=unit_id, tab=query.tab, **wanted)
        units = _within(session, unit_id) if query.with_below else [unit_id]
        return figure_list(session, figure, units=units, **wanted)

    page: Page[InboxRow] = await request.read(shown, view=inbox_rows)
    return page


def _within(session: Session, unit_id: int) -> list[int]:
    """The unit and all below it."""
    return [unit.id for unit in units_within(session, unit_id)]


def inbox_rows(page: InboxPage) -> Page[InboxRow]:
    rows = []
    for ticket in page.listed.tickets:
        holding, inner = page.holdings.get(ticket.id), page.below.get(ticket.id)
        part = page.parts.get(ticket.id)
        rows.append(
            InboxRow(
                ticket=TicketRow.of(ticket),
                handler=holding.handler if holding else "",
                dispatched_at=holding.dispatched_at if holding else None,
                signed_at=holding.signed_at if holding else None,
                sign_due_at=holding.sign_due_at if holding else None,
                first_due_at=holding.first_due_at if holding and holding.first_acted_at is None else None,
                return_until=holding.return_until if holding else None,
                due_why=holding.due_why if holding else "",
                below=inner.unit.short_name if inner else "",
                inner_due_at=inner.due_at if inner else None,
                task=part.task if part else "",
            )
        )
    count = Count(n=page.listed.n, more=page.listed.is_more)
    return Page[InboxRow](rows=rows, next=page.listed.next, count=count)


class WaitingPaper(View):
    """A paper of the ladder without a receipt, and the ticket that it is about."""

    number: str
    title: str
    paper: PaperView


@api.get("/unit/inbox/papers", role=Role.UNIT_OFFICER)
async def show_papers(request: Request) -> list[WaitingPaper]:
    """List papers that wait for the unit's receipt, oldest first."""

    def view(waiting: list[tuple[Oversight, Ticket]]) -> list[WaitingPaper]:
        return [
            WaitingPaper(number=ticket.number, title=title_of(ticket), paper=PaperView.of(paper))
            for paper, ticket in waiting
        ]

    papers: list[WaitingPaper] = await request.read(papers_without_receipt, unit_id=unit_of(request.actor), view=view)
    return papers
