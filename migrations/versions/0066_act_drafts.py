"""Half-written acts, each of one person."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    op.create_table(
        "act_drafts",
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
        sa.Column("action", sa.String(40), primary_key=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("form", Json, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("act_drafts")
