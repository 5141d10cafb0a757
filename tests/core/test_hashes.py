"""Hashes by name, rows spelt for them, and a chain that changes from one to another."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.audit import AUDIT_CHAIN
from core.chain import canonical_bytes, row_bytes, seal, verify
from core.checkpoints.actions import keep_nodes, take_checkpoint
from core.checkpoints.notes import Statement
from core.checkpoints.walk import Walked, walk
from core.hashes import HASHES
from evaluation.rules import LedgerKind
from tests.core.test_chain import drop_guards, write_rows
from tests.core.test_checkpoints import SIGNER

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.text(),
    st.sampled_from(LedgerKind),
    st.binary(max_size=20),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])),
    st.dates(),
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_is_that_of_the_national_standard(content: bytes, expected: str) -> None:
    """The two examples of GB/T 32905-2016, appendix A."""
    assert HASHES["sm3"](content).hex() == expected


def test_sha256_is_that_of_everybody() -> None:
    assert HASHES["sha256"](b"abc") == hashlib.sha256(b"abc").digest()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.dictionaries(st.text("abcdefg_", min_size=1), VALUES))
def test_a_row_is_spelt_as_its_canonical_form(content: dict[str, object]) -> None:
    columns = sorted(content)

    assert row_bytes(columns, [content[name] for name in columns]) == canonical_bytes(content)


def sealed_by(session: Session, algorithm: str, count: int, now: datetime) -> None:
    write_rows(session, count, now)
    seal(session, AUDIT_CHAIN, now=now, algorithm=algorithm)


def checkpoint_by(session: Session, algorithm: str, now: datetime) -> str:
    while keep_nodes(session, AUDIT_CHAIN, algorithm=algorithm, now=now):
        pass
    taken = take_checkpoint(session, AUDIT_CHAIN, SIGNER, algorithm=algorithm, now=now)
    assert taken is not None
    return taken.note


def walked(session: Session, now: datetime, *witnessed: str) -> Walked:
    return walk(session, AUDIT_CHAIN, SIGNER.verifier, witnessed=witnessed, now=now)


def test_a_chain_goes_on_by_another_algorithm_and_back(session: Session, now: datetime) -> None:
    for algorithm in ("sha256", "sm3", "sha256"):
        sealed_by(session, algorithm, 3, now)

    found = verify(session, AUDIT_CHAIN, now=now)

    assert (found.holds, found.sealed) == (True, 9)
    named = session.execute(text("SELECT algorithm FROM audit_seals ORDER BY seq")).scalars().all()
    assert named == ["sha256"] * 3 + ["sm3"] * 3 + ["sha256"] * 3


@pytest.mark.parametrize("seq", range(1, 7))
def test_what_is_changed_on_either_side_of_the_change_is_named(session: Session, now: datetime, seq: int) -> None:
    sealed_by(session, "sha256", 3, now)
    sealed_by(session, "sm3", 3, now)
    drop_guards(session, "audit_rows")
    row_id = session.execute(text(f"SELECT row_id FROM audit_seals WHERE seq = {seq}")).scalar_one()
    session.execute(text(f"UPDATE audit_rows SET purpose = '好奇' WHERE id = {row_id}"))

    bad = verify(session, AUDIT_CHAIN, now=now).bad

    assert bad is not None
    assert (bad.seq, bad.row_id) == (seq, row_id)


@pytest.mark.parametrize(
    ("named", "reason"), [("sm3", "the row's content or its seal was changed"), ("md5", "unknown algorithm md5")]
)
def test_a_row_that_names_another_algorithm_does_not_hold(
    session: Session, now: datetime, named: str, reason: str
) -> None:
    sealed_by(session, "sha256", 3, now)
    drop_guards(session, "audit_seals")
    session.execute(text(f"UPDATE audit_seals SET algorithm = '{named}' WHERE seq = 2"))

    bad = verify(session, AUDIT_CHAIN, now=now).bad

    assert bad is not None
    assert (bad.seq, bad.reason) == (2, reason)


def test_checkpoints_of_both_algorithms_stand_and_each_carries_the_root_before_it(
    session: Session, now: datetime
) -> None:
    sealed_by(session, "sha256", 300, now)
    first = checkpoint_by(session, "sha256", now)
    sealed_by(session, "sm3", 300, now)
    second = checkpoint_by(session, "sm3", now)

    assert walked(session, now, first, second).holds
    assert walked(session, now).checkpoints == 2
    assert SIGNER.verifier.read(second).previous == SIGNER.verifier.read(first).root

    drop_guards(session, "audit_rows", "audit_seals")
    session.execute(text("UPDATE audit_rows SET purpose = '好奇' WHERE object_id = '7'"))
    session.execute(text("DELETE FROM audit_seals"))
    while seal(session, AUDIT_CHAIN, now=now):
        pass
    assert not walked(session, now).holds


def test_a_note_of_an_algorithm_that_nobody_has_is_no_note_that_stands(session: Session, now: datetime) -> None:
    sealed_by(session, "sha256", 3, now)
    said = SIGNER.verifier.read(checkpoint_by(session, "sha256", now))
    note = SIGNER.sign(Statement(said.origin, said.size, said.root, None, now, "md5"))

    bad = walked(session, now, note).bad

    assert bad is not None
    assert bad.reason == "unknown algorithm md5"
