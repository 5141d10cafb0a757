"""公开: months as they were published, and typical cases."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0102"
down_revision = "0095"


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("id", Id, primary_key=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.String(80), nullable=False),
        sa.UniqueConstraint("first", "version"),
    )
    op.create_table(
        "typical_cases",
        sa.Column("id", Id, primary_key=True),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(60), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.String(80), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("withdrawn_by", sa.String(80), nullable=False),
        sa.Column("withdraw_reason", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("typical_cases")
    op.drop_table("publications")
