"""The satisfaction page over millions of ratings: its requests on opening, under its filters and when drilled."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.asked import Cost, asked, tell
from bench.figures import Figure
from bench.ratings.keeping import Loaded
from bench.served import serving
from core.clock import ShiftedClock
from core.database import Database
from indicators.periods import Period, shanghai_day, statistical_month

P95_MS = 150
SUBJECTS = ("handling", "direct", "agent", "counter")
PARTS = ("closed", "answered", "satisfied", "dissatisfied", "silent", "not_invited", "not_delivered")
#: what the page asks for when it is opened, and whenever a filter changes
OPENING = ("satisfaction", "satisfaction/elsewhere", "satisfaction/slices", "satisfaction/recount")


async def page(name: str, count: int, database: Database, loaded: Loaded, folder: Path) -> list[Figure]:
    """The slowest of each group, with one client and with four."""
    figures = []
    async with serving(database, folder, clock=ShiftedClock(loaded.at)) as served:
        for group, paths in _groups(loaded):
            costs = [await asked(served, path, f"/api/{path}", served.headers, times=40) for path in paths]
            tell(name, costs)
            figures += _figures(f"{name}, {count:,} ratings: {len(costs)} {group}", costs)
    return figures


def _figures(title: str, costs: list[Cost]) -> list[Figure]:
    slowest, alone = max(costs, key=lambda cost: cost.p95_ms), max(costs, key=lambda cost: cost.p95_alone_ms)
    return [
        Figure(f"{title}: p95 of the slowest, one client ({alone.what})", alone.p95_alone_ms, "ms", at_most=P95_MS),
        Figure(f"  four clients ({slowest.what})", slowest.p95_ms, "ms", at_most=P95_MS),
        Figure("  over the budget, one client", float(sum(cost.p95_alone_ms > P95_MS for cost in costs)), "requests"),
        Figure("  SQL, most", float(max(cost.sql for cost in costs)), "statements"),
    ]


def _groups(loaded: Loaded) -> Iterator[tuple[str, list[str]]]:
    today, city = shanghai_day(loaded.at), loaded.founded
    month = statistical_month(today).before()
    yield (
        "requests on opening",
        [
            *(f"{path}?{_days(month)}" for path in OPENING),
            "repairs",
            f"coverage/flags?{_days(month)}",
        ],
    )
    filters = {
        "unit": f"unit_id={city.units[40]}",
        "district": f"unit_id={city.districts[1]}&with_below=true",
        "tree": "with_below=true",
        "topic": f"topic_id={city.topics[3]}",
        "unit and topic": f"unit_id={city.units[40]}&topic_id={city.topics[3]}",
        "channel": "channel=sms",
        "rated": "basis=rated",
        "rated, unit": f"basis=rated&unit_id={city.units[40]}",
    }
    for path in OPENING[:3]:
        yield f"filters of {path}", [f"{path}?{_days(month)}&{one}" for one in filters.values()]
    periods = [
        _quarter(today),
        Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        Period(month.last, month.last),
    ]
    for subject in SUBJECTS:
        yield (
            f"periods of {subject}",
            [f"{path}?{_days(period)}&subject={subject}" for path in OPENING[:3] for period in (month, *periods)],
        )
    yield (
        "lists of rows",
        [f"satisfaction/rows?{_days(month)}&part={part}" for part in PARTS]
        + [
            f"satisfaction/rows?{_days(month)}&part={part}&{filters[name]}"
            for part in ("answered", "dissatisfied", "silent")
            for name in ("unit", "district", "topic", "channel", "rated")
            if (part, name) not in {("silent", "channel"), ("silent", "rated")}
        ],
    )
    yield (
        "lists of rows of other subjects",
        [
            f"satisfaction/rows?{_days(month)}&part={part}&subject={subject}"
            for part in ("answered", "dissatisfied", "silent")
            for subject in SUBJECTS[1:]
        ],
    )
    yield (
        "lists of what is left out",
        [
            f"satisfaction/exclusions?{_days(month)}{more}"
            for more in ("", f"&{filters['unit']}", f"&{filters['topic']}")
        ],
    )


def _days(period: Period) -> str:
    return f"from={period.first}&to={period.last}"


def _quarter(today: date) -> Period:
    """The last whole one."""
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    last = date.fromordinal(first.toordinal() - 1)
    return Period(date(last.year, last.month - 2, 1), last)
