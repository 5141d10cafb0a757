"""Publishing: both chains are signed, the ledger says so in a line of its own, and every witness is owed the note."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from core.audit import AUDIT_CHAIN
from core.calendar import SHANGHAI
from core.chain import Chain
from core.checkpoints.actions import take_checkpoint
from core.checkpoints.model import Checkpoint
from core.jobs import enqueue
from evaluation.checkpoints.model import WitnessedCheckpoint
from evaluation.checkpoints.rules import WitnessState, next_due
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.checkpoints.witnesses import Published
from evaluation.ledger import LEDGER_CHAIN, append_entry
from evaluation.rules import LedgerKind

TAKE = "evaluation.take_checkpoints"
VERIFY = "evaluation.verify_chains"
HAND_OVER = "evaluation.hand_to_witness"
CHAINS: Mapping[str, Chain] = MappingProxyType({chain.name: chain for chain in (LEDGER_CHAIN, AUDIT_CHAIN)})


def publish_checkpoint(session: Session, chain: Chain, *, office: CheckpointOffice, now: datetime) -> Checkpoint | None:
    """Sign what is sealed of a chain; None where nothing came since the last checkpoint, which stands.

    The nodes of its tree have been kept (core.checkpoints.actions.keep_nodes).
    """
    checkpoint = take_checkpoint(session, chain, office.signer(chain), algorithm=office.algorithm, now=now)
    if checkpoint is None:
        return None
    append_entry(session, LedgerKind.CHECKPOINT, _line(checkpoint), now=now)
    for witness in office.witnesses:
        session.add(WitnessedCheckpoint(checkpoint_id=checkpoint.id, witness=witness, state=WitnessState.WAITING))
        key = f"{HAND_OVER}:{checkpoint.id}:{witness}"
        enqueue(session, HAND_OVER, idempotency_key=key, now=now, checkpoint_id=checkpoint.id, witness=witness)
    return checkpoint


def plan_checkpoints(session: Session, *, every_h: int = 24, now: datetime) -> None:
    """Once for the next time, however often it is asked for."""
    due = next_due(now, every_h=every_h)
    enqueue(session, TAKE, now=now, due_at=due, idempotency_key=f"{TAKE} {due:%Y-%m-%dT%H}")


def plan_walk(session: Session, *, now: datetime) -> None:
    """At once, and once a day however many checkpoints it has."""
    enqueue(session, VERIFY, now=now, idempotency_key=f"{VERIFY} {now.astimezone(SHANGHAI):%Y-%m-%d}")


def published(session: Session, checkpoint_id: int) -> Published:
    """What a witness is handed."""
    checkpoint = session.get_one(Checkpoint, checkpoint_id)
    name = f"{checkpoint.chain}-{checkpoint.size:012d}"
    return Published(checkpoint.id, name, checkpoint.note, checkpoint.at)


def note_witness(
    session: Session, checkpoint_id: int, witness: str, state: WitnessState, *, fault: str = "", now: datetime
) -> None:
    """How handing it over went."""
    row = session.get_one(WitnessedCheckpoint, (checkpoint_id, witness))
    row.state, row.fault, row.told_at = state, fault, now


def _line(checkpoint: Checkpoint) -> dict[str, object]:
    return {
        "checkpoint": checkpoint.id,
        "chain": checkpoint.chain,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "previous": checkpoint.previous_root,
        "algorithm": checkpoint.algorithm,
        "signature": checkpoint.signature_algorithm,
    }
