"""Rules that stand in the settings, as each server start finds them changed."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, Json, UtcDateTime

revision = "0136"
down_revision = "0138"


def upgrade() -> None:
    op.create_table(
        "rule_lines",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_rule_lines_kind_id", "rule_lines", ["kind", "id"])
    protect("rule_lines")


def downgrade() -> None:
    op.drop_table("rule_lines")
