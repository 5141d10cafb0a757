"""The runner: one transaction, views inside it, news after it, and what happens when two meet."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.database import Database, DatabaseSettings, Overloaded, ReadTooLong, StorageFull
from core.events import Event, EventsMissed, announce


@dataclass(frozen=True)
class ThingHappened(Event):
    thing_id: int


@pytest.fixture
def things(database: Database) -> Database:
    database.write(
        lambda session: session.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY, n INTEGER)")).close()
    )
    return database


def add_thing(session: Session, n: int) -> int:
    session.execute(text("INSERT INTO things (id, n) VALUES (:n, :n)"), {"n": n})
    announce(session, ThingHappened(n))
    return n


def count_things(session: Session) -> int:
    return int(session.scalar(text("SELECT count(*) FROM things")) or 0)


def test_a_write_is_kept_and_listeners_hear_of_it_after_the_commit(things: Database) -> None:
    heard: list[tuple[list[Event], int]] = []
    things.subscribe(lambda events: heard.append((list(events), things.read(count_things))))

    things.write(add_thing, 7)

    assert heard == [([ThingHappened(7)], 1)]


def test_a_write_that_raises_leaves_nothing_and_tells_nobody(things: Database) -> None:
    heard: list[list[Event]] = []
    things.subscribe(heard.append)

    def fail(session: Session) -> None:
        add_thing(session, 1)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        things.write(fail)

    assert (things.read(count_things), heard) == (0, [])


def test_a_read_cannot_change_anything(things: Database) -> None:
    with pytest.raises(DBAPIError):
        things.read(add_thing, 1)

    assert things.read(count_things) == 0


def test_a_view_is_built_inside_the_transaction(things: Database) -> None:
    assert things.write(add_thing, 3, view=lambda n: f"thing {n}") == "thing 3"


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
def test_a_write_inside_a_write_is_named_as_a_mistake(things: Database) -> None:
    with pytest.raises(RuntimeError, match="a write inside a write"):
        things.write(lambda _session: things.write(add_thing, 1))


def test_many_threads_writing_at_once_lose_nothing(things: Database) -> None:
    def add_some(first: int) -> None:
        for n in range(first, first + 10):
            things.write(add_thing, n)

    threads = [threading.Thread(target=add_some, args=(n * 10,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert things.read(count_things) == 60


def test_transactions_that_meet_are_run_again(things: Database) -> None:
    """On PostgreSQL the two updates lock in opposite order, so one of them is a victim and must come again."""
    things.write(add_thing, 1)
    things.write(add_thing, 2)
    both_begun = threading.Barrier(2, timeout=2)

    def bump(session: Session, first: int, second: int) -> None:
        session.execute(text("UPDATE things SET n = n + 10 WHERE id = :id"), {"id": first})
        if not things.settings.is_sqlite:
            with contextlib.suppress(threading.BrokenBarrierError):
                both_begun.wait()
        session.execute(text("UPDATE things SET n = n + 10 WHERE id = :id"), {"id": second})

    threads = [threading.Thread(target=things.write, args=(bump, *order)) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert things.read(lambda session: session.scalar(text("SELECT sum(n) FROM things"))) == 43


async def test_a_page_that_waits_too_long_for_the_database_gets_503(open_database: Callable[..., Database]) -> None:
    database = open_database()
    release = threading.Event()
    busy = [asyncio.ensure_future(database.serving.write(lambda _session: release.wait(5))) for _ in range(4)]
    await asyncio.sleep(0.05)
    settings = database.settings

    with pytest.raises(Overloaded) as refused:
        await asyncio.wait_for(_one_more(database), settings.queue_wait_s + 2)

    release.set()
    await asyncio.gather(*busy, return_exceptions=True)
    assert refused.value.retry_after_s == 2


async def _one_more(database: Database) -> None:
    await asyncio.gather(*(database.serving.write(count_nothing) for _ in range(2)))


def count_nothing(_session: Session) -> None:
    return None


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
def test_a_read_that_goes_on_for_too_long_is_stopped(database_url: str) -> None:
    settings = DatabaseSettings(url=database_url, read_limit_s=0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    with Database(settings) as database, pytest.raises(ReadTooLong):
        database.read(lambda session: session.scalar(text(endless)))


def test_a_read_at_length_is_not_stopped(database_url: str) -> None:
    settings = DatabaseSettings(url=database_url, read_limit_s=0.01)
    long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n"

    with Database(settings) as database:
        assert database.read_at_length(lambda session: session.scalar(text(long))) == 1_000_000


@pytest.fixture
def heard(things: Database, open_database: Callable[..., Database]) -> queue.Queue[list[Event]]:
    """What another process on the same PostgreSQL hears, from the moment it listens."""
    other, heard = open_database(), queue.Queue[list[Event]]()
    other.subscribe(heard.put)
    things.exchange_news()
    other.exchange_news()
    assert heard.get(timeout=10) == [EventsMissed()], "what came before listening began asks for a snapshot"
    return heard


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_processes_on_one_postgresql_hear_of_each_other(things: Database, heard: queue.Queue[list[Event]]) -> None:
    things.write(add_thing, 1)

    assert heard.get(timeout=10) == [ThingHappened(1)]


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_news_is_told_after_the_line_it_goes_out_by_was_cut(
    things: Database, open_database: Callable[..., Database], heard: queue.Queue[list[Event]]
) -> None:
    things.write(add_thing, 1)
    heard.get(timeout=10)
    open_database().write(cut_lines, "hotline-notify")

    things.write(add_thing, 2)

    assert heard.get(timeout=10) == [ThingHappened(2)]


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_more_news_than_one_line_holds_becomes_a_wish_for_snapshots(
    things: Database, heard: queue.Queue[list[Event]]
) -> None:
    def do_much(session: Session) -> None:
        for n in range(400):
            announce(session, ThingHappened(n))

    things.write(do_much)

    assert heard.get(timeout=10) == [EventsMissed()]


def cut_lines(session: Session, name: str) -> None:
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
    session.execute(text(f"{ended} AND datname = current_database()"), {"name": name})


def cut_all_lines(session: Session) -> None:
    session.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_after_a_cut_line_listeners_are_told_that_they_missed_news(
    things: Database, heard: queue.Queue[list[Event]]
) -> None:
    things.write(cut_all_lines)

    assert heard.get(timeout=10) == [EventsMissed()]


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_a_database_that_was_restarted_is_written_to_again(
    things: Database, open_database: Callable[..., Database]
) -> None:
    open_database().write(cut_all_lines)

    assert things.write(add_thing, 1) == 1
    assert things.read(count_things) == 1


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_a_line_cut_in_the_middle_of_a_write_costs_nothing(
    things: Database, open_database: Callable[..., Database]
) -> None:
    other, cuts = open_database(), iter([True])

    def add_and_be_cut(session: Session) -> int:
        session.execute(text("SELECT 1"))
        if next(cuts, False):
            other.write(cut_all_lines)
        return add_thing(session, 1)

    assert things.write(add_and_be_cut) == 1
    assert things.read(count_things) == 1


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
def test_a_full_disk_is_named_and_loses_nothing(open_database: Callable[..., Database]) -> None:
    database = open_database()
    database.write(
        lambda session: session.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY, n TEXT)")).close()
    )
    pages = database.write(lambda session: int(session.scalar(text("PRAGMA page_count")) or 0))
    database.write(lambda session: session.execute(text(f"PRAGMA max_page_count = {pages + 2}")).close())
    database.write(add_thing, 1)

    def fill(session: Session) -> None:
        session.execute(text("INSERT INTO things (id, n) VALUES (2, :big)"), {"big": "x" * 100_000})

    with pytest.raises(StorageFull):
        database.write(fill)

    assert database.read(count_things) == 1
