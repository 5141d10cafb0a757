"""What the last walk over each chain found."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0092"
down_revision = "0097"


def upgrade() -> None:
    op.create_table(
        "chain_walks",
        sa.Column("chain", sa.String(20), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sealed", Id, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("checkpoints", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(400)),
    )


def downgrade() -> None:
    op.drop_table("chain_walks")
