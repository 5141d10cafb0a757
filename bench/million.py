"""Creation, lists, heads and search at 1,000, 20,000 and 1,000,000 tickets, on SQLite and on PostgreSQL."""

from dataclasses import dataclass
from pathlib import Path

from bench.asked import CLIENTS, LIST_P95_MS, MOST_SQL, Cost, asked, tell
from bench.city import City, found_city
from bench.creating import CREATION_CPU_MS, CREATION_SQL, CREATIONS_A_SECOND, Creation, creating
from bench.district import of_district
from bench.figures import Figure
from bench.filling import Filler
from bench.helpdesk import PeerCosts, beside
from bench.kept import VERY_MANY, Loaded, copied_database, kept_database, place_of
from bench.load import Load, put
from bench.places import fresh_database
from bench.served import Served, counted_sql, log_in, serving
from core.clock import ShiftedClock, SystemClock

FEW, SOME = 1_000, 20_000
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
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
#: the same with words from the commonest to rare ones, and with numbers by their beginning and their end
FILTERS_WITH_TEXT = (
    "q=市民",
    "q=小区 问题&sort=due",
    "q=多次&state=archived",
    "q=供热&unit_id={unit}",
    "q=供热 暖气&state=in_progress&sort=due",
    "q=停水&topic_id={topic}&sort=due",
    "q=垃圾&type=praise&urgency=critical",
    "q=噪音&due=over&sort=due",
    "q=音乐&state=archived&sort=due",
    "q=482",
    "q=4821",
    "q=048217",
    "q=1512",
    "q=19900004821",
    "q=4821&state=archived&sort=due",
)
OF_DISPATCHER = (("dispatch head", "/api/dispatch-list/head"), ("dispatch list", "/api/dispatch-list"))
OF_UNIT = (
    ("inbox head", "/api/unit/inbox/head"),
    ("inbox, done", "/api/unit/inbox?tab=done"),
    ("a unit's ticket list", "/api/tickets"),
)
OF_SUPERVISOR = (
    ("satisfaction", "/api/satisfaction"),
    ("timely rate of the month", "/api/indicators/on_time_rate"),
    ("where the month's tickets stand", "/api/indicators/population"),
)
LISTS, LISTS_WITH_TEXT = "lists of 25 by filters", "lists of 25 by words or digits and filters"
HEADS, FIGURES = "dashboards and lists of dispatcher and unit", "figures of the supervisor"
#: what the peer does instead, at 20,000 tickets
PEERS = {LISTS: "list 20000", HEADS: "dashboard 20000"}
SEARCH_P95_MS, MOST_GROWTH = 150, 2


#: by group
Costs = dict[str, list[Cost]]


@dataclass(frozen=True)
class Small:
    """What everything costs with few tickets."""

    costs: Costs
    creation: Creation


async def measure(folder: Path, peer: PeerCosts, *, fresh: bool) -> list[Figure]:
    """Both databases, one after the other; `fresh`: what is kept of an earlier run is loaded again."""
    figures = []
    for name, shown in NAMES.items():
        small = {size: await _small(name, folder / f"{size}-{name}", size) for size in (FEW, SOME)}
        with kept_database(name, fresh=fresh) as (database, loaded):
            # as of the moment it was loaded: what was due soon then is due soon now
            clock = ShiftedClock(loaded.at)
            async with serving(database, folder / name, clock=clock) as served:
                figures += await _very_many(shown, served, loaded, small, peer)
        with copied_database(name, folder) as database:
            async with serving(database, folder / f"copy-{name}", clock=ShiftedClock(loaded.at)) as served:
                # before what is created, which no job counts here
                figures += await of_district(shown, served, City(**loaded.city))
                creations = {size: one.creation for size, one in small.items()} | {VERY_MANY: await creating(served)}
                figures += _creations(shown, creations)
    return figures


async def _small(name: str, folder: Path, size: int) -> Small:
    """What everything costs with few tickets."""
    with place_of(name, folder) as place, fresh_database(place) as database:
        now = SystemClock().now()
        city = database.write(found_city, now=now)
        Filler(database, city, last=1).fill(size, now=now)
        async with serving(database, folder) as served:
            return Small(await _all(served, city), await creating(served))


async def _very_many(
    name: str, served: Served, loaded: Loaded, small: dict[int, Small], peer: PeerCosts
) -> list[Figure]:
    many = await _all(served, City(**loaded.city))
    figures = [Figure(f"{name}: {VERY_MANY:,} tickets loaded in bulk", loaded.seconds, "s")]
    if loaded.upgrade_s is not None:
        figures.append(Figure("  brought to this schema from the one it was kept with", loaded.upgrade_s, "s"))
    for group, costs in many.items():
        tell(name, costs)
        told = beside(peer, PEERS.get(group, ""), _mean(costs), "at 20,000 tickets")
        title, is_search = f"{name}: {len(costs)} {group}", group == LISTS_WITH_TEXT
        before = {size: one.costs[group] for size, one in small.items()}
        figures += _figures(title, costs, before, told, is_search=is_search)
    return [*figures, *await _searching(name, served, loaded.wishes)]


def _creations(name: str, made: dict[int, Creation]) -> list[Figure]:
    return [
        figure
        for size, creation in made.items()
        for figure in (
            Figure(
                f"{name}: create a ticket among {size:,}",
                creation.per_second,
                "/s",
                at_least=CREATIONS_A_SECOND,
            ),
            Figure("  CPU", creation.cpu_ms, "ms", at_most=CREATION_CPU_MS),
            Figure("  CPU with the database's", creation.cpu_with_database_ms, "ms"),
            Figure("  SQL", float(creation.sql), "statements", at_most=CREATION_SQL),
            Figure("  p95, four clients", creation.p95_ms, "ms"),
        )
    ]


async def _all(served: Served, city: City) -> Costs:
    """Every page in its group."""
    officer = served.database.write(log_in, city.officer_id, now=served.clock.now())
    filled = {"topic": city.topics[2], "unit": city.units[2]}
    lists, with_text = ([query.format(**filled) for query in queries] for queries in (FILTERS, FILTERS_WITH_TEXT))
    return {
        LISTS: [await asked(served, q or "no filter", f"/api/tickets?{q}", served.headers) for q in lists],
        LISTS_WITH_TEXT: [await asked(served, q, f"/api/tickets?{q}", served.headers) for q in with_text],
        HEADS: [await asked(served, what, path, served.headers) for what, path in OF_DISPATCHER]
        + [await asked(served, what, path, officer) for what, path in OF_UNIT],
        FIGURES: [await asked(served, what, path, served.headers) for what, path in OF_SUPERVISOR],
    }


def _figures(name: str, many: list[Cost], fewer: dict[int, list[Cost]], peer: str, *, is_search: bool) -> list[Figure]:
    """The mean, and the dearest by its name, beside the budget: that of lists, or where words narrow them of search."""
    growth = {cost.what: cost.cpu_ms / before.cpu_ms for cost, before in zip(many, fewer[FEW], strict=True)}
    dearest, slowest = max(growth, key=lambda what: growth[what]), max(many, key=lambda cost: cost.p95_ms)
    mean, before = _mean(many), _mean(fewer[FEW])
    alone = max(many, key=lambda cost: cost.p95_alone_ms)
    most = float(max(cost.sql for cost in many))
    return [
        Figure(f"{name}, {VERY_MANY:,} tickets: CPU with the database's, mean", mean, "ms", peer=peer),
        Figure(f"  at {SOME:,} tickets", _mean(fewer[SOME]), "ms"),
        Figure(f"  by that at {FEW:,} tickets", mean / before, "×", at_most=None if is_search else MOST_GROWTH),
        Figure(f"  of the one that grows most ({dearest})", growth[dearest], "×"),
        Figure(
            f"  p95 of the slowest, four clients ({slowest.what})",
            slowest.p95_ms,
            "ms",
            at_most=None if is_search else LIST_P95_MS,
        ),
        Figure(
            f"  p95 of the slowest, one client ({alone.what})",
            alone.p95_alone_ms,
            "ms",
            at_most=SEARCH_P95_MS if is_search else LIST_P95_MS,
        ),
        Figure("  SQL, most", most, "statements", at_most=MOST_SQL),
        Figure("  sent away as too busy", float(sum(cost.sent_away for cost in many)), "times", at_most=0),
    ]


def _mean(costs: list[Cost]) -> float:
    return sum(cost.cpu_ms for cost in costs) / len(costs)


async def _searching(name: str, served: Served, wishes: list[str]) -> list[Figure]:
    load = Load(f"{served.url}/api/tickets?q={{wish}}", headers=served.headers, clients=1, wishes=wishes)
    await put(load.times(20))
    with counted_sql(served.database) as statements:
        answers = await put(load.times(len(wishes)))
    crowd = await put(load.times(len(wishes), clients=CLIENTS))
    return [
        Figure(
            f"{name}: search {VERY_MANY:,} tickets, {len(wishes)} queries: p95",
            answers.latency_ms(0.95),
            "ms",
            at_most=SEARCH_P95_MS,
        ),
        Figure("  median", answers.latency_ms(0.5), "ms"),
        Figure("  slowest", answers.latency_ms(1), "ms"),
        Figure("  SQL", len(statements) / len(wishes), "statements", at_most=MOST_SQL),
        Figure("  p95, four clients", crowd.latency_ms(0.95), "ms"),
        Figure("  sent away as too busy", float(answers.sent_away + crowd.sent_away), "times", at_most=0),
    ]
