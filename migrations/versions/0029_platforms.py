"""Other platforms, the matters that they handed over, and what they were told."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "platforms",
        sa.Column("id", Id, primary_key=True),
        sa.Column("code", sa.String(20), nullable=False, unique=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("write_back_url", sa.String(300), nullable=False),
        sa.Column("key_no", sa.Integer, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("added_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "platform_tickets",
        sa.Column("id", Id, primary_key=True),
        sa.Column("platform_id", Id, sa.ForeignKey("platforms.id"), nullable=False),
        sa.Column("outside_number", sa.String(60), nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("told_version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("told_at", UtcDateTime()),
        sa.Column("failure", sa.String(200), nullable=False, server_default=""),
        sa.UniqueConstraint("platform_id", "outside_number"),
        sa.UniqueConstraint("ticket_id"),
    )
    op.create_table(
        "platform_words",
        sa.Column("id", Id, primary_key=True),
        sa.Column("platform_ticket_id", Id, sa.ForeignKey("platform_tickets.id"), nullable=False),
        sa.Column("outside_id", sa.String(60), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("platform_ticket_id", "outside_id"),
    )


def downgrade() -> None:
    op.drop_table("platform_words")
    op.drop_table("platform_tickets")
    op.drop_table("platforms")
