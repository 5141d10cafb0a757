"""A receipt code proves its rating to its owner, and nobody finds one out from the ledger alone."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.checkpoints.notes import Signer, Statement
from core.checkpoints.walk import walk
from core.merkle import Merkle
from evaluation.checkpoints.rules import Standing
from evaluation.ledger import LEDGER_CHAIN, exported, is_about, receipt_said, sealed_lines
from evaluation.model import RatingWords
from evaluation.rules import Level
from tests.evaluation.house import KEY, House, checked, said_of


def write_as_before(house: House, code: str) -> None:
    """Its line as it stood before receipts were salted; not sealed yet."""
    unsalted = hashlib.sha256(code.encode()).hexdigest()

    def rewrite(session: Session) -> None:
        kept = session.scalars(select(RatingWords)).one()
        connection, old = session.connection(), f"id = {kept.entry_id}"
        said = json.loads(connection.exec_driver_sql(f"SELECT body FROM ledger_entries WHERE {old}").scalar_one())
        del said["receipt_rule"]
        body = json.dumps(said | {"receipt": unsalted}, sort_keys=True, separators=(",", ":"))
        connection.exec_driver_sql(f"UPDATE ledger_entries SET body = '{body}' WHERE {old}")
        kept.receipt_salt = None

    house.forge("DELETE FROM ledger_seals")
    house.city.database.write(rewrite)


def texts(found: Any) -> list[str]:
    """Every text in what was exported, however deep."""
    if isinstance(found, dict):
        return [text for value in found.values() for text in texts(value)]
    return [found] if isinstance(found, str) else []


def test_from_the_exported_ledger_alone_no_receipt_code_can_be_confirmed(house: House) -> None:
    code = house.rate(Level.DISSATISFIED)

    lines = exported(house.city.database.read(sealed_lines, after=0))

    said = {text for line in lines for text in texts(json.loads(line))}
    tries = {
        hashlib.new(name, spelt.encode()).hexdigest() for name in ("sha256", "sm3") for spelt in (code, code.lower())
    }
    assert any(len(text) == 64 for text in said)
    assert said.isdisjoint({code, *tries})


def test_two_ratings_never_share_a_salt(house: House) -> None:
    for _ in range(3):
        house.rate(Level.SATISFIED)

    kept = house.city.database.read(lambda session: session.scalars(select(RatingWords)).all())

    salts = [salt for row in kept for salt in (row.salt, row.receipt_salt)]
    assert len(set(salts)) == 6


def test_a_rating_from_before_receipts_were_salted_is_proved_as_it_was(house: House, tmp_path: Path) -> None:
    code = house.rate(Level.SATISFIED)
    write_as_before(house, code)
    house.night()

    proof = house.proof(code)

    assert house.receipt(code).standing is Standing.PROVED
    assert proof["salt"] is None
    assert checked(proof, tmp_path).returncode == 0
    assert checked(proof | {"receipt": "ABCDEFGHJK"}, tmp_path).returncode != 0


def test_ratings_before_and_after_the_house_went_over_to_sm3_are_proved(house: House, tmp_path: Path) -> None:
    before = house.rate(Level.SATISFIED)
    house.night()
    house.hash_by("sm3")
    after = house.rate(Level.VERY_DISSATISFIED)
    house.night()

    for code in (before, after):
        proof = house.proof(code)
        assert house.receipt(code).standing is Standing.PROVED
        assert proof["algorithm"] == "sm3"
        assert checked(proof, tmp_path).returncode == 0
        assert checked(proof | {"algorithm": "sha256"}, tmp_path).returncode != 0
    assert house.city.database.read(walk, LEDGER_CHAIN, house.verifier, now=house.city.clock.now()).checkpoints == 2


def _no_salt(proof: dict[str, Any]) -> None:
    proof["salt"] = ""


def _another_salt(proof: dict[str, Any]) -> None:
    proof["salt"] = "00" * 16


def _longer_salt(proof: dict[str, Any]) -> None:
    """The same bytes are hashed: a part of the code is passed off as salt."""
    proof["salt"] += proof["receipt"][:4].encode().hex()
    proof["receipt"] = proof["receipt"][4:]


@pytest.mark.parametrize("forge", [_no_salt, _another_salt, _longer_salt])
def test_the_independent_program_takes_no_other_salt(
    house: House, tmp_path: Path, forge: Callable[[dict[str, Any]], None]
) -> None:
    code = house.rate(Level.SATISFIED)
    house.night()
    proof = house.proof(code)
    assert checked(proof, tmp_path).returncode == 0
    forge(proof)

    assert checked(proof, tmp_path).returncode != 0


def test_a_line_is_about_one_receipt_by_the_rule_that_it_names() -> None:
    salt = bytes(range(16))
    said = receipt_said("ABCDEFGHJK", salt)

    assert is_about(said, "ABCDEFGHJK", salt)
    assert not is_about(said, "ABCDEFGHJL", salt)
    assert not is_about(said, "ABCDEFGHJK", None)
    assert not is_about(said, "CDEFGHJK", salt + b"AB")
    assert not is_about(said | {"receipt_rule": "another"}, "ABCDEFGHJK", salt)


def test_a_proof_that_somebody_signed_anew_with_a_key_of_their_own_is_refused(house: House, tmp_path: Path) -> None:
    code = house.rate(Level.DISSATISFIED)
    house.night()
    kept = next(house.folder.glob("ledger-*"))
    proof = house.proof(code)
    forged = proof | forged_by(Signer("hotline.example/ledger", b"x" * 32), proof)

    assert checked(forged, tmp_path, KEY).returncode != 0
    assert checked(forged, tmp_path, kept).returncode != 0
    assert checked(forged, tmp_path, KEY, kept).returncode != 0
    assert checked(proof, tmp_path, KEY, kept).returncode == 0
    for unanchored in (forged, proof):
        told = said_of(unanchored, tmp_path)
        assert told.returncode != 0
        assert f"signed by key {unanchored['key']}" in told.stderr


def forged_by(signer: Signer, proof: dict[str, Any]) -> dict[str, Any]:
    """A better level as the only line of a ledger, signed under the same name."""
    line = proof["line"].replace('\\"level\\":2', '\\"level\\":5')
    assert line != proof["line"]
    said = Statement(signer.origin, 1, Merkle().leaf(line.encode()), None, datetime(2026, 10, 14, tzinfo=UTC), "sha256")
    return {
        "line": line,
        "index": 0,
        "size": 1,
        "path": [],
        "checkpoint": signer.sign(said),
        "key": signer.verifier.line,
    }
