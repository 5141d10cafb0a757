"""定类: what a third party decided about an answer, each decision a row that stays."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0099"
down_revision = "0091"


def upgrade() -> None:
    op.create_table(
        "matter_classes",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("rework_no", sa.Integer, nullable=False),
        sa.Column("matter_class", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_at", UtcDateTime, nullable=False),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("decided_by_id", Id, sa.ForeignKey("people.id")),
        sa.Column("is_current", sa.Boolean, nullable=False),
    )
    op.create_index("ix_matter_classes_ticket_id_rework_no", "matter_classes", ["ticket_id", "rework_no"])
    op.create_index("ix_matter_classes_matter_class_ticket_id", "matter_classes", ["matter_class", "ticket_id"])


def downgrade() -> None:
    op.drop_table("matter_classes")
