"""Flags that two readers count at once: one counting stands, whole, and neither is an error."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from sqlalchemy import func, select

from core.database import Database
from indicators.coverage.keeping import keep_flags, kept_flags
from indicators.coverage.model import FlagCounting, FlaggedKey
from indicators.coverage.rules import Flag
from tests.coverage.making import MONTH

TIMES = 40


def test_two_first_readers_of_a_period_leave_one_counting_of_it(database: Database, now: datetime) -> None:
    start = Barrier(2, timeout=60)
    keys = [{Flag.TOO_FAST: [f"rating:{n}", f"rating:{n + 2}"]} for n in range(2)]

    def keep(n: int) -> None:
        for _ in range(TIMES):
            start.wait()
            database.write(keep_flags, MONTH, keys[n], now=now)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(keep, range(2)))

    assert database.read(lambda session: session.scalar(select(func.count()).select_from(FlagCounting))) == 1
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(FlaggedKey))) == 2
    kept = database.read(kept_flags, MONTH)
    assert kept is not None
    assert {one.flag: one.n for one in kept.counts if one.n} == {Flag.TOO_FAST: 2}
