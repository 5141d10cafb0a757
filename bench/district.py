"""A district that, with units below it, held a fifth of all tickets: what its lists cost."""

from sqlalchemy.orm import Session

from bench.asked import LIST_P95_MS, MOST_SQL, asked, tell
from bench.city import City
from bench.figures import Figure
from bench.kept import VERY_MANY
from bench.served import Served, log_in
from staff.actions import move_unit

PAGES = (
    "/api/tickets",
    "/api/tickets?sort=due",
    "/api/tickets?state=in_progress",
    "/api/tickets?state=in_progress&sort=due",
    "/api/tickets?due=over&sort=due",
    "/api/tickets?unit_id={below}",
    "/api/unit/inbox/head",
    "/api/unit/inbox?tab=done",
)
#: of the city's units; the others are no part of it
BELOW = slice(10, 22)


async def of_district(name: str, served: Served, city: City) -> list[Figure]:
    """Moves units of the city below that of its officer, who then asks for each page."""
    served.database.write(_put_below, city)
    officer = served.database.write(log_in, city.officer_id, now=served.clock.now())
    pages = [page.format(below=city.units[BELOW.start]) for page in PAGES]
    costs = [await asked(served, page, page, officer) for page in pages]
    tell(name, costs)
    slowest = max(costs, key=lambda cost: cost.p95_ms)
    mean = sum(cost.cpu_ms for cost in costs) / len(costs)
    title = f"{name}: {len(costs)} pages of a district, {VERY_MANY:,} tickets"
    return [
        Figure(f"{title}: CPU with the database's, mean", mean, "ms"),
        Figure(f"  p95 of the slowest, four clients ({slowest.what})", slowest.p95_ms, "ms", at_most=LIST_P95_MS),
        Figure("  SQL, most", float(max(cost.sql for cost in costs)), "statements", at_most=MOST_SQL),
    ]


def _put_below(session: Session, city: City) -> None:
    for unit_id in city.units[BELOW]:
        move_unit(session, unit_id, parent_id=city.units[1])
