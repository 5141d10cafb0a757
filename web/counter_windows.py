"""Windows of halls, for administrators: register, close, renew link and device key, print; and their figures."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any, Self
from urllib.parse import quote

from aiohttp import web as http
from pydantic import Field
from sqlalchemy.orm import Session

from core.audit.actions import record_view
from core.computer import Computer
from core.qr import qr_modules, qr_svg
from evaluation.counters import windows
from evaluation.counters.model import CounterWindow
from evaluation.counters.queries import WindowRow, halls, unregistered_windows, windows_by_id
from evaluation.counters.queries import windows as all_windows
from evaluation.counters.rules import WindowKey, device_key, window_link
from evaluation.office import EvaluationOffice
from indicators.counters import CounterLine, CounterScope, counter_lines, general_ratings_in
from indicators.periods import asked_period, shanghai_day
from staff.rules import Role
from tickets.printing.making import make_signs
from tickets.printing.rules import Sign
from web.api import Api, Body, Moment, Query, Request, RowId, View
from web.satisfaction_views import AnswersView

api = Api(prefix="/api/counters")

READERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SHIFT_LEADER, Role.INSPECTOR)
SIGNS_MOST = 100
PATIENCE_S = 20.0
SVG, PDF = "image/svg+xml", "application/pdf"


class CounterWindowView(View):
    """A window; `has_device`: a key was made for one, `general`: ratings without a matter."""

    id: int
    hall: str
    number: str
    name: str
    unit_code: str
    unit_name: str
    is_active: bool
    has_device: bool
    device_seen_at: Moment | None
    general: int

    @classmethod
    def of(cls, row: WindowRow) -> Self:
        window = row.window
        return cls(
            id=window.id,
            hall=row.hall,
            number=window.number,
            name=window.name,
            unit_code=row.unit_code,
            unit_name=row.unit,
            is_active=window.is_active,
            has_device=window.device_no > 0,
            device_seen_at=window.device_seen_at,
            general=row.general,
        )


class HallView(View):
    code: str
    name: str


class UnregisteredWindow(View):
    """One that a hall names in its matters and nobody has registered here."""

    hall: str
    number: str
    matters: int


class CounterWindows(View):
    rows: list[CounterWindowView]
    halls: list[HallView]
    unregistered: list[UnregisteredWindow]


class WindowBody(Body):
    name: str = Field(min_length=1, max_length=60)
    unit_code: str = Field(min_length=1, max_length=40)
    is_active: bool = True


class NewWindow(Body):
    """`hall` is the code of its platform, `number` as the hall's own system names the window."""

    hall: str = Field(min_length=1, max_length=20)
    number: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=60)
    unit_code: str = Field(min_length=1, max_length=40)


class DeviceKey(View):
    """Shown once: it is typed into the device's page."""

    key: str


class Signs(Body):
    window_ids: list[RowId] = Field(min_length=1, max_length=SIGNS_MOST)


class CounterQuery(Query):
    """Days in Shanghai, both included; without them the present statistical month."""

    by: CounterScope = CounterScope.WINDOW
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")


class CounterFigure(View):
    """One part; `not_asked`: no device put the question, and nobody rated by another way."""

    code: str
    name: str
    answers: AnswersView
    not_asked: int

    @classmethod
    def of(cls, line: CounterLine) -> Self:
        answers = AnswersView.of(line.answers)
        return cls(code=line.code, name=line.name, answers=answers, not_asked=line.answers.closed - line.asked)


class CounterFigures(View):
    """`general`: what was said of windows without a matter, in no rate."""

    rows: list[CounterFigure]
    general_answered: int
    general_satisfied: int


@api.get("/windows", role=READERS)
async def list_windows(request: Request) -> CounterWindows:
    """All windows, the halls, and windows that halls name and nobody registered."""
    return await request.read(_all)


@api.post("/windows", role=Role.ADMINISTRATOR, status=201, also=(404, 409))
async def add_window(request: Request, body: NewWindow) -> CounterWindowView:
    """Register a window."""

    def add(session: Session) -> CounterWindow:
        return windows.add_window(session, **body.model_dump(), now=request.now)

    return await _changed(request, "add_window", add)


@api.put("/windows/{window_id}", role=Role.ADMINISTRATOR, also=(404,))
async def change_window(request: Request, window_id: RowId, body: WindowBody) -> CounterWindowView:
    """Correct a window, or close it."""

    def change(session: Session) -> CounterWindow:
        return windows.change_window(session, window_id, **body.model_dump())

    return await _changed(request, "change_window", change)


@api.post("/windows/{window_id}/device", role=Role.ADMINISTRATOR, also=(404,))
async def make_device_key(request: Request, window_id: RowId) -> DeviceKey:
    """Make the next key; a device that holds the one before is shut out."""
    master = request.service(EvaluationOffice).link_key

    def renew(session: Session) -> DeviceKey:
        window = windows.renew_device(session, window_id)
        _note(session, request, "renew_device", window)
        return DeviceKey(key=device_key(WindowKey(window.id, window.device_no), master=master))

    return await request.write(renew)


@api.post("/windows/{window_id}/link", role=Role.ADMINISTRATOR, also=(404,))
async def renew_window_link(request: Request, window_id: RowId) -> CounterWindowView:
    """Renew the QR link: what was printed before opens nothing."""
    return await _changed(request, "renew_link", lambda session: windows.renew_link(session, window_id))


@api.get("/windows/{window_id}/qr.svg", role=READERS, also=(404,), files=(SVG,))
async def show_qr(request: Request, window_id: RowId) -> http.StreamResponse:
    """The window's QR code as a picture."""
    sign = (await request.read(windows_by_id, [window_id], view=_signs(request)))[0]
    return http.Response(body=qr_svg(sign.address), content_type=SVG)


@api.post("/signs", role=Role.ADMINISTRATOR, also=(404,), files=(PDF,))
async def print_signs(request: Request, body: Signs) -> http.StreamResponse:
    """Signs to hang at windows, one A4 page each."""
    signs = await request.read(windows_by_id, body.window_ids, view=_signs(request))
    made = await asyncio.to_thread(request.service(Computer).run, make_signs, signs, patience_s=PATIENCE_S)
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote('窗口评价二维码')}.pdf"}
    return http.Response(body=made, content_type=PDF, headers=headers)


@api.get("/figures", role=READERS)
async def show_counter_figures(request: Request, query: CounterQuery) -> CounterFigures:
    """窗口事项 by unit, item, window or person; in order of code, never of rate."""
    period = asked_period(query.first, query.last, shanghai_day(request.now))

    def figures(session: Session) -> CounterFigures:
        general = general_ratings_in(session, period)
        return CounterFigures(
            rows=[CounterFigure.of(line) for line in counter_lines(session, period, query.by)],
            general_answered=general.answered,
            general_satisfied=general.satisfied,
        )

    return await request.read(figures)


def _all(session: Session) -> CounterWindows:
    return CounterWindows(
        rows=[CounterWindowView.of(row) for row in all_windows(session)],
        halls=[HallView(code=code, name=name) for code, name in halls(session)],
        unregistered=[
            UnregisteredWindow(hall=hall, number=number, matters=n) for hall, number, n in unregistered_windows(session)
        ],
    )


async def _changed(request: Request, act: str, change: Callable[[Session], CounterWindow]) -> CounterWindowView:
    """Change a window and write it down in one transaction."""

    def write(session: Session) -> CounterWindowView:
        window = change(session)
        _note(session, request, act, window)
        session.flush()
        return CounterWindowView.of(windows_by_id(session, [window.id])[0])

    return await request.write(write)


def _note(session: Session, request: Request, act: str, window: CounterWindow) -> None:
    by = request.actor
    record_view(session, by.label, by.person_id, act, "counter_window", window.id, "窗口管理", request.now)


def _signs(request: Request) -> Callable[[Any], list[Sign]]:
    """Each window's sign, with the address of its code."""
    master, base = request.service(EvaluationOffice).link_key, request.services.settings.base_url

    def of(rows: list[WindowRow]) -> list[Sign]:
        signs = []
        for row in rows:
            window = row.window
            address = f"{base}/c/{window_link(WindowKey(window.id, window.link_no), master=master)}"
            signs.append(Sign(row.hall, window.number, window.name, address, qr_modules(address)))
        return signs

    return of
