"""Which rows each flag had when a period was counted last."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0138"
down_revision = "0131"


def upgrade() -> None:
    op.create_table(
        "flag_countings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("last", sa.Date, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("first", "last"),
    )
    op.create_table(
        "flagged_keys",
        sa.Column("counting_id", Id, sa.ForeignKey("flag_countings.id"), primary_key=True),
        sa.Column("flag", sa.String(40), primary_key=True),
        sa.Column("key", sa.String(80), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("flagged_keys")
    op.drop_table("flag_countings")
