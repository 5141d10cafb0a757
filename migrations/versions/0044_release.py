"""Replies that wait until a second person of the unit has released them."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0044"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("units", sa.Column("needs_release", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("tickets", sa.Column("waits_for_release", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "waiting_replies",
        sa.Column("id", Id, primary_key=True),
        sa.Column("holding_id", Id, sa.ForeignKey("holdings.id"), nullable=False, unique=True),
        sa.Column("author_id", Id, sa.ForeignKey("people.id")),
        sa.Column("author_label", sa.String(80), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("form", Json, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("waiting_replies")
    op.drop_column("tickets", "waits_for_release")
    op.drop_column("units", "needs_release")
