"""Mass incidents: one matter of many callers, and what each of them is told at once."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0050"
down_revision = "0052"


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False, unique=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("expected_at", UtcDateTime()),
        sa.Column("place_id", Id, sa.ForeignKey("places.id")),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("declared_by", sa.String(80), nullable=False),
        sa.Column("ended_at", UtcDateTime(), index=True),
        sa.Column("ended_by", sa.String(80), nullable=False),
        sa.Column("end_note", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("incidents")
