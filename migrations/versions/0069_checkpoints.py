"""Signed roots of the chains, and the nodes of their trees."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, UtcDateTime

revision = "0069"
down_revision = "0061"


def upgrade() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("id", Id, primary_key=True),
        sa.Column("chain", sa.String(20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("previous_root", sa.String(64)),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("signature_algorithm", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.UniqueConstraint("chain", "size", name="uq_checkpoints_chain_size"),
    )
    op.create_table(
        "merkle_nodes",
        sa.Column("chain", sa.String(20), primary_key=True),
        sa.Column("algorithm", sa.String(20), primary_key=True),
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("position", Id, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    protect("checkpoints")
    protect("merkle_nodes")


def downgrade() -> None:
    op.drop_table("merkle_nodes")
    op.drop_table("checkpoints")
