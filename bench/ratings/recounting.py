"""A month of a million ratings counted a second way: every figure, slice and kept count."""

import resource
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.ratings.keeping import Loaded
from core.database import Database
from indicators.periods import Period, shanghai_day, statistical_month
from indicators.recount import Difference, compared_figures


def recounted(name: str, count: int, database: Database, loaded: Loaded) -> list[Figure]:
    """The last whole statistical month, and the year that ends with it."""
    month = statistical_month(shanghai_day(loaded.at)).before()
    year = Period(month.last - timedelta(days=364), month.last)
    return [
        figure
        for period, called in ((month, "a month"), (year, "a year"))
        for figure in _of(name, count, database, period, called)
    ]


def _of(name: str, count: int, database: Database, period: Period, called: str) -> list[Figure]:
    compared: Counter[str] = Counter()
    begun, cpu = time.perf_counter(), time.process_time()
    found = database.read_at_length(_compare, period, compared)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    for one in found[:10]:
        print(f"    {name}: {one.figure} {one.part}: {one.shown} shown, {one.recounted} recounted", flush=True)
    print(f"    {name}, {called}: " + ", ".join(f"{kind} {n:,}" for kind, n in compared.most_common()), flush=True)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure(f"{name}: {called} of {count:,} ratings recounted", seconds, "s"),
        Figure("  CPU", cpu, "s"),
        Figure("  numbers compared", float(compared.total()), "numbers"),
        Figure("  differences", float(len(found)), "numbers", at_most=0),
        Figure("  memory at its peak", peak_mb, "MB"),
    ]


def _compare(session: Session, period: Period, compared: Counter[str]) -> list[Difference]:
    """By the first word of what is compared."""
    compared.clear()
    return list(compared_figures(session, period, told=lambda figure, _: compared.update([_kind(figure)])))


def _kind(figure: str) -> str:
    """Of `kept handling of unit 7`: kept handling of unit."""
    return " ".join(word for word in figure.split() if not any(letter.isdigit() for letter in word))
