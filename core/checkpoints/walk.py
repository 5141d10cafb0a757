"""A walk over a chain that also asks whether every checkpoint still stands, ours and those that witnesses kept."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.chain import Chain, Read, Verification, verify, verify_by
from core.checkpoints.model import Checkpoint
from core.checkpoints.notes import BadNote, Statement, Verifier
from core.hashes import HASHES
from core.merkle import Growing, Merkle


@dataclass(frozen=True)
class BadCheckpoint:
    """A checkpoint that the chain as it is now does not lead to."""

    size: int
    at: datetime | None
    reason: str


@dataclass(frozen=True)
class Walked:
    """What was found of the chain, how many checkpoints stand, and the first that does not.

    `beside` is the first thing that what is kept beside the chain says otherwise; only a chain that holds can tell.
    """

    verification: Verification
    checkpoints: int
    bad: BadCheckpoint | None
    beside: str | None = None

    @property
    def holds(self) -> bool:
        return self.fault is None

    @property
    def fault(self) -> str | None:
        """What does not hold first."""
        if (row := self.verification.bad) is not None:
            return f"row {row.row_id} does not hold: {row.reason}"
        if (bad := self.bad) is not None:
            return f"the checkpoint over {bad.size} rows does not hold: {bad.reason}"
        return self.beside


def walk(
    session: Session,
    chain: Chain,
    verifier: Verifier,
    *,
    witnessed: Iterable[str] = (),
    now: datetime,
    told: Callable[[int], None] | None = None,
) -> Walked:
    """Verify the chain and every checkpoint; `witnessed` are notes from outside, which find a tail cut with our own."""
    asked = _Roots(verifier, _kept(session, chain), witnessed)
    verification = verify(session, chain, now=now, told=told, watch=asked.hear)
    return Walked(verification, asked.standing, asked.result(verification))


def walk_by(read: Read, chain: Chain, verifier: Verifier, *, now: datetime) -> Walked:
    """The same in many short reads, for a server."""
    asked = _Roots(verifier, read(_kept, chain), ())
    verification = verify_by(read, chain, now=now, watch=asked.hear)
    return Walked(verification, asked.standing, asked.result(verification))


def _kept(session: Session, chain: Chain) -> Sequence[Checkpoint]:
    return session.scalars(select(Checkpoint).filter_by(chain=chain.name).order_by(Checkpoint.size)).all()


class _Roots:
    """Compares the root after each link with the checkpoints of that size, and each with the one before it.

    There is a tree for each algorithm that a checkpoint names.
    """

    def __init__(self, verifier: Verifier, kept: Iterable[Checkpoint], witnessed: Iterable[str]) -> None:
        self.standing = 0
        self._bad: BadCheckpoint | None = None
        self._before: bytes | None = None
        self._trees: dict[str, Growing] = {}
        self._waiting: dict[int, list[Statement]] = {}
        for checkpoint in kept:
            said = self._ask(verifier, checkpoint.note)
            if said is not None and (said.size, said.root.hex()) != (checkpoint.size, checkpoint.root):
                self._found(checkpoint.size, said, "what was signed is not what is shown")
        for note in witnessed:
            self._ask(verifier, note)
        self._compare(0)

    def hear(self, seq: int, content: bytes) -> None:
        for tree in self._trees.values():
            tree.add(content)
        if seq in self._waiting:
            self._compare(seq)

    def result(self, verification: Verification) -> BadCheckpoint | None:
        """A checkpoint beyond the end, of a chain that holds by itself, means that its tail was cut."""
        if self._bad is None and verification.holds and self._waiting:
            size = min(self._waiting)
            cut = f"it is over {size} links, and {verification.sealed} are there: the tail was cut"
            return BadCheckpoint(size, self._waiting[size][0].at, cut)
        return self._bad

    def _ask(self, verifier: Verifier, note: str) -> Statement | None:
        try:
            said = verifier.read(note)
        except BadNote as fault:
            self._bad = self._bad or BadCheckpoint(0, None, str(fault))
            return None
        if said.algorithm not in HASHES:
            self._found(said.size, said, f"unknown algorithm {said.algorithm}")
            return said
        self._trees.setdefault(said.algorithm, Growing(Merkle(said.algorithm)))
        self._waiting.setdefault(said.size, []).append(said)
        return said

    def _compare(self, size: int) -> None:
        before = self._before
        for said in self._waiting.pop(size, ()):
            self._before = root = self._trees[said.algorithm].root()
            if said.root != root:
                self._found(size, said, "its root is not that of the links")
            elif said.previous != before:
                self._found(size, said, "it does not carry the root of the one before it")
            else:
                self.standing += 1

    def _found(self, size: int, said: Statement, reason: str) -> None:
        self._bad = self._bad or BadCheckpoint(size, said.at, reason)
