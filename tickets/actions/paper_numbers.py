"""Running numbers of the year, one series for each kind of paper."""

from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from tickets.clocks import local_day
from tickets.model import PaperYear


def take_paper_number(session: Session, kind: str, now: datetime) -> tuple[int, int]:
    """Shanghai year and the next number in it; their row is locked until the commit, so that no number is missing."""
    year = local_day(now).year
    statement = _count_one(session.get_bind().dialect.name)
    running: int = session.execute(statement, {"kind": kind, "year": year}).scalar_one()
    return year, running


@cache
def _count_one(dialect: str) -> ReturningInsert[int]:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    years = cast(Table, PaperYear.__table__)
    first = insert(years).values(kind=bindparam("kind"), year=bindparam("year"), running=1)
    counted = first.on_conflict_do_update(index_elements=["kind", "year"], set_={"running": years.c.running + 1})
    return counted.returning(years.c.running)
