"""抽样复核: each draw as it was announced, before its rows were shown."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, Json, UtcDateTime

revision = "0122"
down_revision = "0121"


def upgrade() -> None:
    op.create_table(
        "sample_draws",
        sa.Column("id", Id, primary_key=True),
        sa.Column("seed", sa.String(60), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("numbers", Json, nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("drawn_by", sa.String(80), nullable=False),
        sa.UniqueConstraint("seed", "first", "last"),
    )
    protect("sample_draws")


def downgrade() -> None:
    op.drop_table("sample_draws")
