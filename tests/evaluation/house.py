"""A city that publishes checkpoints, its witnesses, and the program that shares nothing with ours."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import evaluation.checkpoints.jobs
from core.chain import seal
from core.checkpoints.notes import Signer
from core.errors import HotlineError
from core.jobs.runner import drain
from evaluation.actions.answering import Answer, record_answer
from evaluation.checkpoints.actions import CHAINS, plan_checkpoints
from evaluation.checkpoints.proofs import Receipt, as_proof, prove
from evaluation.checkpoints.queries import newest_checkpoints
from evaluation.checkpoints.rules import WitnessState, next_due
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.checkpoints.witnesses import FolderWitness, Published
from evaluation.office import EvaluationOffice
from evaluation.rules import Channel, Level
from sms.office import SmsOffice
from tests.core.test_chain import drop_guards
from tests.evaluation.city import City

assert evaluation.checkpoints.jobs.__doc__
SCRIPT = Path(__file__).parents[2] / "docs" / "verify_receipt.py"
SEED = b"a seed that only tests may use.."
#: as it is published
KEY = Signer("hotline.example/ledger", SEED).verifier.line


class Stubborn:
    """A witness outside this house: it fails as often as it was told to, and remembers what it keeps."""

    def __init__(self, *faults: HotlineError) -> None:
        self.faults = list(faults)
        self.kept: list[str] = []

    def keep(self, published: Published) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.kept.append(published.note)


class House:
    """A city that publishes; `folder` and `server` are its witnesses."""

    def __init__(self, city: City, folder: Path) -> None:
        self.city, self.folder, self.server = city, folder, Stubborn()
        signers = {name: Signer(f"hotline.example/{name}", SEED) for name in CHAINS}
        self.office = CheckpointOffice(signers, {"file": FolderWitness(folder), "server": self.server})
        self.verifier = signers["ledger"].verifier

    def rate(self, level: Level, *, channel: Channel = Channel.PAGE, words: str | None = None) -> str:
        """The receipt code of a new rating."""
        invited = self.city.invite(self.city.ticket())
        answer = Answer(level, channel, f"page:{invited}", words)

        def record(session: Session) -> str:
            return record_answer(session, invited, answer, now=self.city.clock.now()).receipt

        receipt = self.city.database.write(record)
        self.seal()
        return receipt

    def seal(self) -> None:
        for chain in CHAINS.values():
            self.city.database.write(seal, chain, now=self.city.clock.now(), algorithm=self.office.algorithm)

    def hash_by(self, algorithm: str) -> None:
        """From now on."""
        self.office = replace(self.office, algorithm=algorithm)

    def every_h(self, hours: int) -> None:
        """Checkpoints from now on."""
        self.office = replace(self.office, every_h=hours)

    def night(self) -> None:
        """Until after the next checkpoint."""
        self.seal()
        now = self.city.clock.now()
        self.city.database.write(plan_checkpoints, now=now)
        self.city.clock.move_to(next_due(now) + timedelta(minutes=1))
        self.work()

    def work(self) -> None:
        offices = {CheckpointOffice: self.office, SmsOffice: self.city.office.sms, EvaluationOffice: self.city.office}
        drain(self.city.database, offices)

    def forge(self, statements: str) -> None:
        """What somebody with the database's own password could do."""

        def do(session: Session) -> None:
            drop_guards(session, "ledger_entries", "ledger_seals", "checkpoints", "ratings", "rating_words")
            for statement in statements.split(";"):
                session.connection().exec_driver_sql(statement)

        self.city.database.write(do)

    def receipt(self, code: str) -> Receipt:
        found = self.city.database.read(prove, code, self.verifier)
        assert found is not None
        return found

    def proof(self, code: str) -> dict[str, Any]:
        receipt = self.receipt(code)
        assert receipt.inclusion is not None
        return as_proof(receipt, receipt.inclusion, self.verifier)

    def witnessed(self) -> dict[str, WitnessState]:
        """Of the newest checkpoint of the ledger."""
        newest = self.city.database.read(newest_checkpoints, "ledger")[0]
        return {row.witness: row.state for row in newest.witnesses}


def checked(proof: dict[str, Any], folder: Path, *kept: Path | str) -> subprocess.CompletedProcess[str]:
    """What the script in docs/ says of it, which shares no code with ours; it is given what was `kept`, or the key."""
    return said_of(proof, folder, *(kept or (KEY,)))


def said_of(proof: dict[str, Any], folder: Path, *kept: Path | str) -> subprocess.CompletedProcess[str]:
    """The same, and nothing else is given."""
    path = folder / "proof.json"
    path.write_text(json.dumps(proof), encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(path), *map(str, kept)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
