"""Tickets through the API: what creating and listing costs, beside a bare aiohttp handler that writes one row."""

import itertools
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from aiohttp import web as http
from sqlalchemy.orm import Session

from bench.creating import (
    A_ROUND,
    CLIENTS,
    CREATION_CPU_MS,
    CREATION_SQL,
    CREATIONS_A_SECOND,
    body_of,
    creating,
)
from bench.figures import Figure
from bench.helpdesk import PeerCosts, beside
from bench.load import Answers, Load, put
from bench.places import fresh_database
from bench.served import Served, counted_sql, listening, serving
from core.clock import SystemClock
from core.database import Database
from tickets.actions.catalogue import add_place, add_topic
from tickets.kinds import TicketType, Urgency
from tickets.model import Ticket
from tickets.numbers import number_of
from tickets.rules import State

LISTED = 200
TOPICS = 40
FEW, MANY = 1_000, 20_000
#: the filter combinations of the budget
FILTERS = (
    "",
    "state=to_dispatch",
    "state=to_dispatch&urgency=urgent&sort=due",
    "type=help&due=over",
    "topic_id=2&sort=due",
    "mine=true&state=registered",
)


async def measure(folder: Path, peer: PeerCosts) -> list[Figure]:
    """Create, then list at growing sizes in the same database; beside it what the peer takes, where it was measured."""
    with fresh_database(folder / "tickets.db") as database:
        database.write(add_words)
        async with serving(database, folder) as served:
            figures = await _creating(served, peer)
            sizes = [FEW, MANY]
            costs = [await _listing(served, size, peer) for size in sizes]
    figures += list(itertools.chain.from_iterable(told for told, _ in costs))
    ratio = costs[-1][1] / costs[0][1]
    return [*figures, Figure(f"ticket list: CPU at {sizes[-1]:,} by CPU at 1,000", ratio, "×", at_most=2)]


def add_words(session: Session) -> None:
    """Topics and a place."""
    top = add_topic(session, code="T1", name="城乡建设")
    for n in range(TOPICS):
        add_topic(session, code=f"T1.{n}", name=f"事项{n}", parent_id=top.id)
    add_place(session, code="P1", name="朝阳区")


async def _creating(served: Served, peer: PeerCosts) -> list[Figure]:
    made = await creating(served)
    bare, bare_cpu_ms = await _bare(served.database, served.database.read(body_of))
    return [
        Figure(
            "create a ticket through the API",
            made.per_second,
            "/s",
            at_least=CREATIONS_A_SECOND,
            peer=_peer(bare.per_second, "/s"),
        ),
        Figure("  CPU", made.cpu_ms, "ms", at_most=CREATION_CPU_MS, peer=_peer(bare_cpu_ms, "ms")),
        Figure(
            "  SQL",
            float(made.sql),
            "statements",
            at_most=CREATION_SQL,
            peer=beside(peer, f"create {FEW}", made.cpu_ms),
        ),
        Figure("  p95, four clients", made.p95_ms, "ms", peer=_peer(bare.latency_ms(0.95), "ms")),
    ]


def _peer(value: float, unit: str) -> str:
    return f"bare aiohttp, one row: {value:.1f} {unit}"


async def _bare(database: Database, body: str) -> tuple[Answers, float]:
    """A handler that reads JSON and inserts one row through the same writer: the floor of this machine."""
    table = sa.Table("bare", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))
    database.write(lambda session: table.create(session.connection()))

    async def handler(request: http.Request) -> http.Response:
        text = (await request.json())["form"]["text"]
        await database.serving.write(lambda session: session.execute(table.insert().values(text=text)) and None)
        return http.json_response({"ok": True}, status=201)

    app = http.Application()
    app.router.add_post("/bare", handler)
    async with listening(app) as url:
        load = Load(f"{url}/bare", "POST", {}, body, clients=CLIENTS)
        await put(load.times(50, first=0))
        return await _cost(load.times(A_ROUND, first=50))


async def _listing(served: Served, size: int, peer: PeerCosts) -> tuple[list[Figure], float]:
    """The figures of list and dashboard at `size` tickets, and the list's mean CPU in milliseconds."""
    served.database.write(fill, size, now=SystemClock().now())
    costs: list[float] = []
    p95s: list[float] = []
    most_sql = 0
    for query in FILTERS:
        get = Load(f"{served.url}/api/tickets?{query}", headers=served.headers, clients=CLIENTS)
        with counted_sql(served.database) as statements:
            await put(get.times(1, first=0))
        answers, cpu_ms = await _cost(get.times(LISTED, first=1))
        costs.append(cpu_ms)
        p95s.append(answers.latency_ms(0.95))
        most_sql = max(most_sql, len(statements))
    mean = sum(costs) / len(costs)
    head = Load(f"{served.url}/api/dispatch-list/head", headers=served.headers, clients=CLIENTS)
    await put(head.times(CLIENTS))
    _, head_ms = await _cost(head.times(LISTED))
    name = f"ticket list of 25, {len(FILTERS)} filters, {size:,} tickets"
    return [
        Figure(f"{name}: CPU, mean", mean, "ms", peer=beside(peer, f"list {size}", mean)),
        Figure("  CPU, dearest filter", max(costs), "ms"),
        Figure("  p95, dearest filter, four clients", max(p95s), "ms", at_most=100),
        Figure("  SQL, most", float(most_sql), "statements", at_most=8),
        Figure(
            f"dispatcher's dashboard, {size:,} tickets: CPU",
            head_ms,
            "ms",
            peer=beside(peer, f"dashboard {size}", head_ms),
        ),
    ], mean


async def _cost(load: Load) -> tuple[Answers, float]:
    """What came back, and this process's CPU milliseconds per request."""
    cpu = time.process_time()
    answers = await put(load)
    return answers, (time.process_time() - cpu) * 1000 / load.count


def fill(session: Session, size: int, *, now: datetime) -> None:
    """Copies of the tickets that were created, over two years and all states, until there are `size`."""
    present = session.scalar(sa.select(sa.func.count()).select_from(Ticket)) or 0
    originals = session.execute(sa.select(Ticket.__table__).limit(50)).mappings().all()
    copies = _copies([dict(row) for row in originals], present, size, now)
    while batch := list(itertools.islice(copies, 2_000)):
        session.execute(sa.insert(Ticket), batch)


def _copies(originals: list[dict[str, Any]], present: int, size: int, now: datetime) -> Iterator[dict[str, Any]]:
    states, urgencies, types = list(State), list(Urgency), list(TicketType)
    for n in range(present, size):
        at = now - timedelta(minutes=n)
        day = (now - timedelta(days=400 + n // 50_000)).date()
        row = {name: value for name, value in originals[n % len(originals)].items() if name != "id"}
        yield row | {
            "number": number_of(day, n % 50_000 + 1),
            "topic_id": n % TOPICS + 2,
            "state": states[n % len(states)],
            "urgency": urgencies[n % 10 % len(urgencies)],
            "type": types[n % len(types)],
            "registered_at": at,
            "changed_at": at,
            "citizen_due_at": at + timedelta(days=7),
            "step_due_at": at + timedelta(days=1),
        }
