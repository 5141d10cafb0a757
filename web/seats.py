"""The agent's seat: sit down, ready, pause, wrap-up, leave; all seats for those who watch the floor."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints
from sqlalchemy.orm import Session

from core.masking import mask_phone
from staff.rules import Actor, Role
from telephony.errors import SeatNotFound
from telephony.events import QueueChanged, SeatChanged
from telephony.model import Call, Seat
from telephony.queries import QueuePicture, SeatEntry, find_seat, list_seats, live_queue, seat_of_person
from telephony.rules import (
    CallState,
    PauseReason,
    Phase,
    Presence,
    SeatKind,
    SeatState,
    seat_state,
)
from telephony.seats import (
    add_seat,
    extend_wrap_up,
    last_wrap_up_call,
    log_in_seat,
    log_out_seat,
    make_seat_ready,
    pause_seat,
)
from telephony.settings import TelephonySettings
from tickets.actions.summaries import require_summary
from web.api import Api, Body, Moment, Request, View
from web.live import Topic

api = Api()

#: Who has a seat, and who may see all of them.
SEATED = (Role.AGENT, Role.SPECIALIST, Role.SHIFT_LEADER)
WATCHERS = (Role.SHIFT_LEADER, Role.SUPERVISOR, Role.QUALITY, Role.ADMINISTRATOR, Role.INSPECTOR)

SeatAct = Callable[..., Seat]
SeatNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")]


class SeatCall(View):
    """The call at a seat, in short; the caller's number is masked."""

    id: int
    caller: str | None
    dialled: str | None
    line: str | None
    state: CallState
    is_held: bool
    queued_at: Moment | None
    answered_at: Moment | None
    waited_s: float | None
    version: int

    @classmethod
    def of(cls, call: Call) -> Self:
        kept = {name: getattr(call, name) for name in cls.model_fields if name != "caller"}
        return cls(caller=mask_phone(call.caller) if call.caller else None, **kept)


class SeatView(View):
    """A seat: who sits there, its state and since when.

    `is_pushed` is false, and `push_error` may say why, while Asterisk's queue does not yet agree.
    """

    id: int
    number: str
    kind: SeatKind
    queue: str
    state: SeatState
    presence: Presence
    phase: Phase
    reason: PauseReason | None
    state_since: Moment
    wrap_up_until: Moment | None
    extended: int
    person_id: int | None
    person_name: str | None
    staff_number: str | None
    is_pushed: bool
    push_error: str | None
    version: int
    call: SeatCall | None

    @classmethod
    def of(cls, entry: SeatEntry) -> Self:
        seat, who = entry.seat, entry.who
        same = ("id", "number", "kind", "queue", "presence", "phase", "reason", "state_since", "wrap_up_until")
        also = ("extended", "person_id", "push_error", "version")
        return cls(
            **{name: getattr(seat, name) for name in (*same, *also)},
            state=seat_state(seat.presence, seat.phase),
            person_name=who.person_name,
            staff_number=who.staff_number,
            is_pushed=seat.pushed == seat.wanted,
            call=SeatCall.of(entry.call) if entry.call else None,
        )


class SeatList(View):
    rows: list[SeatView]


class WaitingView(View):
    """Somebody in the queue; the number is masked."""

    call_id: int
    caller: str | None
    line: str | None
    queued_at: Moment


class QueueView(View):
    """A queue as it is now: who waits, longest first, and the seats by what they do."""

    queue: str
    waiting: list[WaitingView]
    talking: int
    ready: int
    paused: int
    wrap_up: int
    signed_in: int

    @classmethod
    def of(cls, picture: QueuePicture) -> Self:
        waiting = [
            WaitingView(
                call_id=call.id,
                caller=mask_phone(call.caller) if call.caller else None,
                line=call.line,
                queued_at=call.queued_at,
            )
            for call in picture.waiting
            if call.queued_at
        ]
        counts = {name: getattr(picture, name) for name in ("talking", "ready", "paused", "wrap_up", "signed_in")}
        return cls(queue=picture.queue, waiting=waiting, **counts)


class Sit(Body):
    """Where somebody sits down."""

    number: SeatNumber


class Pause(Body):
    """Why no calls are wanted: 小休 用餐 培训 会议 整理."""

    reason: PauseReason


class Extend(Body):
    """Why the wrap-up needs longer."""

    reason: str = Field(min_length=1, max_length=200)


class NewSeat(Body):
    """A place that takes calls, and how Asterisk names its telephone."""

    number: SeatNumber
    interface: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+/[A-Za-z0-9@._+-]{1,60}$")]
    kind: SeatKind = SeatKind.BROWSER
    queue: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}$")] | None = None


@api.get("/seats", role=(*SEATED, *WATCHERS))
async def list_all(request: Request) -> SeatList:
    """Every seat by its number."""
    return await request.read(_list)


@api.post("/seats", role=Role.ADMINISTRATOR, status=201)
async def create(request: Request, body: NewSeat) -> SeatView:
    """Make a seat, or give an existing one another telephone or queue."""
    settings = request.service(TelephonySettings)
    return await request.write(_create, body, settings, now=request.now)


@api.get("/seat", role=SEATED, also=(404,))
async def show(request: Request) -> SeatView:
    """The seat that I sit at."""
    return await request.read(seat_of_person, person_of(request), view=SeatView.of)


@api.post("/seat/login", role=SEATED, also=(404,))
async def log_in(request: Request, body: Sit) -> SeatView:
    """Sit down: the seat joins the queue, paused until it is ready."""
    return await request.write(_seated, log_in_seat, body.number, person_id=person_of(request), now=request.now)


@api.post("/seat/ready", role=SEATED, also=(404,))
async def make_ready(request: Request) -> SeatView:
    """Take calls.  Ends a pause or the wrap-up; the wrap-up only once its call has an outcome."""
    return await request.write(_ready, person_id=person_of(request), now=request.now)


@api.post("/seat/pause", role=SEATED, also=(404,))
async def pause(request: Request, body: Pause) -> SeatView:
    """Take no further calls, also after the present one."""
    return await request.write(_seated, pause_seat, body.reason, person_id=person_of(request), now=request.now)


@api.post("/seat/wrap-up/extend", role=SEATED, also=(404,))
async def extend(request: Request, body: Extend) -> SeatView:
    """Put the end of the wrap-up off."""
    settings = request.service(TelephonySettings)
    return await request.write(
        _seated,
        extend_wrap_up,
        person_id=person_of(request),
        by_s=settings.wrap_up_extend_s,
        at_most=settings.wrap_up_extensions,
        reason=body.reason,
        now=request.now,
    )


@api.post("/seat/wrap-up/end", role=SEATED, also=(404,))
async def end_wrap_up(request: Request) -> SeatView:
    """End the wrap-up before its time, once its call has an outcome."""
    return await request.write(_ready, person_id=person_of(request), now=request.now)


@api.post("/seat/logout", role=SEATED, also=(404,))
async def log_out(request: Request) -> SeatView:
    """Leave: the seat leaves the queue."""
    return await request.write(_left, person_id=person_of(request), now=request.now)


@api.get("/queues/{name}", role=(*SEATED, *WATCHERS))
async def show_queue(request: Request, name: Annotated[str, StringConstraints(max_length=80)]) -> QueueView:
    """A queue as it is now."""
    return await request.read(live_queue, name, view=QueueView.of)


def person_of(request: Request) -> int:
    """Who asks; everybody who logs in is a person."""
    return request.actor.person_id or 0


def _list(session: Session) -> SeatList:
    return SeatList(rows=[SeatView.of(entry) for entry in list_seats(session)])


def _create(session: Session, body: NewSeat, settings: TelephonySettings, *, now: datetime) -> SeatView:
    seat = add_seat(
        session,
        number=body.number,
        node=settings.node,
        interface=body.interface,
        kind=body.kind,
        queue=body.queue or settings.queue,
        now=now,
    )
    return SeatView.of(find_seat(session, seat.id))


def _seated(session: Session, act: SeatAct, /, *args: object, **kwargs: object) -> SeatView:
    """Do something to a seat and show it as it then is."""
    seat_id = act(session, *args, **kwargs).id
    session.flush()
    return SeatView.of(find_seat(session, seat_id))


def _ready(session: Session, *, person_id: int, now: datetime) -> SeatView:
    seat = seat_of_person(session, person_id).seat
    call_id = last_wrap_up_call(session, seat.id) if seat.presence is Presence.WRAP_UP else None
    if call_id is not None:
        require_summary(session, call_id)
    return _seated(session, make_seat_ready, person_id=person_id, now=now)


def _left(session: Session, *, person_id: int, now: datetime) -> SeatView:
    return _seated(session, log_out_seat, person_id=person_id, now=now)


def may_watch_seats(actor: Actor, _key: str) -> bool:
    """Numbers on these topics are masked, so everybody on the floor may see them."""
    return actor.may_act_as((*SEATED, *WATCHERS))


def read_seat(session: Session, key: str, *, now: datetime) -> SeatView | None:
    """The row of topic seat:<id>; None for no such seat."""
    try:
        return SeatView.of(find_seat(session, int(key))) if key.isdecimal() else None
    except SeatNotFound:
        return None


def read_queue(session: Session, key: str, *, now: datetime) -> QueueView | None:
    """The row of topic queue:<name>."""
    return QueueView.of(live_queue(session, key))


TOPICS = (
    Topic("seat", may_watch_seats, read_seat, {SeatChanged: lambda event: str(event.seat_id)}),
    Topic("queue", may_watch_seats, read_queue, {QueueChanged: lambda event: event.queue}, least_gap_s=0.25),
)
