"""What is kept of checkpoints, append-only, and of the last walk over each chain."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class Checkpoint(Model):
    """The first `size` links of a chain, signed; `note` is the text as it was published."""

    __tablename__ = "checkpoints"
    __table_args__ = (UniqueConstraint("chain", "size"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chain: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    size: Mapped[int] = mapped_column(Id)
    #: of the Merkle tree, in hex; `previous_root` is that of the checkpoint before
    root: Mapped[str] = mapped_column(String(64))
    previous_root: Mapped[str | None] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(20))
    signature_algorithm: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)


class MerkleNode(Model):
    """A complete subtree of a chain's tree, kept on every eighth level; between them it is computed."""

    __tablename__ = "merkle_nodes"

    chain: Mapped[str] = mapped_column(String(20), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))


class ChainWalk(Model):
    """What the last walk over a chain found: it holds up to link `sealed`; `fault` is what does not."""

    __tablename__ = "chain_walks"

    chain: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]
    sealed: Mapped[int] = mapped_column(Id)
    head: Mapped[str] = mapped_column(String(64))
    checkpoints: Mapped[int]
    fault: Mapped[str | None] = mapped_column(String(400))
