"""Who looked at what an audit flagged, and what they found."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0088"
down_revision = "0096"


def upgrade() -> None:
    op.create_table(
        "coverage_checks",
        sa.Column("id", Id, primary_key=True),
        sa.Column("flag", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("checked_by", sa.String(80), nullable=False),
        sa.Column("checked_by_id", Id, nullable=True),
    )
    op.create_index("ix_coverage_checks_flag_key_id", "coverage_checks", ["flag", "key", "id"])


def downgrade() -> None:
    op.drop_table("coverage_checks")
