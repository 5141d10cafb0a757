"""A unit's own scores: objections to their rows, and its closed tickets found by period."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0038"
down_revision = "0037"

CLOSED = "closed_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "score_objections",
        sa.Column("id", Id, primary_key=True),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("score", sa.String(40), nullable=False),
        sa.Column("row_id", Id, nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_at", UtcDateTime()),
        sa.Column("answered_by", sa.String(80), nullable=False),
        sa.UniqueConstraint("unit_id", "score", "row_id"),
    )
    op.create_index("ix_score_objections_ticket_id", "score_objections", ["ticket_id"])
    op.create_index("ix_score_objections_state_id", "score_objections", ["state", "id"])
    op.create_index(
        "ix_tickets_unit_id_closed_at", "tickets", ["unit_id", "closed_at"],
        sqlite_where=sa.text(CLOSED), postgresql_where=sa.text(CLOSED),
    )  # fmt: skip
    op.drop_index("ix_tickets_unit_id_answered_at", "tickets")


def downgrade() -> None:
    op.create_index("ix_tickets_unit_id_answered_at", "tickets", ["unit_id", "answered_at"])
    op.drop_index("ix_tickets_unit_id_closed_at", "tickets")
    op.drop_table("score_objections")
