"""Taking a checkpoint: nodes of the tree are kept first, in portions, then the root is signed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.chain import ALGORITHM, Chain
from core.checkpoints.model import ChainWalk, Checkpoint
from core.checkpoints.notes import SIGNATURE_ALGORITHM, Signer, Statement
from core.checkpoints.tree import BrokenTree, ChainTree
from core.checkpoints.walk import Walked
from core.leases import take_lease

#: nodes a transaction keeps at most: about 10,000 links are read for them
KEPT_AT_ONCE = 40


def keep_nodes(session: Session, chain: Chain, *, algorithm: str = ALGORITHM, now: datetime) -> int:
    """Keep some nodes that have become complete; 0: all are kept, and a checkpoint may be taken."""
    _be_alone(session, chain, now=now)
    return ChainTree(session, chain, algorithm).keep(at_most=KEPT_AT_ONCE)


def take_checkpoint(
    session: Session, chain: Chain, signer: Signer, *, algorithm: str = ALGORITHM, now: datetime
) -> Checkpoint | None:
    """Sign the root of all that is sealed now; None where nothing came since the last checkpoint.

    `algorithm` (core.hashes) is that of the tree, whatever its rows were chained by.
    Raises BrokenTree, also where links are gone that were under the last one.
    """
    _be_alone(session, chain, now=now)
    tree, last = ChainTree(session, chain, algorithm), last_checkpoint(session, chain)
    size = tree.size()
    if size == (last.size if last else 0):
        return None
    if last is not None and size < last.size:
        raise BrokenTree(chain=chain.name, first=size + 1)
    previous = bytes.fromhex(last.root) if last else None
    statement = Statement(signer.origin, size, tree.root(size), previous, now, algorithm)
    checkpoint = Checkpoint(
        chain=chain.name,
        at=now,
        size=size,
        root=statement.root.hex(),
        previous_root=last.root if last else None,
        algorithm=algorithm,
        signature_algorithm=SIGNATURE_ALGORITHM,
        note=signer.sign(statement),
    )
    session.add(checkpoint)
    session.flush()
    return checkpoint


def note_walk(session: Session, found: Walked, *, now: datetime) -> None:
    """Keep what a walk over a chain found, in place of the one before."""
    chain = found.verification
    kept = ChainWalk(chain=chain.chain, at=now, sealed=chain.sealed, head=chain.head, checkpoints=found.checkpoints)
    kept.fault = found.fault
    session.merge(kept)


def _be_alone(session: Session, chain: Chain, *, now: datetime) -> None:
    """Whoever else is at this chain's checkpoint (the night's job, an operator) waits for our commit."""
    take_lease(session, f"checkpoint {chain.name}", holder="checkpoint", for_s=0, now=now)


def last_checkpoint(session: Session, chain: Chain, *, over: int = 0) -> Checkpoint | None:
    """The newest that is over at least `over` links."""
    known = select(Checkpoint).where(Checkpoint.chain == chain.name, Checkpoint.size >= over)
    return session.scalar(known.order_by(Checkpoint.size.desc()).limit(1))
