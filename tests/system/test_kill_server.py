"""Kill -9 of the server, and of a worker, between ring and rating: nothing lost, nothing twice."""

import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import AUDIT_CHAIN
from core.chain import Chain, Verification, verify
from core.clock import SystemClock
from core.database import Database
from core.jobs import count_jobs, dead_jobs
from core.sealer import LEASE_S
from evaluation.ledger import LEDGER_CHAIN
from evaluation.model import Invitation, LedgerEntry, Rating
from sms.model import Message
from sms.providers.console import ConsoleProvider
from tests.system.calling import SEAT, CalledWalk, calls_as_told, found_seat, telephones
from tests.system.rabbitmq import Rabbit, free_port
from tests.system.server import running_server, running_worker
from tests.system.walk import PHONES, Walk, log_all_in, site, struck
from tests.tickets.making import City
from tickets.model import HistoryLine, Ticket


@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    ("template", "walks"),
    [("sqlite", 2), pytest.param("postgresql", 3, marks=pytest.mark.long)],
    indirect=["template"],
)
def test_a_killed_server_loses_and_doubles_nothing_from_ring_to_rating(
    database: Database, database_url: str, tmp_path: Path, walks: int
) -> None:
    city = database.write(City)
    database.write(log_all_in, city, SystemClock().now())
    database.write(found_seat, SystemClock().now())
    port = free_port()
    with telephones(tmp_path) as lines:
        environment = site(database_url, tmp_path) | lines.environment
        start = partial(
            running_server, ["serve", "--port", str(port)], port=port, folder=tmp_path, environment=environment
        )
        with struck(start, seed=12345) as fate:
            numbers = []
            for phone in PHONES[:walks]:
                walk = CalledWalk(fate, fate.process.url, database, city, phone)
                walk.lines = lines
                numbers.append(walk.run())
            until_sealed(database)

    assert fate.kills >= 20
    assert database.read(calls_as_told) == [
        {"caller": phone, "state": "ended", "result": "answered", "seat": f"PJSIP/{SEAT}", "key": 5, "talked": True}
        for phone in PHONES[:walks]
    ]
    assert_everything_is_there_once(database, numbers, tmp_path, calls=walks)


@pytest.mark.timeout(600)
@pytest.mark.needs("rabbitmq")
@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_a_killed_worker_loses_and_doubles_nothing(
    database: Database, database_url: str, tmp_path: Path, rabbitmq: Rabbit
) -> None:
    city = database.write(City)
    database.write(log_all_in, city, SystemClock().now())
    environment = site(database_url, tmp_path) | {"HOTLINE_BROKER__URL": rabbitmq.url}
    port = free_port()
    serve = ["serve", "--port", str(port)]

    with (
        running_server(serve, port=port, folder=tmp_path, environment=environment) as server,
        struck(partial(running_worker, folder=tmp_path, environment=environment), seed=54321) as fate,
    ):
        number = Walk(fate, server.url, database, city, PHONES[0]).run()

    assert fate.kills >= 5
    assert_everything_is_there_once(database, [number], tmp_path)


def until_sealed(database: Database) -> None:
    """The last server's sealer has its turn when the lease of a killed one has run out."""
    deadline = time.monotonic() + 3 * LEASE_S
    for chain in (LEDGER_CHAIN, AUDIT_CHAIN):
        while walked(database, chain).unsealed and time.monotonic() < deadline:
            time.sleep(0.2)


def assert_everything_is_there_once(database: Database, numbers: list[str], folder: Path, *, calls: int = 0) -> None:
    walks = len(numbers)
    for number in numbers:
        actions = Counter(database.read(history_of, number))
        assert all(n == 1 for action, n in actions.items() if action != "view"), actions
    assert database.read(counts) == {
        "tickets": walks,
        "invitations": walks,
        "messages": walks,
        "ratings": walks + calls,
    }
    accepted = ConsoleProvider(folder / "data" / "sms-console.jsonl").accepted
    assert [phone for _, phone, _ in accepted] == PHONES[:walks]
    assert Counter(database.read(ledger_kinds)) == {"invitation": walks, "answer": walks + calls}
    for chain in (LEDGER_CHAIN, AUDIT_CHAIN):
        found = walked(database, chain)
        assert (found.holds, found.unsealed) == (True, 0)
    assert database.read(dead_jobs) == []
    assert database.read(count_jobs).dead == 0


def walked(database: Database, chain: Chain) -> Verification:
    return database.read(verify, chain, now=SystemClock().now())


def history_of(session: Session, number: str) -> list[str]:
    lines = select(HistoryLine.action).join(Ticket).where(Ticket.number == number)
    return [str(action) for action in session.scalars(lines)]


def counts(session: Session) -> dict[str, int]:
    tables = {"tickets": Ticket, "invitations": Invitation, "messages": Message, "ratings": Rating}
    return {name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}


def ledger_kinds(session: Session) -> list[str]:
    return [str(kind) for kind in session.scalars(select(LedgerEntry.kind))]
