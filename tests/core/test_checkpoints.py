"""Checkpoints: a signed root per day, which finds what a chain rebuilt by somebody with the password would hide."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from core.audit import AUDIT_CHAIN, AuditRow
from core.chain import seal
from core.checkpoints.actions import keep_nodes, last_checkpoint, take_checkpoint
from core.checkpoints.model import Checkpoint, MerkleNode
from core.checkpoints.notes import BadNote, Signer
from core.checkpoints.tree import BrokenTree, ChainTree
from core.checkpoints.walk import Walked, walk
from core.database import Database
from core.merkle import Growing, Merkle
from tests.core.test_chain import drop_guards

SIGNER = Signer("hotline.example/audit", b"a seed that only tests may use..")
ALL_TABLES = ("audit_rows", "audit_seals", "checkpoints", "merkle_nodes")


def write_rows(session: Session, n: int, now: datetime) -> None:
    """As many as wanted at once, sealed."""
    row = {"at": now, "actor": "工号 1001", "person_id": 7, "action": "reveal_caller", "object_kind": "ticket"}
    session.execute(insert(AuditRow), [{**row, "object_id": str(i), "purpose": "回访"} for i in range(n)])
    while seal(session, AUDIT_CHAIN, now=now, at_most=10_000):
        pass


def checkpoint(session: Session, now: datetime) -> Checkpoint:
    while keep_nodes(session, AUDIT_CHAIN, now=now):
        pass
    taken = take_checkpoint(session, AUDIT_CHAIN, SIGNER, now=now)
    assert taken is not None
    return taken


def walked(session: Session, now: datetime, *witnessed: str) -> Walked:
    return walk(session, AUDIT_CHAIN, SIGNER.verifier, witnessed=witnessed, now=now)


def root_of_all(session: Session) -> str:
    """By the walk that keeps nothing, which shares no code with the kept nodes."""
    tree, growing = ChainTree(session, AUDIT_CHAIN, "sha256"), Growing(Merkle())
    for index in range(tree.size()):
        growing.add(tree.content(index))
    return growing.root().hex()


def rebuild_chain(session: Session, now: datetime) -> None:
    """What a thorough forger does: every seal is made again over the rows as they are now."""
    session.execute(text("DELETE FROM audit_seals"))
    session.expire_all()
    while seal(session, AUDIT_CHAIN, now=now, at_most=10_000):
        pass


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 700])
def test_a_checkpoint_signs_the_root_of_all_that_is_sealed(session: Session, now: datetime, count: int) -> None:
    write_rows(session, count, now)

    taken = checkpoint(session, now)

    said = SIGNER.verifier.read(taken.note)
    assert (said.size, said.root.hex(), said.previous, said.at) == (count, root_of_all(session), None, now)
    assert taken.root == said.root.hex()
    assert walked(session, now).holds


def test_a_tree_of_two_kept_levels_still_proves_every_row(session: Session, now: datetime) -> None:
    write_rows(session, 65_900, now)
    # what autovacuum does for a table that grows; it cannot see rows of a transaction that is open
    session.execute(text("ANALYZE"))

    taken = checkpoint(session, now)

    assert session.scalars(select(MerkleNode.level).distinct().order_by(MerkleNode.level)).all() == [8, 16]
    tree, merkle = ChainTree(session, AUDIT_CHAIN, "sha256"), Merkle()
    for index in (0, 255, 256, 40_000, 65_535, 65_536, 65_899):
        path = tree.path(index, taken.size)
        found = merkle.root_by_path(merkle.leaf(tree.content(index)), index, taken.size, path)
        assert found is not None
        assert found.hex() == taken.root
    assert walked(session, now).holds


def test_each_checkpoint_carries_the_root_before_it(session: Session, now: datetime) -> None:
    write_rows(session, 3, now)
    first = checkpoint(session, now)
    write_rows(session, 300, now)

    second = checkpoint(session, now + timedelta(days=1))

    said = SIGNER.verifier.read(second.note)
    assert said.previous is not None
    assert (said.previous.hex(), second.previous_root) == (first.root, first.root)
    assert walked(session, now).checkpoints == 2


def test_where_nothing_came_since_there_is_no_second_checkpoint(session: Session, now: datetime) -> None:
    nothing_yet = take_checkpoint(session, AUDIT_CHAIN, SIGNER, now=now)
    write_rows(session, 3, now)
    checkpoint(session, now)

    assert nothing_yet is None
    assert take_checkpoint(session, AUDIT_CHAIN, SIGNER, now=now + timedelta(days=1)) is None


def test_the_smallest_checkpoint_that_is_over_a_row_can_be_asked_for(session: Session, now: datetime) -> None:
    write_rows(session, 3, now)
    checkpoint(session, now)

    assert last_checkpoint(session, AUDIT_CHAIN, over=4) is None
    assert last_checkpoint(session, AUDIT_CHAIN, over=3) is not None


FORGERIES: dict[str, str] = {
    "changed": "UPDATE audit_rows SET purpose = '好奇' WHERE object_id = '7'",
    "removed": "DELETE FROM audit_rows WHERE object_id = '7'",
    "swapped": "UPDATE audit_rows SET object_id = CASE object_id WHEN '7' THEN '8' ELSE '7' END"
    " WHERE object_id IN ('7', '8')",
    "cut": "DELETE FROM audit_rows WHERE object_id >= '7'",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_chain_that_was_rebuilt_over_a_forgery_does_not_lead_to_the_checkpoint(
    session: Session, now: datetime, forgery: str
) -> None:
    write_rows(session, 10, now)
    checkpoint(session, now)

    drop_guards(session, *ALL_TABLES)
    session.execute(text(forgery))
    rebuild_chain(session, now)

    found = walked(session, now)
    assert found.verification.holds
    assert not found.holds
    assert found.bad is not None
    assert found.bad.size == 10


def test_a_forger_who_also_removes_our_checkpoints_is_found_by_what_a_witness_kept(
    session: Session, now: datetime
) -> None:
    write_rows(session, 10, now)
    kept = checkpoint(session, now).note

    drop_guards(session, *ALL_TABLES)
    session.execute(text(FORGERIES["cut"]))
    session.execute(text("DELETE FROM checkpoints"))
    session.execute(text("DELETE FROM merkle_nodes"))
    rebuild_chain(session, now)
    checkpoint(session, now)

    assert walked(session, now).holds
    found = walked(session, now, kept)
    assert found.bad is not None
    assert found.bad.reason == "it is over 10 links, and 7 are there: the tail was cut"


@pytest.mark.parametrize(
    ("forgery", "size", "reason"),
    [
        ("DELETE FROM checkpoints WHERE size = 5", 9, "it does not carry the root of the one before it"),
        ("UPDATE checkpoints SET root = previous_root WHERE size = 9", 9, "what was signed is not what is shown"),
        ("UPDATE checkpoints SET size = 8 WHERE size = 9", 8, "what was signed is not what is shown"),
    ],
)
def test_a_checkpoint_that_was_removed_or_shown_differently_is_named(
    session: Session, now: datetime, forgery: str, size: int, reason: str
) -> None:
    for count in (3, 2, 4):
        write_rows(session, count, now)
        checkpoint(session, now)
    assert walked(session, now).checkpoints == 3

    drop_guards(session, *ALL_TABLES)
    session.execute(text(forgery))
    session.expire_all()

    bad = walked(session, now).bad
    assert bad is not None
    assert (bad.size, bad.reason) == (size, reason)


def test_no_root_is_signed_over_rows_that_are_gone(session: Session, now: datetime) -> None:
    write_rows(session, 10, now)
    drop_guards(session, *ALL_TABLES)
    session.execute(text(FORGERIES["removed"]))

    with pytest.raises(BrokenTree):
        take_checkpoint(session, AUDIT_CHAIN, SIGNER, now=now)


def test_no_root_is_signed_over_fewer_rows_than_the_last_one(session: Session, now: datetime) -> None:
    write_rows(session, 10, now)
    checkpoint(session, now)
    drop_guards(session, *ALL_TABLES)
    session.execute(text("DELETE FROM audit_seals WHERE seq > 7"))

    with pytest.raises(BrokenTree):
        take_checkpoint(session, AUDIT_CHAIN, SIGNER, now=now)


def _another_size(note: str) -> str:
    return note.replace("\n3\n", "\n2\n")


def _another_key(note: str) -> str:
    said = SIGNER.verifier.read(note)
    return Signer(SIGNER.origin, b"the seed of somebody else at all").sign(said)


def _another_chain(note: str) -> str:
    said = SIGNER.verifier.read(note)
    other = Signer("hotline.example/ledger", b"a seed that only tests may use..")
    return other.sign(said).replace("hotline.example/ledger", SIGNER.origin)


@pytest.mark.parametrize(
    "forge", [_another_size, _another_key, _another_chain, lambda note: note.partition("\n\n")[0], lambda _note: ""]
)
def test_a_note_that_we_did_not_sign_is_refused(session: Session, now: datetime, forge: Callable[[str], str]) -> None:
    write_rows(session, 3, now)
    forged = forge(checkpoint(session, now).note)

    with pytest.raises(BadNote):
        SIGNER.verifier.read(forged)

    assert walked(session, now, forged).bad is not None


@pytest.mark.parametrize("table", ["checkpoints", "merkle_nodes"])
def test_the_database_refuses_to_change_a_checkpoint(session: Session, now: datetime, table: str) -> None:
    write_rows(session, 256, now)
    checkpoint(session, now)

    with pytest.raises(Exception, match="append-only"), session.begin_nested():
        session.execute(text(f"DELETE FROM {table}"))


def test_two_who_take_a_checkpoint_at_once_take_one(database: Database, now: datetime) -> None:
    database.write(write_rows, 300, now)

    def publish(_: int) -> None:
        while database.write(keep_nodes, AUDIT_CHAIN, now=now):
            pass
        database.write(take_checkpoint, AUDIT_CHAIN, SIGNER, now=now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(publish, range(4)))

    assert database.read(lambda session: session.scalars(select(Checkpoint.size)).all()) == [300]
    assert database.read(walk, AUDIT_CHAIN, SIGNER.verifier, now=now).holds
