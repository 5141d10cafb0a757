"""Answers kept under an Idempotency-Key."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("key", name="uq_kept_answers_key"),
    )


def downgrade() -> None:
    op.drop_table("kept_answers")
