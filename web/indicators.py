"""Figures with their formula cards, and the rows behind them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Self

from pydantic import Field

from core.masking import mask_phone
from evaluation.repairs.model import Repair
from indicators.automatic import CheckPart, check_rows
from indicators.calls import CallPart, call_rows
from indicators.cards import FormulaCard, card
from indicators.counts.rules import Standing
from indicators.head_cards import any_card
from indicators.on_time import TimelyPart, timely_rows
from indicators.periods import Period, asked_period, shanghai_day
from indicators.population import population_rows
from indicators.queries import show, show_all
from indicators.repairs import RepairPart, repair_rows
from indicators.satisfaction import AnswerRow, Part, Slice, answer_rows
from staff.rules import Role
from telephony.model import Call
from telephony.rules import CallResult
from tickets.model import AutomaticDispatch, Ticket
from web.api import ANYONE, Api, Moment, Query, Request, RowId, View

api = Api()
READERS = (Role.SUPERVISOR, Role.SHIFT_LEADER, Role.INSPECTOR, Role.ADMINISTRATOR, Role.QUALITY)
PAGE_ROWS = 50


class PeriodQuery(Query):
    """Days in Shanghai, both included; without them the present statistical month (26th to 25th)."""

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")

    def period(self, today: date) -> Period:
        """Raises PeriodBackwards, PeriodTooFar."""
        return asked_period(self.first, self.last, today)


class RowsQuery(PeriodQuery):
    """`part`: numerator, … for calls; closed, … for satisfaction; due, … for 按期办结率; checked, … for 抽检;
    valid, … for 差评整改率.

    `standing` for 人口账.
    """

    part: CallPart | Part | TimelyPart | CheckPart | RepairPart | None = None
    standing: Standing | None = None
    after: RowId | None = None


class CardView(View):
    name: str
    title: str
    formula: str
    numerator: str
    denominator: str
    time_basis: str
    exclusions: str
    source: str
    version: int
    target: float | None

    @classmethod
    def of(cls, shown: FormulaCard) -> Self:
        return cls(**asdict(shown))


class IndicatorView(View):
    """`figure` holds the parts by name, as `hotline indicators show` prints them; shares are 0…1."""

    card: CardView
    first: date
    last: date
    figure: dict[str, Any]

    @classmethod
    def of(cls, shown: dict[str, Any]) -> Self:
        parts = {name: value for name, value in shown.items() if name not in {"card", "from", "to", "name"}}
        return cls(card=CardView(**shown["card"]), first=shown["from"], last=shown["to"], figure=parts)


class IndicatorList(View):
    rows: list[IndicatorView]

    @classmethod
    def of(cls, shown: list[dict[str, Any]]) -> Self:
        return cls(rows=[IndicatorView.of(one) for one in shown])


class IndicatorRow(View):
    """A call or a ticket that counts; `note` is its result, level or state."""

    id: int
    ticket_number: str | None
    caller: str | None
    at: Moment | None
    waited_s: float | None
    note: str | None

    @classmethod
    def of_call(cls, call: Call) -> Self:
        return cls(
            id=call.id,
            ticket_number=None,
            caller=mask_phone(call.caller) if call.caller else None,
            at=call.began_at,
            waited_s=call.waited_s,
            note=CallResult(call.result) if call.result else None,
        )

    @classmethod
    def of_answer(cls, row: AnswerRow) -> Self:
        at = row.closed_at or row.rated_at
        level = str(row.level) if row.level else None
        return cls(id=row.id, ticket_number=row.ticket_number, caller=None, at=at, waited_s=None, note=level)

    @classmethod
    def of_check(cls, sent: AutomaticDispatch) -> Self:
        note = None if sent.is_right is None else ("right" if sent.is_right else "wrong")
        number = sent.ticket.number
        return cls(id=sent.id, ticket_number=number, caller=None, at=sent.sent_at, waited_s=None, note=note)

    @classmethod
    def of_repair(cls, repair: Repair) -> Self:
        """Needs `Repair.ticket`."""
        number, at = repair.ticket.number, repair.opened_at
        return cls(id=repair.id, ticket_number=number, caller=None, at=at, waited_s=None, note=repair.state)

    @classmethod
    def of_ticket(cls, ticket: Ticket) -> Self:
        at = ticket.registered_at
        return cls(id=ticket.id, ticket_number=ticket.number, caller=None, at=at, waited_s=None, note=ticket.state)


class IndicatorRows(View):
    rows: list[IndicatorRow]
    next: int | None

    @classmethod
    def of(cls, rows: list[IndicatorRow]) -> Self:
        return cls(rows=rows, next=rows[-1].id if len(rows) == PAGE_ROWS else None)


@api.get("/indicators", role=READERS)
async def list_indicators(request: Request, query: PeriodQuery) -> IndicatorList:
    """Every figure for one period."""
    period = query.period(shanghai_day(request.now))
    return await request.read(show_all, period.first, period.last, now=request.now, view=IndicatorList.of)


@api.get("/indicators/{name}", role=ANYONE)
async def show_indicator(request: Request, name: str, query: PeriodQuery) -> IndicatorView:
    """One figure with its card."""
    period = query.period(shanghai_day(request.now))
    return await request.read(show, name, period.first, period.last, now=request.now, view=IndicatorView.of)


@api.get("/indicators/{name}/card", role=ANYONE)
async def show_card(request: Request, name: str) -> CardView:
    """How a figure is computed, one of a period or one above a list of work."""
    return CardView.of(any_card(name))


@api.get("/indicators/{name}/rows", role=READERS)
async def list_indicator_rows(request: Request, name: str, query: RowsQuery) -> IndicatorRows:
    """The rows behind a figure, newest first, numbers masked."""
    period = query.period(shanghai_day(request.now))
    page = {"after": query.after, "limit": PAGE_ROWS}
    match card(name).name:
        case "satisfaction":
            part = query.part if isinstance(query.part, Part) else Part.ANSWERED
            rows = await request.read(answer_rows, Slice(period), part, **page, view=_answer_rows)
        case "population":
            rows = await request.read(population_rows, period, query.standing, **page, view=_ticket_rows)
        case "on_time_rate":
            wanted = query.part if isinstance(query.part, TimelyPart) else TimelyPart.DUE
            rows = await request.read(timely_rows, wanted, period, now=request.now, **page, view=_ticket_rows)
        case "repair_rate" | "repair_on_time_rate":
            mended = query.part if isinstance(query.part, RepairPart) else RepairPart.VALID
            rows = await request.read(repair_rows, mended, period, **page, view=_repair_rows)
        case "auto_dispatch_error":
            checked = query.part if isinstance(query.part, CheckPart) else CheckPart.CHECKED
            rows = await request.read(check_rows, checked, period, **page, view=_check_rows)
        case _:
            asked = query.part if isinstance(query.part, CallPart) else CallPart.DENOMINATOR
            rows = await request.read(call_rows, name, asked, period, **page, view=_call_rows)
    return IndicatorRows.of(rows)


def _answer_rows(rows: Sequence[AnswerRow]) -> list[IndicatorRow]:
    return [IndicatorRow.of_answer(row) for row in rows]


def _check_rows(rows: Sequence[AutomaticDispatch]) -> list[IndicatorRow]:
    return [IndicatorRow.of_check(row) for row in rows]


def _repair_rows(repairs: Sequence[Repair]) -> list[IndicatorRow]:
    return [IndicatorRow.of_repair(repair) for repair in repairs]


def _ticket_rows(tickets: Sequence[Ticket]) -> list[IndicatorRow]:
    return [IndicatorRow.of_ticket(ticket) for ticket in tickets]


def _call_rows(calls: Sequence[Call]) -> list[IndicatorRow]:
    return [IndicatorRow.of_call(call) for call in calls]
