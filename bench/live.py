"""From the event to the agent's page: a whole server, calls being lived through, one WebSocket that watches."""

import asyncio
import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import aiohttp
from sqlalchemy.orm import Session

from bench.calls import running_exchange
from bench.exchange import SECRET, USERNAME
from bench.figures import Figure
from bench.places import fresh_database
from bench.served import log_in_everywhere
from core.clock import SystemClock
from staff.actions import add_person, add_unit
from staff.rules import Role, UnitKind
from telephony.rules import SeatKind
from telephony.seats import add_seat, log_in_seat, make_seat_ready

SEATS, CALLS, CALLS_PER_S = 60, 200, 20
SETTLES_S = 60

Rang = list[tuple[str, float]]


async def measure(folder: Path) -> list[Figure]:
    """Latency from the exchange's AgentCalled to the seat's delta, at the rate of the budget."""
    path = folder / "live.db"
    with fresh_database(path) as database:
        now = SystemClock().now()
        headers = database.write(log_in_everywhere, now=now)
        seats = database.write(man_seats, now=now)
    async with (
        running_exchange() as (exchange, port),
        _server(path, folder, port) as url,
        _watching(url, headers, seats) as heard,
    ):
        await asyncio.sleep(3)  # the seats are put into the queue
        heard.clear()
        rang = await exchange.live(CALLS, CALLS_PER_S)
    latencies = sorted(latencies_of(rang, heard))
    missing = CALLS - len(latencies)
    p95 = latencies[int(len(latencies) * 0.95)] if latencies else float("inf")
    return [
        Figure(f"ring → agent's page at {CALLS_PER_S} calls/s, p95", p95 * 1000, "ms", at_most=200),
        Figure("  median", latencies[len(latencies) // 2] * 1000 if latencies else float("inf"), "ms"),
        Figure("  rings not seen on a page", float(missing), "rings", at_most=0),
    ]


def latencies_of(rang: Rang, heard: Rang) -> list[float]:
    """For each ring the time until the first later news of that seat that it rings, in seconds."""
    latencies = []
    for seat, at in rang:
        later = [moment for other, moment in heard if other == seat and moment >= at]
        if later and min(later) - at < SETTLES_S:
            latencies.append(min(later) - at)
    return latencies


def man_seats(session: Session, *, now: datetime) -> dict[int, str]:
    """Seats with somebody ready at each: id → interface."""
    unit = add_unit(session, code="floor", name="话务大厅", kind=UnitKind.HOTLINE)
    seats: dict[int, str] = {}
    for n in range(SEATS):
        number, interface = f"{8001 + n}", f"PJSIP/{8001 + n}"
        person = add_person(
            session, unit_id=unit.id, account=f"a{n}", name="话务员", staff_number=f"A{n}", roles=[Role.AGENT]
        )
        add_seat(
            session,
            number=number,
            node="main",
            interface=interface,
            kind=SeatKind.PHONE,
            queue="12345",
            now=now,
        )
        seat = log_in_seat(session, number, person_id=person.id, now=now)
        make_seat_ready(session, person_id=person.id, now=now)
        seats[seat.id] = interface
    return seats


@asynccontextmanager
async def _server(path: Path, folder: Path, ami_port: int) -> AsyncIterator[str]:
    """`hotline serve` in a process of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "HOTLINE_DATABASE__URL": f"sqlite:///{path}",
        "HOTLINE_DATA_FOLDER": str(folder / "live-data"),
        "HOTLINE_TELEPHONY__AMI__PORT": str(ami_port),
        "HOTLINE_TELEPHONY__AMI__USERNAME": USERNAME,
        "HOTLINE_TELEPHONY__AMI__SECRET": SECRET,
        "HOTLINE_TELEPHONY__WRAP_UP_S": "0",
    }
    arguments = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = await asyncio.create_subprocess_exec(*arguments, env=os.environ | environment, stdout=log, stderr=log)
    try:
        await _until_ready(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        await server.wait()


async def _until_ready(url: str) -> None:
    async with asyncio.timeout(SETTLES_S), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _watching(url: str, headers: dict[str, str], seats: dict[int, str]) -> AsyncIterator[Rang]:
    """One page that watches every seat: which was told to ring when."""
    heard: Rang = []
    async with aiohttp.ClientSession(headers=headers) as session, session.ws_connect(f"{url}/api/live") as page:

        async def listen() -> None:
            async for message in page:
                told = json.loads(message.data)
                if told.get("row") and told["row"]["phase"] == "ringing":
                    heard.append((seats[told["row"]["id"]], time.time()))

        listening = asyncio.create_task(listen())
        for seat_id in seats:
            await page.send_json({"subscribe": f"seat:{seat_id}"})
        try:
            yield heard
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
