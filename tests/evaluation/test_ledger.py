"""The ledger refuses change, and names the row that was changed all the same."""

import json
import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.chain import Verification, seal
from core.database import Database
from evaluation.ledger import (
    LEDGER_CHAIN,
    append_entry,
    exported,
    ledger_status,
    lines_beyond,
    newest_lines,
    salted_hash,
    sealed_lines,
    verify_ledger,
)
from evaluation.model import LedgerEntry, LedgerSeal
from evaluation.rules import LedgerKind

TABLES = ("ledger_entries", "ledger_seals")
DROP = {
    "sqlite": [f"DROP TRIGGER {table}_no_{verb}" for table in TABLES for verb in ("update", "delete")],
    "postgresql": [f"DROP TRIGGER {table}_no_change ON {table}" for table in TABLES],
}


def write_lines(session: Session, count: int, now: datetime) -> None:
    draw = random.Random(count)
    for n in range(count):
        kind = draw.choice([LedgerKind.INVITATION, LedgerKind.ANSWER, LedgerKind.REFUSAL])
        append_entry(session, kind, {"invitation": n, "level": draw.randint(1, 5), "说": "明"}, now=now)
    seal(session, LEDGER_CHAIN, now=now)


def tamper(database: Database, statement: str) -> None:
    """What somebody with the database's own password could do."""

    def do(session: Session) -> None:
        for drop in DROP[session.get_bind().dialect.name]:
            session.execute(text(drop))
        session.execute(text(statement))

    database.write(do)


def verified(database: Database, now: datetime) -> Verification:
    return database.read(verify_ledger, now=now)


def test_what_acts_append_is_chained_and_holds(database: Database, now: datetime) -> None:
    database.write(write_lines, 50, now)
    database.write(write_lines, 30, now)

    found = verified(database, now)

    assert (found.holds, found.sealed, found.unsealed) == (True, 80, 0)
    status = database.read(ledger_status)
    assert (status.sealed, status.unsealed, status.head) == (80, 0, found.head)


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["ledger_entries", "ledger_seals"])
def test_the_database_refuses_to_change_the_ledger(
    database: Database, now: datetime, table: str, statement: str
) -> None:
    database.write(write_lines, 3, now)
    column = "id" if table == "ledger_entries" else "seq"

    with pytest.raises(Exception, match=r"append-only|change"):
        database.write(lambda session: session.execute(text(statement.format(table).replace("id", column))))

    assert verified(database, now).holds


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE ledger_entries SET body = REPLACE(body, '\"level\"', '\"Level\"') WHERE id = 7", 7),
        ("UPDATE ledger_entries SET kind = 'expiry' WHERE id = 4", 4),
        ("UPDATE ledger_entries SET at = '2020-01-01 00:00:00' WHERE id = 9", 9),
        ("DELETE FROM ledger_entries WHERE id = 12", 12),
        ("DELETE FROM ledger_seals WHERE seq = 5", 6),
        ("UPDATE ledger_seals SET hash = '00' WHERE seq = 3", 3),
        ("UPDATE ledger_seals SET row_id = row_id + 100 WHERE seq = 20", 120),
    ],
)
def test_a_changed_row_is_named(database: Database, now: datetime, statement: str, row: int) -> None:
    database.write(write_lines, 20, now)

    tamper(database, statement)

    found = verified(database, now)
    assert not found.holds
    assert found.bad is not None
    assert found.bad.row_id == row


def test_a_row_put_in_beside_the_sealer_is_named(database: Database, now: datetime) -> None:
    database.write(write_lines, 5, now)
    before_all = {"id": 0, "kind": LedgerKind.ANSWER, "at": now - timedelta(minutes=2), "body": "{}"}
    database.write(lambda session: session.add(LedgerEntry(**before_all)))

    found = verified(database, now)

    assert found.bad is not None
    assert (found.bad.row_id, found.bad.seq) == (0, None)


def test_a_line_just_written_waits_for_the_sealer_and_is_no_finding(database: Database, now: datetime) -> None:
    database.write(append_entry, LedgerKind.ANSWER, {"rating": 1}, now=now)

    found = verified(database, now + timedelta(seconds=1))

    assert (found.holds, found.unsealed) == (True, 1)
    assert database.read(newest_lines)[0].seq is None


def test_the_export_is_one_json_object_a_line_in_order(database: Database, now: datetime) -> None:
    database.write(write_lines, 12, now)

    first = database.read(sealed_lines, after=0, limit=10)
    rest = database.read(sealed_lines, after=10, limit=10)
    lines = [json.loads(line) for line in exported([*first, *rest])]

    assert [line["seq"] for line in lines] == list(range(1, 13))
    assert lines[1]["previous_hash"] == lines[0]["hash"]
    assert lines[0]["body"]["说"] == "明"


def put_in(session: Session, row_id: int, now: datetime) -> None:
    session.add(LedgerEntry(id=row_id, kind=LedgerKind.ANSWER, at=now, body="{}"))
    session.flush()


def test_the_export_goes_by_the_seals_where_a_later_row_was_sealed_first(database: Database, now: datetime) -> None:
    """PostgreSQL gives ids before the commit, so a row may be sealed after rows with higher ids."""

    def write(session: Session) -> None:
        for row_id in (10, 11):
            put_in(session, row_id, now)
        seal(session, LEDGER_CHAIN, now=now)
        put_in(session, 5, now)
        seen = {"algorithm": "sha256", "previous_hash": "1" * 64, "hash": "2" * 64, "sealed_at": now}
        session.add(LedgerSeal(seq=3, row_id=5, **seen))

    database.write(write)

    assert [line.id for line in database.read(sealed_lines, after=0)] == [10, 11, 5]
    assert [line.seq for line in database.read(sealed_lines, after=1, limit=1)] == [2]


def test_what_waits_for_the_sealer_comes_last_and_once_though_it_is_sealed_meanwhile(
    database: Database, now: datetime
) -> None:
    database.write(write_lines, 4, now)
    for level in (5, 1, 3):
        database.write(append_entry, LedgerKind.ANSWER, {"level": level}, now=now)

    waiting = database.read(lines_beyond, seq=4, limit=1)
    database.write(seal, LEDGER_CHAIN, now=now)
    rest = database.read(lines_beyond, seq=4, after=waiting[-1].id, limit=10)

    assert [(line.id, line.seq) for line in [*waiting, *rest]] == [(5, None), (6, 6), (7, 7)]


def test_lines_are_read_by_kind_newest_first(database: Database, now: datetime) -> None:
    database.write(write_lines, 40, now)

    found = database.read(newest_lines, kind=LedgerKind.REFUSAL, before=30, limit=5)

    assert {line.kind for line in found} == {LedgerKind.REFUSAL}
    assert [line.id for line in found] == sorted((line.id for line in found), reverse=True)
    assert found[0].id < 30


def test_a_salted_hash_proves_a_text_only_with_its_salt() -> None:
    assert salted_hash(b"a" * 16, "没人来") == salted_hash(b"a" * 16, "没人来")
    assert salted_hash(b"a" * 16, "没人来") != salted_hash(b"b" * 16, "没人来")
