"""Each call that was made to ask for a rating, and what came of it."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0097"
down_revision = "0085"


def upgrade() -> None:
    op.create_table(
        "callback_attempts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("invitation_id", Id, sa.ForeignKey("invitations.id"), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("by_id", Id, sa.ForeignKey("people.id")),
        sa.Column("source", sa.String(80), nullable=False),
        sa.UniqueConstraint("source"),
    )
    op.create_index("ix_callback_attempts_invitation_id", "callback_attempts", ["invitation_id"])


def downgrade() -> None:
    op.drop_table("callback_attempts")
