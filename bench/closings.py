"""Answers audited at 20 a second beside a running server: how many a second it closes, and when their SMS leave."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.places import postgresql
from core import migrate
from core.clock import SystemClock
from core.database import Database, DatabaseSettings
from tests.needs import TOOLS
from tests.sms.serving import Fault, running
from tests.sms.twilio_twin import Kept
from tests.system.invitations import StumblingTwilio, handle_tickets, site_of_twilio
from tests.system.rabbitmq import free_port, running_rabbit
from tests.system.server import running_server, running_worker
from tests.system.walk import log_in, token_of
from tests.tickets.making import City
from tickets.model import Ticket

CLOSINGS_A_SECOND, HANDED_OVER_WITHIN_S = 20, 60
#: they arrive a little faster than the budget, so that keeping up is keeping it
ARRIVE_A_SECOND = 21
SECONDS, MANY_SECONDS = 120, 600
#: after the last closing so long is waited for the last SMS
PATIENCE_S = 180
NAMES = {"sqlite": "SQLite, the server alone", "postgresql": "PostgreSQL, RabbitMQ, one worker"}


@dataclass
class PunctualTwilio(StumblingTwilio):
    """It takes every message at once; when it took the one of which phone."""

    at: dict[str, float] = field(default_factory=dict)

    def fault_of(self, _to: str) -> Fault | None:
        return None

    def keep(self, message: Kept) -> None:
        super().keep(message)
        self.at.setdefault(message.to.removeprefix("+86"), time.monotonic())

    def wait_for(self, many: int) -> None:
        """Until it has so many, or patience is over."""
        ends = time.monotonic() + PATIENCE_S
        while len(self.at) < many and time.monotonic() < ends:
            time.sleep(0.2)


async def measure(folder: Path, seconds: int) -> list[Figure]:
    """On each database, for so many seconds."""
    figures: list[Figure] = []
    for kind, name in NAMES.items():
        place = folder / f"closings-{kind}"
        place.mkdir()
        with _house(place, kind, ARRIVE_A_SECOND * seconds) as house:
            figures += await _of(house, name)
    return figures


@dataclass(frozen=True)
class House:
    """A running site with handled tickets: number → phone."""

    url: str
    headers: Mapping[str, str]
    tickets: Mapping[str, str]
    twin: PunctualTwilio


async def _of(house: House, name: str) -> list[Figure]:
    begun = time.monotonic()
    sent_at = await _closings(house)
    per_second = len(sent_at) / (time.monotonic() - begun)
    await asyncio.to_thread(house.twin.wait_for, len(sent_at))
    taken = house.twin.at
    waited = sorted(taken.get(phone, float("inf")) - sent_at[number] for number, phone in house.tickets.items())
    doubled = sum(times - 1 for times in Counter(message.to for message in house.twin.kept).values())
    p99 = waited[int(len(waited) * 0.99)]
    return [
        Figure(f"closings, {len(sent_at):,} of them, {name}", per_second, "/s", at_least=CLOSINGS_A_SECOND),
        Figure("  closing → SMS handed over, p99", p99, "s", at_most=HANDED_OVER_WITHIN_S),
        Figure("  median", waited[len(waited) // 2], "s"),
        Figure("  SMS not handed over", float(len(sent_at) - len(taken)), "SMS", at_most=0),
        Figure("  SMS handed over twice", float(doubled), "SMS", at_most=0),
    ]


async def _closings(house: House) -> dict[str, float]:
    """Each at its moment, whether those before it are through or not; when it was asked for."""
    sent_at: dict[str, float] = {}
    begun = time.monotonic()
    async with aiohttp.ClientSession(house.url, headers=house.headers) as client, asyncio.TaskGroup() as under_way:
        for n, number in enumerate(house.tickets):
            await asyncio.sleep(max(0.0, begun + n / ARRIVE_A_SECOND - time.monotonic()))
            sent_at[number] = time.monotonic()
            under_way.create_task(_close(client, number))
    return sent_at


async def _close(client: aiohttp.ClientSession, number: str) -> None:
    """Its answer passes the audit; a busy server is asked again when it says."""
    while True:
        async with client.post(f"/api/tickets/{number}/audit", json={"passed": True}) as answer:
            said = await answer.text()
            if answer.status == 503:
                await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
                continue
            if answer.status != 200:
                raise RuntimeError(f"closing answered {answer.status}: {json.dumps(said)[:200]}")
            return


@contextmanager
def _house(folder: Path, kind: str, many: int) -> Iterator[House]:
    with ExitStack() as stack:
        is_sqlite = kind == "sqlite"
        url = f"sqlite:///{folder}/closings.db" if is_sqlite else stack.enter_context(postgresql(folder / "pg"))
        auditor, tickets = _found(url, many)
        twin, port = stack.enter_context(running(PunctualTwilio())), free_port()
        environment = site_of_twilio(url, folder, port, twin) | {"HOTLINE_JOBS__LEASE_S": "30"}
        if not is_sqlite and not TOOLS["rabbitmq"].missing():
            environment["HOTLINE_BROKER__URL"] = stack.enter_context(running_rabbit(folder / "rabbitmq")).url
        serve = ["serve", "--port", str(port)]
        server = stack.enter_context(running_server(serve, port=port, folder=folder, environment=environment))
        if "HOTLINE_BROKER__URL" in environment:
            stack.enter_context(running_worker(folder, environment))
        headers = {"Cookie": f"hotline={auditor}", "X-CSRF-Token": f"csrf-{auditor}"}
        yield House(server.url, headers, tickets, twin)


def _found(url: str, many: int) -> tuple[str, dict[str, str]]:
    """The token of an auditor who is logged in, and the tickets that units have answered: number → phone."""
    now = SystemClock().now()
    quiet = Database(DatabaseSettings(url=url))  # nothing follows from what is only made ready
    migrate.upgrade(quiet.writing)
    with quiet as database:
        city = database.write(City)
        database.write(log_in, city.auditor, now)
        handle_tickets(database, city, many, now=now)
        return token_of(city.auditor), database.read(_phones)


def _phones(session: Session) -> dict[str, str]:
    return {ticket.number: ticket.phone for ticket in session.scalars(select(Ticket))}
