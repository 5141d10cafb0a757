"""A worker process for the tests: `python -m tests.core.broker_worker DATABASE_URL BROKER_URL LEASE_S`.

Its jobs write into the table `effects`; "slow" ones announce that they began, then take a while.
"""

import sys
import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.database import Database, DatabaseSettings
from core.jobs import BrokerSettings, JobSettings, Work, job
from core.jobs.broker import run_worker
from core.jobs.drainer import Drainer
from core.jobs.runner import Runner

TABLES = (
    "CREATE TABLE effects (id INTEGER, box VARCHAR(10), name VARCHAR(40))",
    "CREATE TABLE begun (name VARCHAR(40))",
)


def note_begin(session: Session, name: str) -> None:
    session.execute(text("INSERT INTO begun (name) VALUES (:name)"), {"name": name})


def note_effect(session: Session, box: str, name: str) -> None:
    session.execute(
        text("INSERT INTO effects (id, box, name) SELECT coalesce(max(id), 0) + 1, :box, :name FROM effects"),
        {"box": box, "name": name},
    )


@job(order_key="box {box}")
def write_letter(work: Work, *, box: str, name: str, takes_s: float = 0) -> None:
    work.note(note_begin, name)
    time.sleep(takes_s)
    work.finish(note_effect, box, name)


def main(database_url: str, broker_url: str, lease_s: str) -> None:
    database = Database(DatabaseSettings(url=database_url, connections=6))
    runner = Runner(database, {}, JobSettings(lease_s=float(lease_s)))
    database.serve()
    if broker_url:
        run_worker(BrokerSettings(url=broker_url, threads=3), runner)
    else:
        Drainer(runner).start()
        time.sleep(3600)


if __name__ == "__main__":
    # under its own name, so that the job is called tests.write_letter here as in the test
    from tests.core import broker_worker

    broker_worker.main(*sys.argv[1:])
