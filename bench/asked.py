"""One page asked for many times: what a request of it takes."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.cpu import meter
from bench.load import Load, put
from bench.served import Served, counted_sql

#: so many that a hiccup of the machine, which all four clients feel, is not yet the p95
REQUESTS, CLIENTS = 200, 4
#: the budget of a list and of a dashboard
LIST_P95_MS, MOST_SQL = 100, 8


@dataclass(frozen=True)
class Cost:
    """What one request takes: CPU with the database's, p95 with four clients and alone, statements, and how often it
    was put off.
    """

    what: str
    cpu_ms: float
    p95_ms: float
    p95_alone_ms: float
    sql: int
    sent_away: int


async def asked(served: Served, what: str, path: str, headers: dict[str, str], times: int = REQUESTS) -> Cost:
    """The first few are not counted: they fill what the server keeps."""
    load = Load(f"{served.url}{path}", headers=headers, clients=CLIENTS)
    await put(load.times(CLIENTS))
    spent_s = meter(served.database)
    before_s = spent_s()
    with counted_sql(served.database) as statements:
        answers = await put(load.times(times))
    cpu_ms = (spent_s() - before_s) * 1000 / times
    alone = await put(load.times(max(times // 4, 20), clients=1))
    return Cost(
        what,
        cpu_ms,
        answers.latency_ms(0.95),
        alone.latency_ms(0.95),
        len(statements) // times,
        answers.sent_away + alone.sent_away,
    )


def tell(name: str, costs: Iterable[Cost]) -> None:
    for cost in sorted(costs, key=lambda cost: -cost.p95_ms):
        print(
            f"    {name}: {cost.p95_ms:7.1f} ms p95 {cost.cpu_ms:6.1f} ms CPU {cost.sql} SQL  {cost.what}", flush=True
        )
