"""While the database is away: a clear answer, nothing half done; the same wish again when it is back is done once."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.audit.model import AuditRow
from core.computer import Computer
from core.database import Database
from core.jobs.model import JobRow
from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tests.api.whole import whole_server
from tests.tickets.making import City
from tickets.bulletins.model import Bulletin, BulletinReceipt
from tickets.model import Ending, HistoryLine, LegalBasis

TABLES = (Bulletin, BulletinReceipt, Ending, LegalBasis, HistoryLine, JobRow, AuditRow)


@pytest.fixture
async def town(
    open_database: Callable[..., Database], computer: Computer, tmp_path: Path, now: datetime
) -> AsyncIterator[Town]:
    clock = SetClock(now)
    database = open_database(reactions=REACTIONS, clock=clock)
    if database.settings.is_sqlite:  # it would wait for half a minute
        database.write(lambda session: session.execute(text("PRAGMA busy_timeout = 20")).close())
    async with whole_server(database, clock, computer, tmp_path) as client:
        yield Town(database, client, now)


@contextmanager
def away(url: str) -> Iterator[None]:
    """PostgreSQL takes no connection and has cut those there were; somebody else holds SQLite's only writer."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(address.database or "")) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    server = create_engine(address.set(drivername="postgresql+psycopg", database="postgres"))
    with server.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS false"))
        cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(cut, {"name": address.database})
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS true"))
    server.dispose()


def rows(session: Session) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def bulletin(_number: str) -> tuple[str, dict[str, Any]]:
    return "/bulletins", {"form": {"title": "供暖季值班要求", "text": "各单位须值守。", "valid_until": "2026-12-31"}}


def termination(number: str) -> tuple[str, dict[str, Any]]:
    return f"/tickets/{number}/terminate", {"termination_reason": "uncooperative", "reason": "三次约见均未到场"}


def legal_basis(_number: str) -> tuple[str, dict[str, Any]]:
    words = {"name": "《城镇供热条例》第三条", "words": "由供热主管部门负责。"}
    return "/legal-bases", {"form": {"kind": "other"} | words}


@pytest.mark.parametrize("wish", [bulletin, termination, legal_basis])
async def test_what_meets_an_absent_database_is_answered_clearly_and_done_once_when_it_is_back(
    town: Town, database_url: str, now: datetime, wish: Callable[[str], tuple[str, dict[str, Any]]]
) -> None:
    number: str = town.database.write(lambda session: City.session_of(session, town.city).signed(now).number)
    supervisor, (path, body) = town.browser(town.city.supervisor), wish(number)
    key = {"Idempotency-Key": "pressed once"}
    before = town.database.read(rows)

    with away(database_url):
        status, answer = await supervisor.ask("POST", path, json=body, headers=key)
    after = town.database.read(rows)
    done = [(await supervisor.ask("POST", path, json=body, headers=key))[0] for _ in range(2)]

    assert (status, answer["code"]) in [(503, "database_away"), (503, "overloaded")]
    assert "请稍后再试" in answer["detail"]
    assert after == before
    assert done in ([200, 409], [201, 201])
    made = {table: n - was for table, n, was in zip(TABLES, town.database.read(rows), before, strict=True)}
    assert made[Bulletin] + made[Ending] + made[LegalBasis] == 1
