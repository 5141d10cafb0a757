"""The call layer when somebody else has the node, was killed, or the database is away."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
import sqlalchemy as sa

from core.clock import SystemClock
from core.database import Database
from core.leases import take_lease
from telephony.ami import LinkState
from telephony.layer import holder_of, lease_name
from telephony.rules import CallResult, CallState
from tests.telephony.making import NODE
from tests.telephony.serving import has, serving, the_call, until
from tests.telephony.stand_in import StandIn
from tests.telephony.told import Line, Queue


@pytest.mark.parametrize("template", ["postgresql"], indirect=True, scope="session")  # SQLite admits one server
async def test_one_call_layer_serves_a_node_and_the_next_takes_over(
    open_database: Callable[..., Database], server: StandIn, queue: Queue
) -> None:
    database, other = open_database(), open_database()

    async with serving(other, server, lease_s=1.5) as second:
        await server.until(lambda: server.connections == 1)
        async with serving(database, server, lease_s=1.5) as first:
            await asyncio.sleep(2)
            assert (first.status.state, second.status.state) == (LinkState.DOWN, LinkState.UP)
            assert server.connections == 1

    async with serving(database, server, lease_s=1.5):
        await server.until(lambda: server.connections == 2)


@pytest.mark.parametrize("template", ["sqlite"], indirect=True, scope="session")
async def test_a_killed_server_on_sqlite_has_its_calls_back_at_once(
    database: Database, server: StandIn, queue: Queue
) -> None:
    now = SystemClock().now()
    database.write(take_lease, lease_name(NODE), holder=holder_of(database), for_s=3600, now=now)

    async with serving(database, server):
        await server.until(lambda: server.connections == 1)


async def test_a_second_layer_starts_when_the_first_has_gone(database: Database, server: StandIn, queue: Queue) -> None:
    async with serving(database, server):
        await server.until(lambda: server.connections == 1)

    async with serving(database, server):
        await server.until(lambda: server.connections == 2)


async def test_a_call_told_while_the_database_is_away_is_stored_when_it_is_back(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    line = Line(server, started_at)

    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        with away(database):
            line.ring()
            line.answer()
            line.finish()
            await asyncio.sleep(1)
        call = await until(database, the_call, has(state=CallState.ENDED))

    assert call is not None
    assert (call.result, call.rating_key) == (CallResult.ANSWERED, 5)
    assert server.connections == 1


@contextmanager
def away(database: Database) -> Iterator[None]:
    """Nobody can use the database: SQLite's file is locked by somebody else, PostgreSQL refuses connections."""
    url = database.writing.url
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
        return
    admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = url.database
    with admin.connect() as connection:
        connection.execute(sa.text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false'))
        connection.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        yield
        connection.execute(sa.text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true'))
    admin.dispose()
