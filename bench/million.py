"""Lists, heads and search at 1,000 and at 1,000,000 tickets, on SQLite and on PostgreSQL, beside their budgets."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.filling import Filler, restart_numbers, wishes
from bench.load import Answers, Load, put
from bench.places import fresh_database, postgresql
from bench.served import Served, counted_sql, serving
from core.clock import SystemClock
from staff.actions import Attempt, add_person, add_unit, finish_log_in
from staff.model import Person
from staff.rules import SYSTEM, Role, UnitKind
from staff.tokens import token_hash
from tickets.actions.catalogue import add_place, add_topic
from tickets.actions.registration import register_ticket
from tickets.forms import TicketForm
from tickets.kinds import Source, TicketType
from tickets.settings import TicketOffice

FEW, VERY_MANY = 1_000, 1_000_000
UNITS, TOPICS, PEOPLE = 60, 40, 30
REQUESTS, SEARCHES, CLIENTS = 60, 200, 4
#: the combinations of the budget: every filter of the page, alone and with others, in both orders
FILTERS = (
    "",
    "sort=due",
    "state=to_dispatch",
    "state=to_dispatch&urgency=urgent&sort=due",
    "state=closed&state=archived",
    "state=archived&sort=due",
    "type=help&due=over",
    "type=praise&due=soon",
    "due=over&sort=due",
    "due=unknown",
    "urgency=critical",
    "type=praise&urgency=critical",
    "topic_id={topic}&sort=due",
    "topic_id={topic}&state=in_progress",
    "unit_id={unit}",
    "unit_id={unit}&state=in_progress&sort=due",
    "unit_id={unit}&type=praise&urgency=critical",
    "mine=true&state=registered",
    "repair=true",
    "drawn=true&auto=true",
    "since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z",
)
#: what a peer needs for the same, as measured in another run for issue 3: django-helpdesk 2.6.1 at 20,000 tickets
PEER_LIST = "django-helpdesk 2.6.1, 20,000 tickets, measured elsewhere: 229 ms CPU, 90 SQL"
PEER_DASHBOARD = "django-helpdesk 2.6.1, 20,000 tickets, measured elsewhere: 655 ms"


@dataclass(frozen=True)
class Founded:
    """A city without tickets but one, and how its officer is logged in."""

    units: list[int]
    topics: list[int]
    people: list[int]
    officer: dict[str, str]


async def measure(folder: Path) -> list[Figure]:
    """Both databases, one after the other."""
    figures = await _measure_on("SQLite", folder / "million.db", folder)
    with postgresql(folder / "postgresql") as url:
        return figures + await _measure_on("PostgreSQL", url, folder)


async def _measure_on(name: str, place: Path | str, folder: Path) -> list[Figure]:
    with fresh_database(place) as database:
        now = SystemClock().now()
        async with serving(database, folder / name) as served:
            city = database.write(found_city, now=now)
            filler = Filler(database, units=city.units, topics=city.topics, people=city.people, last=1)
            filler.fill(FEW, now=now)
            few, _ = await _listing(name, served, city, FEW)
            begun = time.monotonic()
            filler.fill(VERY_MANY, now=now)
            restart_numbers(database)
            loaded = Figure(f"{name}: {VERY_MANY:,} tickets loaded in bulk", time.monotonic() - begun, "s")
            many, figures = await _listing(name, served, city, VERY_MANY)
            ratio = Figure("  CPU by that at 1,000 tickets", many / few, "×", at_most=2)
            heads = await _heads(name, served, city)
            return [loaded, *figures, ratio, *heads, *await _searching(name, served, filler)]


def found_city(session: Session, *, now: datetime) -> Founded:
    """Units, topics, people, and one ticket as the others' model."""
    top = add_topic(session, code="T1", name="城乡建设")
    topics = [add_topic(session, code=f"T1.{n}", name=f"事项{n}", parent_id=top.id).id for n in range(TOPICS)]
    units = [
        add_unit(session, code=f"u{n}", name=f"承办单位{n}", kind=UnitKind.CITY_DEPARTMENT).id for n in range(UNITS)
    ]
    place = add_place(session, code="P1", name="朝阳区").id
    agents = [_person(session, units[0], f"p{n}", Role.AGENT).id for n in range(PEOPLE)]
    officer = _person(session, units[1], "officer", Role.UNIT_OFFICER)
    attempt = Attempt(id=0, person_id=officer.id, password_hash="")
    finish_log_in(
        session, attempt, token_hash=token_hash("officer"), csrf_token="officer", address="127.0.0.1", now=now
    )
    form = TicketForm(
        text="南湖小区三号楼暖气不热，已经三天了。",
        topic_id=topics[0],
        place_id=place,
        type=TicketType.HELP,
        phone="13812345678",
    )
    office = TicketOffice(phone_key=b"bench")
    register_ticket(session, form, source=Source.PHONE, by=SYSTEM, office=office, now=now)
    return Founded(units, topics, agents, {"Cookie": "hotline=officer"})


def _person(session: Session, unit_id: int, account: str, role: Role) -> Person:
    return add_person(
        session, unit_id=unit_id, account=account, name="测速", staff_number=account.upper(), roles=[role]
    )


async def _listing(name: str, served: Served, city: Founded, size: int) -> tuple[float, list[Figure]]:
    """Mean CPU of a list in milliseconds, and the figures."""
    costs: list[tuple[float, float, int, str]] = []
    for query in FILTERS:
        asked = query.format(topic=city.topics[2], unit=city.units[2])
        costs.append((*await _asked(served, f"/api/tickets?{asked}", served.headers), query))
    mean = sum(cpu for cpu, *_ in costs) / len(costs)
    slowest = max(costs, key=lambda cost: cost[1])
    for cpu, p95, sql, query in sorted(costs, key=lambda cost: -cost[1])[:6]:
        print(f"    {name} {size:,}: {p95:8.1f} ms p95 {cpu:6.1f} ms CPU {sql} SQL  {query or 'no filter'}", flush=True)
    return mean, [
        Figure(f"{name}: list of 25, {len(FILTERS)} filters, {size:,} tickets: CPU, mean", mean, "ms", peer=PEER_LIST),
        Figure(f"  p95, dearest filter, four clients ({slowest[3]})", slowest[1], "ms", at_most=100),
        Figure("  SQL, most", float(max(sql for _, _, sql, _ in costs)), "statements", at_most=8),
    ]


async def _heads(name: str, served: Served, city: Founded) -> list[Figure]:
    """What stands above the pages: the dispatcher's counts, a unit's counts, the unit's own list."""
    asked = (
        ("dispatch head", "/api/dispatch-list/head", served.headers),
        ("dispatch list", "/api/dispatch-list", served.headers),
        ("inbox head", "/api/unit/inbox/head", city.officer),
        ("inbox, done", "/api/unit/inbox?tab=done", city.officer),
        ("a unit's ticket list", "/api/tickets", city.officer),
        ("satisfaction", "/api/satisfaction", served.headers),
    )
    figures = []
    for what, path, headers in asked:
        _, p95, sql = await _asked(served, path, headers)
        figures.append(
            Figure(f"{name}: {what}, {sql} SQL: p95, four clients", p95, "ms", at_most=100, peer=PEER_DASHBOARD)
        )
    return figures


async def _searching(name: str, served: Served, filler: Filler) -> list[Figure]:
    asked = wishes(filler.frequencies, SEARCHES)
    load = Load(f"{served.url}/api/tickets?q={{wish}}", headers=served.headers, clients=1, wishes=asked)
    await put(Load(load.url, headers=load.headers, count=20, clients=1, wishes=asked[:20]))
    answers = await put(Load(load.url, headers=load.headers, count=SEARCHES, clients=1, wishes=asked))
    crowd = await put(Load(load.url, headers=load.headers, count=SEARCHES, clients=CLIENTS, wishes=asked))
    return [
        Figure(
            f"{name}: search {VERY_MANY:,} tickets, {SEARCHES} queries: p95",
            answers.latency_ms(0.95),
            "ms",
            at_most=150,
        ),
        Figure("  median", answers.latency_ms(0.5), "ms"),
        Figure("  slowest", answers.latency_ms(1), "ms"),
        Figure("  p95, four clients", crowd.latency_ms(0.95), "ms"),
    ]


async def _asked(served: Served, path: str, headers: dict[str, str]) -> tuple[float, float, int]:
    """Our CPU and the p95 in milliseconds, and how many SQL statements one request takes."""
    load = Load(f"{served.url}{path}", headers=headers, count=REQUESTS, clients=CLIENTS)
    cpu = time.process_time()
    with counted_sql(served.database) as statements:
        answers: Answers = await put(load)
    return (time.process_time() - cpu) * 1000 / REQUESTS, answers.latency_ms(0.95), len(statements) // REQUESTS
