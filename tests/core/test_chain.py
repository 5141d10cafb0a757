"""The audit log and its chain: append-only, sealed by one, and a changed row is named."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from core.audit import AUDIT_CHAIN, AuditRow, record_view
from core.chain import canonical_bytes, seal, unsealed, verify
from core.database import Database
from core.leases import give_up_lease, take_lease
from core.sealer import Sealer


def write_rows(session: Session, n: int, now: datetime) -> None:
    for i in range(n):
        record_view(session, "工号 1001", 7, "reveal_phone", "ticket", i, "回访", now)
    session.flush()


def drop_guards(session: Session, *tables: str) -> None:
    """What somebody with the database password would do first."""
    for table in tables:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_update"))
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_delete"))
        else:
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}"))
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}"))


@pytest.mark.parametrize("table", ["audit_rows", "audit_seals"])
@pytest.mark.parametrize("change", ["UPDATE {} SET row_id = 5", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_the_log(
    session: Session, now: datetime, table: str, change: str
) -> None:
    write_rows(session, 1, now)
    seal(session, AUDIT_CHAIN, now=now)
    statement = change.format(table).replace("row_id", "actor" if table == "audit_rows" else "row_id")

    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(statement))


def test_sealed_rows_verify_and_each_carries_the_hash_before_it(session: Session, now: datetime) -> None:
    write_rows(session, 5, now)

    assert seal(session, AUDIT_CHAIN, now=now) == 5
    assert seal(session, AUDIT_CHAIN, now=now) == 0
    found = verify(session, AUDIT_CHAIN, now=now)

    assert (found.holds, found.sealed, found.unsealed) == (True, 5, 0)


@pytest.mark.parametrize(
    ("tables", "change", "reason"),
    [
        (["audit_rows"], "UPDATE audit_rows SET purpose = '好奇' WHERE id = {id}", "changed"),
        (["audit_rows"], "DELETE FROM audit_rows WHERE id = {id}", "missing"),
        (["audit_seals"], "DELETE FROM audit_seals WHERE row_id = {id}", "missing"),
        (["audit_seals"], "UPDATE audit_seals SET sealed_at = '2026-10-12 00:00:00' WHERE row_id = {id}", "changed"),
        (["audit_seals"], "UPDATE audit_seals SET previous_hash = hash WHERE row_id = {id}", "does not follow"),
        (["audit_seals"], "UPDATE audit_seals SET algorithm = 'md5' WHERE row_id = {id}", "unknown algorithm"),
    ],
)
def test_one_changed_row_is_named(session: Session, now: datetime, tables: list[str], change: str, reason: str) -> None:
    write_rows(session, 9, now)
    seal(session, AUDIT_CHAIN, now=now)
    victim = session.query(AuditRow.id).order_by(AuditRow.id).offset(4).limit(1).scalar()
    drop_guards(session, *tables)

    session.execute(text(change.format(id=victim)))
    found = verify(session, AUDIT_CHAIN, now=now)

    assert found.bad is not None
    assert reason in found.bad.reason
    assert found.bad.row_id == victim or found.bad.reason == "link 5 is missing"


def test_a_row_smuggled_in_below_sealed_ones_is_a_finding_after_a_minute(session: Session, now: datetime) -> None:
    add_row(session, 10, now)
    add_row(session, 12, now)
    seal(session, AUDIT_CHAIN, now=now)
    add_row(session, 11, now)

    assert verify(session, AUDIT_CHAIN, now=now).holds
    found = verify(session, AUDIT_CHAIN, now=now + timedelta(minutes=2))

    assert found.bad is not None
    assert (found.bad.row_id, found.bad.reason) == (11, "the row has no seal")


def test_rows_that_a_killed_sealer_left_at_the_end_only_wait(session: Session, now: datetime) -> None:
    write_rows(session, 2, now)
    seal(session, AUDIT_CHAIN, now=now)
    write_rows(session, 3, now)

    found = verify(session, AUDIT_CHAIN, now=now + timedelta(hours=1))

    assert (found.holds, found.sealed, found.unsealed) == (True, 2, 3)


def add_row(session: Session, row_id: int, now: datetime) -> None:
    row = {"at": now, "actor": "", "action": "", "object_kind": "", "object_id": "", "purpose": ""}
    session.add(AuditRow(id=row_id, person_id=None, **row))
    session.flush()


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_a_row_that_becomes_visible_late_is_still_sealed(session: Session, now: datetime) -> None:
    """PostgreSQL hands out ids before the commit: row 3 may appear after row 5 was sealed."""
    add_row(session, 10, now)
    add_row(session, 12, now)
    seal(session, AUDIT_CHAIN, now=now)
    add_row(session, 11, now)

    assert unsealed(session, AUDIT_CHAIN, at_most=9) == [11]
    assert seal(session, AUDIT_CHAIN, now=now) == 1
    assert verify(session, AUDIT_CHAIN, now=now).holds


def test_content_has_one_spelling(now: datetime) -> None:
    assert canonical_bytes({"b": now, "a": "评价"}) == '{"a":"评价","b":"2026-10-13T01:00:00.000000Z"}'.encode()


def test_two_sealers_on_one_database_make_one_chain(open_database: Callable[..., Database]) -> None:
    first, second = open_database(), open_database()
    sealers = [Sealer(first, [AUDIT_CHAIN]), Sealer(second, [AUDIT_CHAIN])]
    for sealer in sealers:
        sealer.start()

    for _ in range(20):
        first.write(write_rows, 5, first.clock.now())
    for sealer in sealers:
        sealer.close()

    found = first.read(verify, AUDIT_CHAIN, now=first.clock.now())
    assert (found.holds, found.sealed, found.unsealed) == (True, 100, 0)


def test_a_lease_is_one_holders_until_it_ends_and_the_next_gets_a_higher_token(session: Session, now: datetime) -> None:
    later = now + timedelta(seconds=11)

    assert take_lease(session, "calls node-1", holder="a", for_s=10, now=now) == 1
    assert take_lease(session, "calls node-1", holder="b", for_s=10, now=now) is None
    assert take_lease(session, "calls node-1", holder="b", for_s=10, now=later) == 2
    give_up_lease(session, "calls node-1", holder="b", now=later)
    assert take_lease(session, "calls node-1", holder="a", for_s=10, now=later) == 3


def test_a_tail_that_is_cut_while_the_server_runs_is_noticed_by_its_sealer(database: Database, now: datetime) -> None:
    sealer = Sealer(database, [AUDIT_CHAIN])
    database.write(write_rows, 5, now)
    sealer.seal_all(AUDIT_CHAIN)
    database.write(write_rows, 1, now)
    with capture_logs() as quiet:
        sealer.seal_all(AUDIT_CHAIN)

    def cut(session: Session) -> None:
        drop_guards(session, "audit_rows", "audit_seals")
        session.execute(text("DELETE FROM audit_seals WHERE seq > 3"))
        session.execute(text("DELETE FROM audit_rows WHERE object_id > '2' OR id > 5"))

    database.write(cut)
    database.write(write_rows, 2, now)
    with capture_logs() as told:
        sealer.seal_all(AUDIT_CHAIN)

    assert quiet == []
    assert [(line["log_level"], line["chain"], line["seq"]) for line in told] == [("error", "audit", 6)]
    assert database.read(verify, AUDIT_CHAIN, now=now).holds
