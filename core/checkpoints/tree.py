"""The Merkle tree over a chain's links: leaf n is the content of link n + 1, as the chain hashes it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.chain import Chain, canonical_bytes
from core.checkpoints.model import MerkleNode
from core.errors import HotlineError
from core.hashes import HASHES
from core.merkle import Merkle

#: nodes are kept on every so many levels: one row for 256 links, and no proof reads more than 128 of them at a time
KEPT_EVERY = 8
_WIDTH = 1 << KEPT_EVERY


class BrokenTree(HotlineError):
    """Rows, seals or kept nodes are gone that were there, or a hash is named that nobody has."""

    code = "broken_tree"
    message = "{chain} 第 {first} 行起有缺失"


class ChainTree:
    """Reads the tree of one chain in a session, and keeps the nodes that are complete.

    Whatever reads it raises BrokenTree where something is gone; `hotline ledger verify` names what.
    """

    def __init__(self, session: Session, chain: Chain, algorithm: str) -> None:
        self._session = session
        self._chain = chain
        if algorithm not in HASHES:
            raise BrokenTree(chain=chain.name, first=1)
        self._merkle = Merkle(algorithm)

    def size(self) -> int:
        """How many links the chain has."""
        return self._session.scalar(select(func.max(self._chain.seals.__table__.c.seq))) or 0

    def root(self, size: int) -> bytes:
        """Of the first `size` links, whose nodes have been kept."""
        return self._merkle.root(self._node, size)

    def path(self, index: int, size: int) -> list[bytes]:
        """The proof that leaf `index` is among the first `size`, from the leaf up."""
        return self._merkle.path(self._node, index, size)

    def content(self, index: int) -> bytes:
        """What leaf `index` is the hash of."""
        return self._contents(index, 1)[0]

    def keep(self, *, at_most: int) -> int:
        """Keep nodes that have become complete, the lowest level first; how many.  0: all are kept."""
        level, below = KEPT_EVERY, self.size()
        while complete := below // _WIDTH:
            kept = self._count_kept(level)
            if kept < complete:
                positions = range(kept, min(kept + at_most, complete))
                self._session.add_all(self._new_node(level, position) for position in positions)
                self._session.flush()
                return len(positions)
            level, below = level + KEPT_EVERY, complete
        return 0

    def _node(self, level: int, position: int) -> bytes:
        kept = level - level % KEPT_EVERY
        if level == kept and level:
            return self._kept(level, position, 1)[0]
        return self._merkle.root_of(self._hashes(kept, position << (level - kept), 1 << (level - kept)))

    def _new_node(self, level: int, position: int) -> MerkleNode:
        found = self._merkle.root_of(self._hashes(level - KEPT_EVERY, position * _WIDTH, _WIDTH))
        return MerkleNode(**self._key(), level=level, position=position, hash=found.hex())

    def _hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        if level:
            return self._kept(level, first, count)
        return [self._merkle.leaf(content) for content in self._contents(first, count)]

    def _kept(self, level: int, first: int, count: int) -> list[bytes]:
        query = select(MerkleNode.hash).filter_by(**self._key(), level=level).order_by(MerkleNode.position)
        within = query.where(MerkleNode.position >= first, MerkleNode.position < first + count)
        found = [bytes.fromhex(one) for one in self._session.scalars(within)]
        return self._all(found, first << level, count)

    def _count_kept(self, level: int) -> int:
        last = select(func.max(MerkleNode.position)).filter_by(**self._key(), level=level)
        found = self._session.scalar(last)
        return 0 if found is None else found + 1

    def _contents(self, first: int, count: int) -> list[bytes]:
        rows, seals = self._chain.rows.__table__, self._chain.seals.__table__
        sealed = select(*(rows.c[name] for name in self._chain.columns)).join(seals, seals.c.row_id == rows.c.id)
        query = sealed.where(seals.c.seq > first, seals.c.seq <= first + count).order_by(seals.c.seq)
        found = [canonical_bytes(dict(row)) for row in self._session.execute(query).mappings()]
        return self._all(found, first, count)

    def _all(self, found: list[bytes], first: int, count: int) -> list[bytes]:
        if len(found) != count:
            raise BrokenTree(chain=self._chain.name, first=first + 1)
        return found

    def _key(self) -> dict[str, str]:
        return {"chain": self._chain.name, "algorithm": self._merkle.algorithm}
