"""What is hidden of a ticket's words before they leave for the unit."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0028"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "marked_boxes",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("begins", sa.Integer, nullable=False),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("is_hidden", sa.Boolean, nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=False),
        sa.Column("marked_by", sa.String(80), nullable=False),
        sa.UniqueConstraint("ticket_id", "begins", "ends"),
    )


def downgrade() -> None:
    op.drop_table("marked_boxes")
