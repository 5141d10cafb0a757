"""The same thing written by two at once: one of them stands, whole, and neither is an error."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier
from typing import Any

from sqlalchemy import func, select

from core.database import Database
from staff.rules import SYSTEM
from tests.tickets.making import OFFICE, City
from tickets.actions.act_drafts import keep_act_draft
from tickets.actions.limits import limits_of, set_limits
from tickets.model import ActDraft, Limit

#: without the locks a few dozen rounds are enough to fail on PostgreSQL
TIMES = 60


def test_two_tables_of_limits_at_once_leave_one_of_them(database: Database, now: datetime) -> None:
    rows = database.read(limits_of, OFFICE.profile)
    tables = [[replace(row, source=f"第 {n} 份") for row in rows] for n in range(2)]
    start = Barrier(2, timeout=60)

    def put(n: int) -> None:
        for _ in range(TIMES):
            start.wait()
            database.write(set_limits, tables[n], profile=OFFICE.profile, by=SYSTEM, now=now)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(put, range(2)))

    stands = database.read(lambda session: session.scalars(select(Limit.source).distinct()).all())
    assert len(stands) == 1
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Limit))) == len(rows)


def test_half_an_act_is_kept_and_given_up_at_once_without_an_error(database: Database, now: datetime) -> None:
    city: City = database.write(City)
    number = database.write(lambda session: City.session_of(session, city).dispatched(now).number)
    start = Barrier(2, timeout=60)

    def keep(words: str) -> None:
        for n in range(TIMES):
            start.wait()
            form = {"reason": words and f"{words}{n}"}
            database.write(keep_act_draft, number, "note", form, by=city.agent, now=now)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(keep, ["群众在家", ""]))

    kept: list[Any] = database.read(lambda session: list(session.scalars(select(ActDraft.form))))
    assert kept in ([], [{"reason": f"群众在家{TIMES - 1}"}])
