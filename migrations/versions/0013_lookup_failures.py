"""Wrong tries of citizens who look up their ticket."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "lookup_failures",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_lookup_failures_number_at", "lookup_failures", ["number", "at"])
    op.create_index("ix_lookup_failures_address_at", "lookup_failures", ["address", "at"])


def downgrade() -> None:
    op.drop_table("lookup_failures")
