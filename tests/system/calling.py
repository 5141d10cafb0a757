"""A citizen's call at the front of a walk: the built-in exchange runs in the test and lives on when the server dies."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import SystemClock
from telephony.exchange.builtin import BuiltInExchange
from telephony.exchange.demo_call import Deed, DemoCall, Pace, Stage
from telephony.model import Call, Seat
from telephony.rules import Presence, SeatKind
from telephony.seats import add_seat
from telephony.settings import AmiSettings
from tests.system.walk import Walk, ask, token_of
from tickets.model import CallSummary, Draft, Ticket

SEAT = "8101"
SECRET = "for tests only"
#: Long enough for a server that dies and rises while the seat rings or the citizen is asked for a key.
PACE = Pace(greeting_s=0.3, ring_s=200, rating_s=200, farewell_s=0.2)

Result = TypeVar("Result")


class Telephones:
    """The exchange in a thread and loop of its own; `environment` is what the server needs to find it."""

    def __init__(self, exchange: BuiltInExchange, loop: asyncio.AbstractEventLoop) -> None:
        self.exchange = exchange
        self._loop = loop

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOTLINE_TELEPHONY__IS_ENABLED": "true",
            "HOTLINE_TELEPHONY__AMI__PORT": str(self.exchange.port),
            "HOTLINE_TELEPHONY__AMI__SECRET": SECRET,
            "HOTLINE_TELEPHONY__QUEUE_LOG": str(self.exchange.queue_log),
            "HOTLINE_TELEPHONY__RECORDINGS": str(self.exchange.recordings),
            "HOTLINE_TELEPHONY__LEASE_S": "2",
            "HOTLINE_TELEPHONY__WRAP_UP_S": "0",
        }

    def do(self, deed: Callable[..., Result], *args: Any) -> Result:
        """Call something of the exchange in its own loop."""

        async def done() -> Result:
            return deed(*args)

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)


@contextmanager
def telephones(folder: Path) -> Iterator[Telephones]:
    """A running exchange until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="exchange")
    thread.start()
    ami = AmiSettings(secret=SecretStr(SECRET)).model_copy(update={"port": 0})
    exchange = BuiltInExchange(folder / "exchange", ami, clock=SystemClock(), pace=PACE)
    try:
        asyncio.run_coroutine_threadsafe(exchange.start(), loop).result(10)
        yield Telephones(exchange, loop)
        asyncio.run_coroutine_threadsafe(exchange.stop(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def found_seat(session: Session, now: datetime) -> None:
    add_seat(session, number=SEAT, node="main", interface=f"PJSIP/{SEAT}", kind=SeatKind.PHONE, queue="12345", now=now)


class CalledWalk(Walk):
    """The same walk, begun by a call: ring, answer, form, hang up, key, outcome; then as before."""

    lines: Telephones

    def register(self) -> str:
        self.take_seat()
        call = self.lines.do(self.lines.exchange.place_call, self.phone)
        self.until(lambda: call.stage is Stage.RINGING and self.is_stored(), within_s=1)
        # at the telephone, not on the page: a server that rose meanwhile may not know the telephone's channel
        self.until(
            lambda: self.call_is("talking"),
            lambda: self.at_telephone(call, Stage.RINGING, Deed.ANSWER),
            within_s=0.3,
        )
        self.until(lambda: self.draft() is not None, within_s=0.5)
        draft = f"drafts/{self.draft()}/register"
        self.until(
            lambda: self.database.read(number_of, self.call_id()) is not None,
            lambda: self.at_desk(draft, {"form": self.form()}),
            within_s=0.05,
        )
        self.finish(call)
        number = self.database.read(number_of, self.call_id())
        assert number is not None
        return number

    def at_telephone(self, call: DemoCall, stage: Stage, deed: Deed) -> None:
        if call.stage is stage:
            self.lines.do(self.lines.exchange.seat_does, SEAT, deed)

    def is_stored(self) -> bool:
        return self.database.read(state_of_call, self.phone) is not None

    def take_seat(self) -> None:
        def sit() -> None:
            self.at_desk("seat/login", {"number": SEAT})
            self.at_desk("seat/ready")

        self.until(lambda: self.database.read(seat_is_ready), sit, within_s=0.3)

    def finish(self, call: DemoCall) -> None:
        """Hang up, let the citizen press 5, say what came of the call."""
        call_id = self.call_id()
        self.until(
            lambda: call.stage in {Stage.RATING, Stage.ENDED},
            lambda: self.at_telephone(call, Stage.TALKING, Deed.SEAT_HANGS_UP),
            within_s=0.3,
        )
        self.lines.do(call.do, Deed.KEY, "5")
        self.until(lambda: self.call_is("ended"), within_s=0.5)
        self.until(
            lambda: self.database.read(has_outcome, call_id),
            lambda: ask(
                self.url,
                "PUT",
                f"/api/calls/{call_id}/outcome",
                token=token_of(self.city.agent),
                body={"outcome": "ticket"},
            ),
            within_s=0.05,
        )

    def at_desk(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        return self.post(self.city.agent, f"/{path}", body or {})

    def call_id(self) -> int:
        """Raises NoResultFound when the call was stored twice or not at all."""
        return self.database.read(id_of_call, self.phone)

    def call_is(self, state: str) -> bool:
        return self.database.read(state_of_call, self.phone) == state

    def draft(self) -> int | None:
        return self.database.read(draft_of, self.call_id())


def seat_is_ready(session: Session) -> bool:
    seat = session.scalars(select(Seat).where(Seat.number == SEAT)).one()
    return seat.presence is Presence.READY and seat.pushed == seat.wanted


def state_of_call(session: Session, caller: str) -> str | None:
    return session.scalar(select(Call.state).where(Call.caller == caller))


def id_of_call(session: Session, caller: str) -> int:
    return session.scalars(select(Call.id).where(Call.caller == caller)).one()


def draft_of(session: Session, call_id: int) -> int | None:
    return session.scalar(select(Draft.id).where(Draft.call_id == call_id))


def number_of(session: Session, call_id: int) -> str | None:
    return session.scalar(select(Ticket.number).where(Ticket.call_id == call_id))


def has_outcome(session: Session, call_id: int) -> bool:
    return session.scalar(select(CallSummary.id).where(CallSummary.call_id == call_id)) is not None


def calls_as_told(session: Session) -> list[dict[str, Any]]:
    """What must be true of each call, whatever died meanwhile."""
    return [
        {
            "caller": call.caller,
            "state": str(call.state),
            "result": str(call.result),
            "seat": call.answered_seat,
            "key": call.rating_key,
            "talked": (call.talk_s or 0) > 0,
        }
        for call in session.scalars(select(Call).order_by(Call.id))
    ]
