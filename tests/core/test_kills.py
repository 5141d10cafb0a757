"""kill -9 while jobs run: nothing is lost and nothing is done twice, drained in process and through RabbitMQ."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.database import Database
from core.jobs import BrokerSettings, count_jobs, dead_jobs, enqueue, queue
from core.jobs.broker import Relay, check_broker
from core.jobs.errors import BrokerUnreachable
from core.jobs.model import JobRow
from tests.core import broker_worker
from tests.core.broker_worker import write_letter
from tests.system.rabbitmq import Rabbit, free_port, running_rabbit
from tests.system.server import QUICK, ROOT

LEASE_S = 1.5
N = 24


@contextmanager
def worker(database_url: str, broker_url: str = "") -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.core.broker_worker", database_url, broker_url, str(LEASE_S)],
        cwd=ROOT,
        env=os.environ | QUICK,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def letters(database: Database) -> Database:
    for table in broker_worker.TABLES:
        database.write(create_table, table)
    for n in range(N):
        database.write(
            enqueue, write_letter, now=database.clock.now(), box=f"b{n % 4}", name=f"letter {n:02}", takes_s=0.1
        )
    return database


def count(database: Database, table: str) -> int:
    return database.read(count_rows, table)


def count_rows(session: Session, table: str) -> int:
    return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def effects(session: Session) -> list[tuple[str, str]]:
    return [(row.box, row.name) for row in session.execute(text("SELECT box, name FROM effects ORDER BY id"))]


def create_table(session: Session, statement: str) -> None:
    session.execute(text(statement))


def wait_until(is_so: Callable[[], bool], within_s: float = 60) -> None:
    ends = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.05)


def wait_until_begun(database: Database, n: int) -> None:
    wait_until(lambda: count(database, "begun") >= n)


def assert_each_letter_once_and_in_order(database: Database) -> None:
    rows = database.read(effects)
    assert Counter(name for _, name in rows) == Counter(f"letter {n:02}" for n in range(N))
    for box in {box for box, _ in rows}:
        names = [name for own_box, name in rows if own_box == box]
        assert names == sorted(names)
    assert database.read(dead_jobs) == []


def test_a_killed_drainer_loses_and_doubles_nothing(letters: Database, database_url: str) -> None:
    kills = 0
    while kills < 3:
        begun = count(letters, "begun")
        with worker(database_url) as process:
            wait_until_begun(letters, begun + 4)
            process.kill()
            process.wait()
        kills += 1

    with worker(database_url):
        wait_until(lambda: letters.read(count_jobs).open == 0)

    assert_each_letter_once_and_in_order(letters)
    assert count(letters, "begun") > N


@pytest.mark.needs("rabbitmq")
@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_a_killed_celery_worker_loses_and_doubles_nothing(
    letters: Database, database_url: str, rabbitmq: Rabbit
) -> None:
    letters.exchange_news()
    relay = Relay(letters, BrokerSettings(url=rabbitmq.url))
    relay.start()
    for _ in range(2):
        begun = count(letters, "begun")
        with worker(database_url, rabbitmq.url) as process:
            wait_until_begun(letters, begun + 4)
            process.kill()
            process.wait()

    with worker(database_url, rabbitmq.url) as process:
        wait_until(lambda: letters.read(count_jobs).open == 0)
        process.terminate()
        assert process.wait(30) == 0
    relay.close()

    assert_each_letter_once_and_in_order(letters)
    assert count(letters, "begun") > N


@pytest.mark.needs("rabbitmq")
@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_what_is_wanted_while_the_broker_is_away_is_done_when_it_is_back(
    letters: Database, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    letters.exchange_news()
    relay = Relay(letters, BrokerSettings(url=f"amqp://guest:guest@127.0.0.1:{port}//"))
    relay.start()
    for _ in range(2):  # the relay has tried, and gives back what nobody heard
        wait_until(lambda: letters.read(untold) < N)
        wait_until(lambda: letters.read(untold) == N)

    with running_rabbit(tmp_path, port) as rabbit, worker(database_url, rabbit.url):
        wait_until(lambda: letters.read(count_jobs).open == 0)
        relay.close()

    assert_each_letter_once_and_in_order(letters)


@pytest.mark.needs("rabbitmq")
@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_what_a_killed_server_was_about_to_tell_the_broker_is_told_when_it_is_back(
    letters: Database, database_url: str, rabbitmq: Rabbit
) -> None:
    letters.write(queue.to_publish, again_s=600, at_most=N, now=letters.clock.now())
    letters.exchange_news()
    relay = Relay(letters, BrokerSettings(url=rabbitmq.url))
    relay.start()

    with worker(database_url, rabbitmq.url):
        wait_until(lambda: letters.read(count_jobs).open == 0)
        relay.close()

    assert_each_letter_once_and_in_order(letters)


def untold(session: Session) -> int:
    return session.scalar(select(func.count()).where(JobRow.published_until.is_(None))) or 0


def test_a_broker_that_does_not_answer_is_named_without_its_password() -> None:
    settings = BrokerSettings(url=f"amqp://guest:s3cret@127.0.0.1:{free_port()}//")

    with pytest.raises(BrokerUnreachable) as refused:
        check_broker(settings)

    assert "127.0.0.1" in str(refused.value)
    assert "s3cret" not in str(refused.value)
