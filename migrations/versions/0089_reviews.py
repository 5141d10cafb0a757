"""What citizens said who were asked again, beside their ratings."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0089"
down_revision = "0088"


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", Id, primary_key=True),
        sa.Column("seed", sa.String(60), nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("rating_id", Id, sa.ForeignKey("ratings.id"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("found_level", sa.Integer(), nullable=True),
        sa.Column("is_agreed", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=False),
        sa.Column("reviewed_by", sa.String(80), nullable=False),
        sa.Column("reviewed_by_id", Id, nullable=True),
        sa.UniqueConstraint("seed", "ticket_id"),
    )
    op.create_index("ix_reviews_ticket_id", "reviews", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("reviews")
