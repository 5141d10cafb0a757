"""Many answers that are audited at once, a provider that stumbles, and processes that die while they ask citizens."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import aiohttp
from aiohttp import web as http
from sqlalchemy.orm import Session

from core.database import Database
from tests.sms.serving import Fault
from tests.sms.twilio_twin import ACCOUNT, NUMBER, TOKEN, Kept, TwilioTwin
from tests.system.server import Server
from tests.system.walk import site
from tests.tickets.making import OFFICE, City
from tickets.actions.ending import pass_audit

AT_ONCE = 50
#: what it does to a request instead of answering, after it has taken the message
STUMBLES = (
    Fault.TIMEOUT_AFTER_ACCEPTANCE,
    Fault.BROKEN_AFTER_ACCEPTANCE,
    Fault.STUMBLED_AFTER_ACCEPTANCE,
    Fault.GARBAGE_AFTER_ACCEPTANCE,
)
STUMBLES_SHARE = 0.04
#: what it pushes about a message: in order, out of order, twice, nothing
REPORTED = (("sent", "delivered"), ("delivered", "sent"), ("delivered", "delivered"), ("sent", "sent", "delivered"), ())
#: seconds between two pushes about one message; at 0 a report comes with the answer to the request
PAUSES = (0.0, 0.0, 0.2, 2.0)


def phone_of(n: int) -> str:
    """One citizen a ticket: a phone has one open request at a time."""
    return f"138{n:08}"


def handle_tickets(database: Database, city: City, many: int, *, now: datetime) -> list[int]:
    """Tickets whose units have answered; their ids."""

    def some(session: Session, first: int) -> list[int]:
        there = City.session_of(session, city)
        return [there.replied(now, phone=phone_of(n)).id for n in range(first, min(first + AT_ONCE, many))]

    return [ticket for first in range(0, many, AT_ONCE) for ticket in database.write(some, first)]


def audit_answers(database: Database, city: City, tickets: list[int], *, now: datetime) -> None:
    """Their citizens are to be asked now."""

    def some(session: Session, first: int) -> None:
        for ticket in tickets[first : first + AT_ONCE]:
            pass_audit(session, ticket, by=city.auditor, office=OFFICE, now=now)

    for first in range(0, len(tickets), AT_ONCE):
        database.write(some, first)


def site_of_twilio(database_url: str, folder: Path, port: int, twin: TwilioTwin) -> dict[str, str]:
    """The environment of a site that sends through this Twilio, which pushes back to this port."""
    return site(database_url, folder) | {
        "HOTLINE_WEB__PUBLIC_ADDRESS": f"http://127.0.0.1:{port}",
        "HOTLINE_SMS__PROVIDERS": '["twilio"]',
        "HOTLINE_SMS__TWILIO__ACCOUNT_SID": ACCOUNT,
        "HOTLINE_SMS__TWILIO__SENDER": NUMBER,
        "HOTLINE_SMS__TWILIO__BASE_URL": twin.base_url,
        "HOTLINE_SMS__TWILIO__TIMEOUT_S": "1",
        "HOTLINE_SECRET_TWILIO_AUTH_TOKEN": f"text:{TOKEN}",
    }


@dataclass
class StumblingTwilio(TwilioTwin):
    """It stumbles over some requests, and pushes what became of a message at once, late, twice and out of order.

    How a phone fares is drawn by the phone, whatever the order of the requests.  `delivered` are the messages of whose
    delivery our server said that it has taken note.
    """

    hangs_s: float = 1.5
    delivered: set[str] = field(default_factory=set)
    _client: aiohttp.ClientSession | None = None
    _pushes: set[asyncio.Task[None]] = field(default_factory=set)

    def fault_of(self, to: str) -> Fault | None:
        dice = random.Random(to)
        return dice.choice(STUMBLES) if dice.random() < STUMBLES_SHARE else None

    def keep(self, message: Kept) -> None:
        super().keep(message)
        self._pushes.add(asyncio.create_task(self._push(message)))

    def application(self) -> http.Application:
        app = super().application()
        app.cleanup_ctx.append(self._pushing)
        return app

    async def _pushing(self, _app: http.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as self._client:
            yield
            for push in self._pushes:
                push.cancel()
            await asyncio.gather(*self._pushes, return_exceptions=True)

    async def _push(self, message: Kept) -> None:
        dice = random.Random(f"reports {message.to}")
        for status in dice.choice(REPORTED):
            await asyncio.sleep(dice.choice(PAUSES))
            _, form, signature = self.report(message.sid, status)
            if await self._is_taken(message.status_callback, form, signature) and status == "delivered":
                self.delivered.add(message.sid)

    async def _is_taken(self, address: str, form: dict[str, str], signature: str) -> bool:
        """A server that is dead, or dies, has not said so."""
        assert self._client is not None
        try:
            headers = {"X-Twilio-Signature": signature}
            async with self._client.post(address, data=form, headers=headers) as answer:
                return answer.status == 204
        except aiohttp.ClientError:
            return False


class Processes:
    """Several of ours by name: killed when told, started again as a supervisor would."""

    def __init__(self, starts: dict[str, Callable[[], AbstractContextManager[Server]]]) -> None:
        self._starts = starts
        self._running: dict[str, tuple[Server, ExitStack]] = {}
        self.kills = 0
        self.stand_up()

    def strike(self, names: tuple[str, ...]) -> None:
        """Kill -9 these, one right after the other."""
        self.kills += 1
        for name in names:
            self._running[name][0].kill()

    def stand_up(self) -> None:
        """Start again what is dead."""
        for name, start in self._starts.items():
            if name in self._running and self._running[name][0].process.poll() is None:
                continue
            if name in self._running:
                self._running.pop(name)[1].close()
            stack = ExitStack()
            self._running[name] = stack.enter_context(start()), stack

    @property
    def url(self) -> str:
        return self._running["server"][0].url

    def close(self) -> None:
        for _, stack in self._running.values():
            stack.close()


@contextmanager
def processes(**starts: Callable[[], AbstractContextManager[Server]]) -> Iterator[Processes]:
    """They die and rise until the block ends."""
    town = Processes(starts)
    try:
        yield town
    finally:
        town.close()
