"""A unit's reply while it is typed, kept on the server."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0048"
down_revision = "0050"


def upgrade() -> None:
    op.create_table(
        "reply_drafts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False, unique=True),
        sa.Column("holding_id", Id, sa.ForeignKey("holdings.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", Id, sa.ForeignKey("people.id")),
        sa.Column("author_label", sa.String(80), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("form", Json, nullable=False),
    )
    op.create_index("ix_reply_drafts_holding_id", "reply_drafts", ["holding_id"])


def downgrade() -> None:
    op.drop_table("reply_drafts")
