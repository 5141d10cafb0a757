"""The unit that a ticket accuses, and people who step aside."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("accused_unit_id", Id))
    op.create_table(
        "recusals",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("recused_at", UtcDateTime(), nullable=False),
        sa.Column("recused_by", sa.String(80), nullable=False),
        sa.UniqueConstraint("ticket_id", "person_id"),
    )
    op.create_index("ix_recusals_person_id", "recusals", ["person_id"])


def downgrade() -> None:
    op.drop_table("recusals")
    op.drop_column("tickets", "accused_unit_id")
